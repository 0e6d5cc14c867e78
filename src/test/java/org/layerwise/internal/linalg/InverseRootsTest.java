package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.linalg.InverseRoots.Buffers;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.InverseRoot.Floor;
import org.layerwise.settings.InverseRoot.Solver;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Inverse roots against printed matrices of the reference implementations, and against their definition. */
@ParameterizedClass(name = "{0}")
@MethodSource("org.layerwise.internal.linalg.KernelCase#all")
class InverseRootsTest {
    private static final double[][] A = {{5, 5, -.5}, {5, 10.25, -1.505}, {-.5, -1.505, .2501}};
    private static final double[][] SQUARE_ROOT = {
        {.677242604988, -.37066739008, -.937028395511},
        {-.37066739008, .775089412663, 2.05002020211},
        {-.937028395511, 2.05002020211, 11.1601534302}
    };
    private static final double[][] FOURTH_ROOT = {
        {.775578568628, -.180355600464, -.207827684043},
        {-.180355600464, .699136810186, .503754891478},
        {-.207827684043, .503754891478, 3.29593569314}
    };

    private final KernelCase test;

    InverseRootsTest(KernelCase test) {
        this.test = test;
    }

    private record Result(double[][] root, int iterations) {}

    private Result compute(InverseRoot root, double[][] a, double exponent) {
        INDArray out = RandomMatrices.offset(test.type(), a.length, a.length); // NaN that must be overwritten
        Buffers work = Buffers.allocate(test.type(), a.length);
        int iterations = InverseRoots.compute(root, test.kernels(), test.upper(a), exponent, out, work);
        return new Result(Loops.of(out), iterations);
    }

    private boolean isDouble() {
        return test.type() == DataType.DOUBLE;
    }

    /** Iterations and largest errors as measured on the reference implementations, in double precision. */
    @ParameterizedTest
    @CsvSource({
        "EIGEN, 2, 0, 1e-9",
        "EIGEN, 4, 0, 1e-9",
        "COUPLED_NEWTON, 2, 13, 2.7e-9",
        "COUPLED_NEWTON, 4, 11, 1.6e-7",
        "THIRD_ORDER, 2, 9, 3.4e-8",
        "THIRD_ORDER, 4, 9, 1e-9"
    })
    void compute_printedRoots_areReproduced(Solver solver, int p, int iterations, double bound) {
        Result result = compute(InverseRoot.absolute(0).by(solver), A, 1.0 / p);
        double[][] expected = p == 2 ? SQUARE_ROOT : FOURTH_ROOT;
        assertThatArray(result.root).isWithin(expected, isDouble() ? bound : 2e-2);
        if (isDouble()) {
            assertThat(result.iterations).isEqualTo(iterations);
        }
    }

    /** Eigenvalues 0.0029, 0.17 and 1983; the root has small integers. */
    @ParameterizedTest
    @EnumSource(Solver.class)
    void compute_integerRoot_isReproduced(Solver solver) {
        double[][] a = {{1195, -944, -224}, {-944, 746, 177}, {-224, 177, 42}};
        double[][] root = {{1, 1, 1}, {1, 2, -3}, {1, -3, 18}};
        if (isDouble()) {
            assertThatArray(compute(InverseRoot.absolute(0).by(solver), a, .5).root)
                    .isWithin(root, 1e-4);
        }
    }

    /** Iterations over condition numbers, geometric spectrum, n = 16, as measured on the reference implementations. */
    @ParameterizedTest
    @CsvSource({
        "COUPLED_NEWTON, 2, 10, 15, 21",
        "COUPLED_NEWTON, 4, 8, 13, 18",
        "THIRD_ORDER, 2, 8, 11, 15",
        "THIRD_ORDER, 4, 8, 11, 14"
    })
    void compute_growingCondition_takesTheKnownIterations(Solver solver, int p, int at2, int at4, int at6) {
        int[] expected = {at2, at4, at6};
        for (int i = 0; i < expected.length && isDouble(); i++) {
            double[][] a = new RandomMatrices(i).symmetric(geometric(16, Math.pow(100, i + 1.0)));
            assertThat(compute(InverseRoot.absolute(0).by(solver), a, 1.0 / p).iterations)
                    .as("condition 100^%s", i + 1)
                    .isEqualTo(expected[i]);
        }
    }

