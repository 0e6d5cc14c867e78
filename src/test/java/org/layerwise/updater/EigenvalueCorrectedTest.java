package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.settings.Period;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.layerwise.updater.Soap.Variant;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/** Eigenvalue-corrected Shampoo against Meta's implementation and against Adam. Golden matrices are PyTorch's. */
class EigenvalueCorrectedTest {
    private static final double[][] W0 = {{.5, -.25, 1}, {-1.5, .75, .125}};
    private static final double[][] G1 = {{1, 2, -1}, {.5, -1.5, 3}};
    private static final double[][] G2 = {{-2, .25, 1.5}, {1, 1, -.5}};
    private static final double[][] G3 = {{.75, -.5, 2}, {-1, 2.5, .25}};
    private static final double GOLDEN = 1e-8;

    private static Soap.Builder exact(Variant variant) {
        return Soap.eigenvalueCorrectedShampoo()
                .variant(variant)
                .learningRate(.01)
                .withoutBlocks()
                .refresh(Period.every(1));
    }

    private static Stream<Arguments> golden() {
        return Stream.of(
                Arguments.of(
                        Variant.ESHAMPOO,
                        new double[][] {
                            {.493489794892, -.257734243426, .99935957117},
                            {-1.50190871997, .751403823883, .115723952567}
                        },
                        new double[][] {
                            {.509253290679, -.27057007424, .959123486312},
                            {-1.52176255796, .74804230471, .0757834535499}
                        }),
                Arguments.of(
                        Variant.ESHAMPOO_QR,
                        new double[][] {
                            {.490896945164, -.26038054123, .995171509785},
                            {-1.49708902403, .752728891878, .110393265921}
                        },
                        new double[][] {
                            {.491135777416, -.315360982384, .978275349288},
                            {-1.50316619895, .750403640174, .0703612830719}
                        }));
    }

    /** Parameters after the first and the fourth step, with decoupled weight decay 0.1. */
    @ParameterizedTest
    @MethodSource("golden")
    void step_referenceImplementation_isReproduced(Variant variant, double[][] first, double[][] fourth) {
        MatrixSteps steps = new MatrixSteps(
                exact(variant).build(), Loops.transpose(W0), DataType.DOUBLE, new WeightDecay(.1, true));
        steps.step(Loops.transpose(G1));
        assertThatArray(steps.parameters()).isWithin(Loops.transpose(first), GOLDEN);
        for (double[][] gradient : List.of(G2, G3, G1)) {
            steps.step(Loops.transpose(gradient));
        }
        assertThatArray(steps.parameters()).isWithin(Loops.transpose(fourth), GOLDEN);
    }

    /** Epsilon aside, which DL4J's Adam adds before the correction. */
    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"ESHAMPOO", "ESHAMPOO_QR"})
    void step_noSideRotatedOrNotYet_equalsAdam(Variant variant) {
        double tiny = 1e-30;
        Soap ignored = exact(variant).epsilon(tiny).maxDimension(0).build();
        Soap later = exact(variant).epsilon(tiny).refresh(Period.at(1000)).build();
        RandomMatrices random = new RandomMatrices(2);
        MatrixSteps one = new MatrixSteps(ignored, new double[7][5], DataType.DOUBLE);
        MatrixSteps other = new MatrixSteps(later, new double[7][5], DataType.DOUBLE);
        GradientUpdater<?> adam = new Adam(.01, .9, .999, tiny).instantiate(Nd4j.create(DataType.DOUBLE, 70), true);
        for (int i = 0; i < 20; i++) {
            double[][] gradient = random.gaussian(7, 5);
            INDArray flat = Loops.array(gradient, DataType.DOUBLE, 'f').reshape('f', new long[] {35});
            adam.applyUpdater(flat, i, 0);
            double[][] expected = Loops.of(flat.reshape('f', 7, 5));
            assertThatArray(one.step(gradient)).isCloseTo(expected, Tolerance.FORMULA);
            assertThatArray(other.step(gradient)).isCloseTo(expected, Tolerance.FORMULA);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"ESHAMPOO", "ESHAMPOO_QR"})
    void step_transposedProblem_isTransposed(Variant variant) {
        Soap soap = exact(variant).blockSize(3).refresh(Period.every(3)).build();
        RandomMatrices random = new RandomMatrices(3);
        MatrixSteps tall = new MatrixSteps(soap, new double[7][3], DataType.DOUBLE);
        MatrixSteps wide = new MatrixSteps(soap, new double[3][7], DataType.DOUBLE);
        for (int i = 0; i < 10; i++) {
            double[][] gradient = random.gaussian(7, 3);
            double[][] update = tall.step(gradient);
            assertThatArray(Loops.transpose(wide.step(Loops.transpose(gradient))))
                    .isCloseTo(update, 1e-8);
        }
    }

    /**
     * Why SOAP's order is the default: with refreshes at every step by QR and before the step, second moments of one basis meet
     * gradients in another. SOAP's first steps stay within the learning rate on the same gradients.
     */
    @Test
    void step_refreshBeforeTheStep_isExplosiveWhereSoapIsNot() {
        double eshampoo = largestRms(exact(Variant.ESHAMPOO_QR));
        double soap = largestRms(exact(Variant.SOAP).spreadRefreshes(false));
        double rare = largestRms(exact(Variant.ESHAMPOO_QR).refresh(Period.every(10)));
        assertThat(eshampoo).isGreaterThan(100);
        assertThat(soap).isLessThan(1.2);
        assertThat(rare).isLessThan(1.2);
    }

    /** Over five steps of an 8 by 16 layer, in units of the learning rate; the largest of three seeds. */
    private static double largestRms(Soap.Builder builder) {
        double largest = 0;
        for (int seed = 1; seed <= 3; seed++) {
            RandomMatrices random = new RandomMatrices(seed);
            MatrixSteps steps = new MatrixSteps(builder.learningRate(1).build(), new double[16][8], DataType.DOUBLE);
            for (int i = 0; i < 5; i++) {
                double squares = 0;
                for (double[] row : steps.step(random.gaussian(16, 8))) {
                    for (double each : row) {
                        squares += each * each;
                    }
                }
                largest = Math.max(largest, Math.sqrt(squares / 128));
            }
        }
        return largest;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-20, 1, 1e20})
    void step_anyScaleAndShape_staysFinite(double scale) {
        RandomMatrices random = new RandomMatrices(11);
        for (Variant variant : Variant.values()) {
            for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                for (int[] shape : new int[][] {{6, 4}, {1, 5}, {5, 1}, {1, 1}}) {
                    MatrixSteps steps = new MatrixSteps(
                            exact(variant).blockSize(4).refresh(Period.every(2)).build(),
                            new double[shape[0]][shape[1]],
                            type);
                    for (int i = 0; i < 4; i++) {
                        double[][] gradient = Loops.scaled(scale, random.gaussian(shape[0], shape[1]));
                        double[][] update = steps.step(gradient);
                        assertThatArray(Loops.scaled(0, update)).isWithin(new double[shape[0]][shape[1]], 0);
                    }
                    assertThatArray(Loops.scaled(0, steps.step(random.gaussian(shape[0], shape[1]))))
                            .isWithin(new double[shape[0]][shape[1]], 0);
                }
            }
        }
    }
}
