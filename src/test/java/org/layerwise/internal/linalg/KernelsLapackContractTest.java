package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Inverse and eigendecomposition, healthy and broken. */
@ParameterizedClass(name = "{0}")
@MethodSource("org.layerwise.internal.linalg.KernelCase#all")
class KernelsLapackContractTest {
    private final KernelCase test;
    private final Kernels kernels;

    KernelsLapackContractTest(KernelCase test) {
        this.test = test;
        this.kernels = test.kernels();
    }

    @Test
    void invert_positiveDefinite_residualIsRounding() {
        for (int n : new int[] {1, 2, 7, 33, 60}) {
            double[][] a = Loops.rounded(new RandomMatrices(n).spd(n), test.type());
            INDArray inverse = test.upper(a);

            kernels.invert(inverse);

            assertThatArray(Loops.multiply(a, Loops.ofUpper(inverse)))
                    .as("n=%s", n)
                    .isWithin(Loops.identity(n), Tolerance.inverse(test.type()));
        }
    }

    @Test
    void invert_extremeScales_staysAccurate() {
        for (double scale : new double[] {1e-15, 1e15}) {
            double[][] a = Loops.rounded(Loops.scaled(scale, new RandomMatrices(3).spd(20)), test.type());
            INDArray inverse = test.upper(a);

            kernels.invert(inverse);

            assertThatArray(Loops.multiply(a, Loops.ofUpper(inverse)))
                    .as("scale %s", scale)
                    .isWithin(Loops.identity(20), Tolerance.inverse(test.type()));
        }
    }

    @Test
    void invert_illScaled_solvesAfterEquilibration() {
        double[][] a = Loops.rounded(new RandomMatrices(4).illScaled(12, 3), test.type());
        double[][] expected = Loops.inverse(a);
        INDArray inverse = test.upper(a);

        kernels.invert(inverse);

        double[][] actual = Loops.ofUpper(inverse);
        for (int i = 0; i < 12; i++) {
            for (int j = 0; j < 12; j++) { // relative to the scale of row and column
                double scale = Math.sqrt(expected[i][i] * expected[j][j]);
                actual[i][j] /= scale;
                expected[i][j] /= scale;
            }
        }
        assertThatArray(actual).isCloseTo(expected, Tolerance.inverse(test.type()));
    }

    @Test
    void invert_nan_isSignalled() {
        for (int[] at : new int[][] {{0, 0}, {0, 3}, {2, 2}}) {
            INDArray a = Loops.array(new RandomMatrices(5).spd(4), test.type(), 'f');
            a.putScalar(at[0], at[1], Double.NaN);

            assertThatExceptionOfType(NumericalException.class)
                    .isThrownBy(() -> kernels.invert(a))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FINITE));
        }
    }

    @Test
    void invert_indefinite_isSignalled() {
        INDArray a = test.upper(new RandomMatrices(6).symmetric(3, 1, 1e-3, -1));

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> kernels.invert(a))
                .withMessageContaining("4 by 4")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_POSITIVE_DEFINITE));
    }

    @Test
    void invert_zeroMatrix_isSignalled() {
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> kernels.invert(test.upper(new double[3][3])))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_POSITIVE_DEFINITE));
    }

    @Test
    void invert_resultOverflows_isSignalled() {
        double tiny = test.type() == DataType.FLOAT ? 2e-39 : 2e-309; // a denormal number: its inverse is infinite
        double[][] a = Loops.scaled(tiny, Loops.identity(3));

        assertThatExceptionOfType(NumericalException.class).isThrownBy(() -> kernels.invert(test.upper(a)));
    }

    @Test
    void eigen_symmetric_decomposes() {
        for (int n : new int[] {1, 2, 7, 33, 60}) {
            checkEigen(Loops.rounded(new RandomMatrices(n).spd(n), test.type()));
        }
    }

    @Test
    void eigen_indefiniteAndRepeated_decomposes() {
        checkEigen(Loops.rounded(new RandomMatrices(7).symmetric(-2, -2, 0, 0, 0, 1, 1, 5), test.type()));
        checkEigen(Loops.scaled(3, Loops.identity(6)));
        checkEigen(new double[5][5]);
        checkEigen(Loops.rounded(new RandomMatrices(8).rankDeficient(20, 3), test.type()));
    }

    @Test
    void eigen_extremeScales_decomposes() {
        for (double scale : new double[] {1e-15, 1e15}) {
            checkEigen(Loops.rounded(Loops.scaled(scale, new RandomMatrices(9).spd(12)), test.type()));
        }
    }

    private void checkEigen(double[][] a) {
        int n = a.length;
        INDArray vectors = test.upper(a);
        INDArray values = Nd4j.create(test.type(), n);

        kernels.eigen(vectors, values);

        double[] w = values.castTo(DataType.DOUBLE).toDoubleVector();
        double[][] v = Loops.of(vectors);
        double[][] scaledVectors = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                scaledVectors[i][j] = v[i][j] * w[j];
            }
        }
        double norm = Math.sqrt(Loops.dot(a, a));
        assertThat(w).isSorted();
        assertThatArray(Loops.gramian(v)).isWithin(Loops.identity(n), test.rounding());
        assertThatArray(Loops.multiply(a, v)).isWithin(scaledVectors, test.rounding() * norm);
        assertThat(Arrays.stream(w).sum()).isCloseTo(Loops.trace(a), within(test.rounding() * norm * n));
    }

    private static org.assertj.core.data.Offset<Double> within(double bound) {
        return org.assertj.core.data.Offset.offset(bound);
    }

    @Test
    void eigen_nanOrInfinite_isSignalled() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            for (int[] at : new int[][] {{0, 0}, {3, 3}, {1, 2}}) {
                INDArray a = Loops.array(new RandomMatrices(10).spd(4), test.type(), 'f');
                a.putScalar(at[0], at[1], bad);
                a.putScalar(at[1], at[0], bad);
                INDArray values = Nd4j.create(test.type(), 4);

                assertThatExceptionOfType(NumericalException.class)
                        .as("%s at %s", bad, Arrays.toString(at))
                        .isThrownBy(() -> kernels.eigen(a, values));
            }
        }
    }

    @Test
    void invertAndEigen_viewAtAnOffset_leaveTheNeighboursAlone() {
        double[][] a = Loops.rounded(new RandomMatrices(11).spd(5), test.type());
        INDArray buffer = Nd4j.create(test.type(), 60).assign(7);
        INDArray first = buffer.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(5, 30))
                .reshape('f', 5, 5);
        INDArray second = buffer.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(30, 55))
                .reshape('f', 5, 5);
        first.assign(Loops.array(a, test.type(), 'f'));
        second.assign(Loops.array(a, test.type(), 'f'));

        kernels.invert(first);
        kernels.eigen(second, Nd4j.create(test.type(), 5));

        assertThatArray(Loops.multiply(a, Loops.ofUpper(first)))
                .isWithin(Loops.identity(5), Tolerance.inverse(test.type()));
        assertThatArray(Loops.gramian(Loops.of(second))).isWithin(Loops.identity(5), test.rounding());
        for (int i : new int[] {0, 4, 55, 59}) {
            assertThat(buffer.getDouble(i)).isEqualTo(7);
        }
    }
}