    private static double[] geometric(int n, double condition) {
        double[] spectrum = new double[n];
        for (int i = 0; i < n; i++) {
            spectrum[i] = Math.pow(condition, i / (n - 1.0));
        }
        return spectrum;
    }

    /** X^p A = I, up to what rounding in A makes of its smallest eigenvalue. */
    @ParameterizedTest
    @EnumSource(Solver.class)
    void compute_anySpectrum_isAnInverseRoot(Solver solver) {
        for (int n : new int[] {1, 2, 7, 33}) {
            for (int p = 1; p <= 6; p++) {
                for (double condition : isDouble() ? new double[] {1, 1e3, 1e7} : new double[] {1, 1e2}) {
                    double[][] a = Loops.rounded(
                            new RandomMatrices(p).symmetric(n == 1 ? new double[] {3} : geometric(n, condition)),
                            test.type());
                    double[][] x = compute(InverseRoot.absolute(0).by(solver), a, 1.0 / p).root;
                    double[][] product = a;
                    for (int i = 0; i < p; i++) {
                        product = Loops.multiply(product, x);
                    }
                    double bound = isDouble() ? 2e-5 : 5e-3;
                    assertThatArray(product)
                            .as("n %s p %s condition %s", n, p, condition)
                            .isWithin(Loops.identity(n), bound);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Solver.class)
    void compute_relativeFloor_scalesWithTheMatrix(Solver solver) {
        double[][] a = Loops.rounded(new RandomMatrices(4).rankDeficient(6, 3), test.type());
        InverseRoot root = InverseRoot.relative(1e-3).by(solver);
        double[][] expected = compute(root, a, .25).root;
        double[][] scaled = compute(root, Loops.scaled(1 << 16, a), .25).root;
        assertThatArray(Loops.scaled(16, scaled)).isCloseTo(expected, isDouble() ? 1e-6 : 1e-3);
    }

    /** One eigenvalue is below zero, as rounding leaves it. */
    @Test
    void compute_floors_treatSmallEigenvaluesAsSaid() {
        double[][] a = {{16, 0, 0}, {0, -1e-4, 0}, {0, 0, 1e-4}};
        double tolerance = isDouble() ? 1e-12 : 1e-5;
        assertThatArray(compute(InverseRoot.absolute(1e-3), a, .5).root)
                .isCloseTo(diagonal(1 / Math.sqrt(16.0011), 1 / Math.sqrt(1e-3), 1 / Math.sqrt(1.2e-3)), tolerance);
        assertThatArray(compute(InverseRoot.relative(1e-3), a, .5).root)
                .isCloseTo(diagonal(1 / Math.sqrt(16.016), 1 / Math.sqrt(.016), 1 / Math.sqrt(.0161)), tolerance);
        assertThatArray(compute(InverseRoot.pseudoInverse(1e-3), a, .5).root).isCloseTo(diagonal(.25, 0, 0), tolerance);
        assertThatArray(compute(InverseRoot.pseudoInverse(0), a, .5).root)
                .isCloseTo(diagonal(.25, 0, 100), isDouble() ? 1e-12 : 1e-4);
        assertThatArray(compute(InverseRoot.pseudoInverse(0), new double[3][3], .5).root)
                .isWithin(new double[3][3], 0);
    }

    private static double[][] diagonal(double... values) {
        double[][] out = new double[values.length][values.length];
        for (int i = 0; i < values.length; i++) {
            out[i][i] = values[i];
        }
        return out;
    }

    @ParameterizedTest
    @EnumSource(Solver.class)
    void compute_brokenMatrix_throws(Solver solver) {
        InverseRoot root = InverseRoot.absolute(0).by(solver);
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> compute(root, new double[][] {{1, 0}, {0, Double.NaN}}, .5));
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> compute(root, new double[2][2], .5))
                .satisfies(e -> assertThat(e.reason()).isIn(Reason.NOT_FINITE, Reason.NO_CONVERGENCE));
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> compute(root, new double[][] {{1, 0}, {0, -1}}, .25));
    }

    @Test
    void build_badCombinations_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InverseRoot.pseudoInverse(0).by(Solver.THIRD_ORDER))
                .withMessageContaining("EIGEN");
        assertThatIllegalArgumentException().isThrownBy(() -> new InverseRoot(Solver.EIGEN, Floor.RELATIVE, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> InverseRoot.absolute(0).by(Solver.COUPLED_NEWTON).requireExponent(.3))
                .withMessageContaining("1/p");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InverseRoot.absolute(0).requireExponent(0));
    }
}
