package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.PolarIteration;
import org.layerwise.settings.Role;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * Steps of Muon against the reference implementations. Golden matrices are in PyTorch's orientation, rows for outputs, and
 * transposed here to [fanIn, fanOut].
 */
class MuonTest {
    private static final double[][] W0 = {{.5, -.25, 1}, {-1.5, .75, .125}};
    private static final double[][] G1 = {{1, 2, -1}, {.5, -1.5, 3}};
    private static final double[][] G2 = {{-2, .25, 1.5}, {1, 1, -.5}};
    private static final double GOLDEN = 1e-8;

    private static Stream<Arguments> goldenSteps() {
        Muon.Builder moonlight = Muon.moonlight().learningRate(.02);
        return Stream.of(
                Arguments.of(
                        "KellerJordan",
                        new Muon(.02),
                        new double[][] {
                            {.486385247225, -.264236688391, .995924808753},
                            {-1.5043566581, .749584339993, .109989939424}
                        },
                        new double[][] {
                            {.501097806844, -.275425865563, .983733502478},
                            {-1.51294814002, .745552467659, .101879640163}
                        }),
                Arguments.of(
                        "torch.optim.Muon, original", Muon.builder().epsilon(0).build(), null, new double[][] {
                            {.501097795359, -.275425864381, .983733510097},
                            {-1.51294813856, .745552470714, .101879631344}
                        }),
                Arguments.of(
                        "torch.optim.Muon, match_rms",
                        Muon.builder()
                                .scaling(Muon.Scaling.MATCH_RMS)
                                .epsilon(0)
                                .build(),
                        null,
                        new double[][] {
                            {.49907441497, -.258154841538, .991753377611},
                            {-1.50056774928, .746500521916, .116664401235}
                        }),
                Arguments.of(
                        "Moonlight",
                        moonlight.build(),
                        new double[][] {
                            {.494630120864, -.254604940135, .997281133744},
                            {-1.49954842138, .748875627871, .119636962493}
                        },
                        new double[][] {
                            {.499074415169, -.258154841559, .991753377479},
                            {-1.5005677493, .746500521863, .116664401388}
                        }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldenSteps")
    void step_referenceImplementation_isReproduced(
            String name, Muon muon, double[][] afterFirst, double[][] afterSecond) {
        MatrixSteps steps = new MatrixSteps(muon, Loops.transpose(W0), DataType.DOUBLE, new WeightDecay(.1, true));
        steps.step(Loops.transpose(G1));
        if (afterFirst != null) {
            assertThatArray(steps.parameters()).isWithin(Loops.transpose(afterFirst), GOLDEN);
        }
        steps.step(Loops.transpose(G2));
        assertThatArray(steps.parameters()).isWithin(Loops.transpose(afterSecond), GOLDEN);
    }

    /** Three outputs and two inputs: the scale is sqrt(3 / 2). */
    @Test
    void step_moreOutputsThanInputs_isScaledUp() {
        MatrixSteps steps = new MatrixSteps(new Muon(.02), W0, DataType.DOUBLE, new WeightDecay(.1, true));
        steps.step(G1);
        steps.step(G2);
        double[][] golden = {
            {.501793573555, -1.51720528884}, {-.281364718578, .745226467955}, {.980975771091, .0967957179276}
        };
        assertThatArray(steps.parameters()).isWithin(Loops.transpose(golden), GOLDEN);
    }

    @ParameterizedTest
    @EnumSource(Muon.Scaling.class)
    void step_transposedProblem_isTransposedButForTheScale(Muon.Scaling scaling) {
        RandomMatrices random = new RandomMatrices(3);
        double[][] start = random.gaussian(7, 4);
        Muon muon = Muon.builder().scaling(scaling).epsilon(0).build();
        MatrixSteps tall = new MatrixSteps(muon, start, DataType.DOUBLE);
        MatrixSteps wide = new MatrixSteps(muon, Loops.transpose(start), DataType.DOUBLE);
        double ratio = scaling.factor(7, 4) / scaling.factor(4, 7);
        for (int i = 0; i < 3; i++) {
            double[][] gradient = random.gaussian(7, 4);
            double[][] update = tall.step(gradient);
            double[][] transposed = wide.step(Loops.transpose(gradient));
            assertThatArray(Loops.scaled(ratio, Loops.transpose(transposed))).isCloseTo(update, Tolerance.FORMULA);
        }
    }

    @Test
    void step_rotatedInputsAndOutputs_isRotated() {
        RandomMatrices random = new RandomMatrices(5);
        double[][] q = orthogonal(random, 6);
        double[][] r = orthogonal(random, 4);
        UnaryOperator<double[][]> rotate = x -> Loops.multiply(Loops.multiply(q, x), Loops.transpose(r));
        double[][] start = random.gaussian(6, 4);
        MatrixSteps plain = new MatrixSteps(new Muon(), start, DataType.DOUBLE);
        MatrixSteps rotated = new MatrixSteps(new Muon(), rotate.apply(start), DataType.DOUBLE);
        for (int i = 0; i < 3; i++) {
            double[][] gradient = random.gaussian(6, 4);
            double[][] expected = rotate.apply(plain.step(gradient));
            assertThatArray(rotated.step(rotate.apply(gradient))).isCloseTo(expected, 1e-10);
        }
    }

    /** The Gram-Schmidt basis of a Gaussian matrix's columns. */
    private static double[][] orthogonal(RandomMatrices random, int n) {
        double[][] columns = random.gaussian(n, n);
        for (int i = 0; i < n; i++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    axpy(-dot(columns[i], columns[j]), columns[j], columns[i]);
                }
            }
            double norm = Math.sqrt(dot(columns[i], columns[i]));
            for (int k = 0; k < n; k++) {
                columns[i][k] /= norm;
            }
        }
        return columns;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void axpy(double alpha, double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] += alpha * x[i];
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_scaledGradients_isTheSame(DataType type) {
        for (int[] shape : new int[][] {{6, 4}, {2, 9}, {1, 5}, {5, 1}}) {
            double[][] expected = firstSteps(shape, type, 1);
            for (double scale : new double[] {1e-20, 1e-10, 1e10, 1e20}) {
                assertThatArray(firstSteps(shape, type, scale))
                        .as("%s by %s times %s", shape[0], shape[1], scale)
                        .isCloseTo(expected, type == DataType.DOUBLE ? 1e-10 : 1e-3);
            }
        }
    }

    private static double[][] firstSteps(int[] shape, DataType type, double scale) {
        RandomMatrices random = new RandomMatrices(11);
        MatrixSteps steps = new MatrixSteps(Muon.builder().epsilon(0).build(), new double[shape[0]][shape[1]], type);
        for (int i = 0; i < 3; i++) {
            steps.step(Loops.scaled(scale, random.gaussian(shape[0], shape[1])));
        }
        return steps.parameters();
    }

    /** Momentum M and its look-ahead are rescaled by 1 / (1 - momentum), which the normalisation removes. */
    @Test
    void step_summedMomentum_equalsTheAverage() {
        RandomMatrices random = new RandomMatrices(8);
        double[][] start = random.gaussian(5, 3);
        Muon.Builder builder = Muon.builder().epsilon(0);
        MatrixSteps average = new MatrixSteps(builder.build(), start, DataType.DOUBLE);
        MatrixSteps sum = new MatrixSteps(builder.averagedMomentum(false).build(), start, DataType.DOUBLE);
        for (int i = 0; i < 5; i++) {
            double[][] gradient = random.gaussian(5, 3);
            assertThatArray(sum.step(gradient)).isCloseTo(average.step(gradient), Tolerance.FORMULA);
        }
    }

    /** A converged iteration makes every step lr U V'. */
    @Test
    void step_polarExpress_hasEqualSingularValues() {
        Muon muon = Muon.builder()
                .learningRate(.5)
                .momentum(0)
                .scaling(Muon.Scaling.NONE)
                .orthogonalization(PolarIteration.polarExpress(8))
                .build();
        double[][] update = new MatrixSteps(muon, new double[3][2], DataType.DOUBLE).step(Loops.transpose(G1));
        double[][] polar = {
            {.601020529517, .798424329225, -.0359571077854}, {.340871937739, -.215382353601, .915104782972}
        };
        assertThatArray(update).isWithin(Loops.scaled(.5, Loops.transpose(polar)), GOLDEN);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_zeroGradient_isZeroAtFirstAndMomentumLater(DataType type) {
        MatrixSteps steps = new MatrixSteps(new Muon(), Loops.transpose(W0), type);
        double[][] zero = new double[3][2];
        assertThatArray(steps.step(zero)).isWithin(zero, 0);
        double[][] first = steps.step(Loops.transpose(G1));
        assertThatArray(steps.step(zero)).isCloseTo(first, type == DataType.DOUBLE ? 1e-6 : 1e-3);
    }

    @Test
    void step_rankOneGradient_mapsItsSingularValue() {
        double[][] gradient = Loops.multiply(new double[][] {{1}, {2}, {-3}}, new double[][] {{4, 5}});
        double[][] update = new MatrixSteps(new Muon(1), new double[3][2], DataType.DOUBLE).step(gradient);
        // The one singular value, 1 after the division by the norm, is mapped alone.
        double norm = Math.sqrt(14. * 41);
        double factor = PolarIteration.newtonSchulz(5).map(1) / norm;
        assertThatArray(update).isCloseTo(Loops.scaled(factor, gradient), 1e-6);
    }

    @Test
    void step_gradientNotFinite_throwsInStrictMode() {
        MatrixSteps steps = new MatrixSteps(Muon.builder().strict(true).build(), Loops.transpose(W0), DataType.DOUBLE);
        assertThatThrownBy(() -> steps.step(new double[][] {{1, Double.NaN}, {0, 0}, {0, 0}}))
                .isInstanceOf(NumericalException.class)
                .hasMessageContaining("layer0")
                .hasMessageContaining("parameter W");
    }

    /** A sum of single-precision gradients near the largest number overflows; the method starts from zero. */
    @Test
    void step_overflowingMomentum_startsAnew() {
        MatrixSteps steps =
                new MatrixSteps(Muon.builder().averagedMomentum(false).build(), new double[2][2], DataType.FLOAT);
        double[][] huge = {{3e38, 0}, {0, 3e38}};
        steps.step(huge);
        for (int i = 0; i < 5; i++) {
            for (double[] row : steps.step(huge)) {
                assertThat(java.util.Arrays.stream(row)).allMatch(Double::isFinite);
            }
        }
        double[][] fresh =
                new MatrixSteps(new Muon(), new double[2][2], DataType.FLOAT).step(new double[][] {{1, 0}, {0, 1}});
        for (int i = 0; i < 60; i++) {
            steps.step(new double[][] {{1, 0}, {0, 1}});
        }
        assertThatArray(steps.step(new double[][] {{1, 0}, {0, 1}})).isCloseTo(fresh, 1e-3);
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"VECTOR", "EMBEDDING", "OUTPUT"})
    void preconditioned_otherRoles_areLeftToTheFallback(Role role) {
        double[][] gradient = {{1, -2, 3}};
        MatrixSteps steps =
                new MatrixSteps(Muon.builder().fallback(new Adam(.1)).build(), role, new double[1][3], DataType.DOUBLE);
        assertThat(steps.isPreconditioned()).isFalse();
        assertThatArray(steps.step(gradient)).isCloseTo(new double[][] {{.1, -.1, .1}}, 1e-6);
    }

    @Test
    void preconditioned_outputLayer_canBeAskedFor() {
        Muon muon = Muon.builder().outputLayers(true).build();
        MatrixSteps steps = new MatrixSteps(muon, Role.OUTPUT, Loops.transpose(W0), DataType.DOUBLE);
        assertThatArray(steps.step(Loops.transpose(G1)))
                .isCloseTo(
                        new MatrixSteps(muon, Loops.transpose(W0), DataType.DOUBLE).step(Loops.transpose(G1)),
                        Tolerance.EXACT);
    }

    @Test
    void build_badValues_areRefused() {
        assertThatThrownBy(() -> Muon.builder().momentum(1).build()).hasMessageContaining("[0, 1)");
        assertThatThrownBy(() -> Muon.builder().epsilon(-1).build()).hasMessageContaining("epsilon");
        assertThatThrownBy(() -> Muon.builder().learningRate(Double.NaN)).hasMessageContaining("learningRate");
        assertThatThrownBy(() -> Muon.builder().fallback(new Muon()).build()).hasMessageContaining("DL4J's");
    }
}
