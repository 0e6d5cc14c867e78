package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Steps of SOAP against the reference implementation, against Adam and against each other. Golden matrices are PyTorch's. */
class SoapTest {
    private static final double[][] W0 = {{.5, -.25, 1}, {-1.5, .75, .125}};
    private static final double[][] G1 = {{1, 2, -1}, {.5, -1.5, 3}};
    private static final double[][] G2 = {{-2, .25, 1.5}, {1, 1, -.5}};
    private static final double[][] G3 = {{.75, -.5, 2}, {-1, 2.5, .25}};
    private static final double GOLDEN = 1e-8;

    /** As published: whole matrices, statistics in every step, all refreshes in the step that the period names. */
    private static Soap.Builder published(int refresh) {
        return Soap.builder()
                .withoutBlocks()
                .statistics(Period.every(1))
                .refresh(Period.every(refresh))
                .spreadRefreshes(false);
    }

    private static Stream<Arguments> golden() {
        return Stream.of(
                Arguments.of("refresh 1", published(1), new double[][][] {
                    {{.502404247835, -.250376018521, .994580390736}, {-1.50353593117, .747601003462, .1243047267}},
                    {{.504092775202, -.249551293666, .990153947552}, {-1.50336974443, .744265970137, .122905728064}},
                    {{.504817855219, -.250016684555, .987467978126}, {-1.50359033768, .743013761699, .11972339274}}
                }),
                Arguments.of("refresh 2", published(2), new double[][][] {
                    null,
                    {{.503646890241, -.249667593002, .990200191074}, {-1.5042689061, .744077529387, .12294196141}},
                    {{.50415285706, -.250411656467, .987637599264}, {-1.50489921549, .742512956936, .119941706574}}
                }),
                Arguments.of("one side of three", published(1).maxDimension(2), new double[][][] {
                    {{.504114021774, -.2509672297, .995840978263}, {-1.50092972976, .745848478346, .125970979732}},
                    null,
                    {{.505842970308, -.253789601374, .989740605205}, {-1.50066863368, .739901664226, .124553729404}}
                }));
    }

    /** The reference's decay follows the step and spares the first gradient; DL4J's goes with the step. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void step_referenceImplementation_isReproduced(String name, Soap.Builder builder, double[][][] golden) {
        MatrixSteps steps = new MatrixSteps(builder.learningRate(.003).build(), Loops.transpose(W0), DataType.DOUBLE);
        steps.step(Loops.transpose(G1));
        assertThatArray(steps.parameters()).isWithin(Loops.transpose(W0), 0);
        double[][][] gradients = {G2, G3, G1};
        for (int i = 0; i < golden.length; i++) {
            steps.step(Loops.transpose(gradients[i]));
            steps.parameters.muli(1 - .003 * .01);
            if (golden[i] != null) {
                assertThatArray(steps.parameters()).as("call %s", i + 2).isWithin(Loops.transpose(golden[i]), GOLDEN);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_noSideRotated_equalsAdamAfterTheFirst(DataType type) {
        RandomMatrices random = new RandomMatrices(2);
        Soap soap = Soap.builder().learningRate(.01).maxDimension(0).build();
        MatrixSteps steps = new MatrixSteps(soap, new double[7][5], type);
        GradientUpdater<?> adam = new Adam(.01, .95, .95, 1e-8).instantiate(Nd4j.create(type, 70), true);
        assertThatArray(steps.step(random.gaussian(7, 5))).isWithin(new double[7][5], 0);
        for (int i = 0; i < 30; i++) {
            double[][] gradient = random.gaussian(7, 5);
            INDArray expected = Loops.array(gradient, type, 'f').reshape('f', new long[] {35});
            adam.applyUpdater(expected, i, 0);
            assertThatArray(steps.step(gradient))
                    .isCloseTo(Loops.of(expected.reshape('f', 7, 5)), Tolerance.rounding(type));
        }
    }

    @Test
    void step_transposedProblem_isTransposed() {
        for (Soap soap :
                new Soap[] {published(3).build(), published(3).blockSize(3).build()}) {
            RandomMatrices random = new RandomMatrices(3);
            MatrixSteps tall = new MatrixSteps(soap, new double[7][4], DataType.DOUBLE);
            MatrixSteps wide = new MatrixSteps(soap, new double[4][7], DataType.DOUBLE);
            for (int i = 0; i < 20; i++) {
                double[][] gradient = random.gaussian(7, 4);
                double[][] update = tall.step(gradient);
                assertThatArray(Loops.transpose(wide.step(Loops.transpose(gradient))))
                        .isCloseTo(update, 1e-9);
            }
        }
    }

    @Test
    void step_rotatedInputsAndOutputs_isRotated() {
        RandomMatrices random = new RandomMatrices(5);
        double[][] q = random.orthogonal(6);
        double[][] r = random.orthogonal(6);
        UnaryOperator<double[][]> rotate = x -> Loops.multiply(Loops.multiply(q, x), Loops.transpose(r));
        MatrixSteps plain = new MatrixSteps(published(2).build(), new double[6][6], DataType.DOUBLE);
        MatrixSteps rotated = new MatrixSteps(published(2).build(), new double[6][6], DataType.DOUBLE);
        for (int i = 0; i < 12; i++) {
            double[][] gradient = random.gaussian(6, 6);
            double[][] expected = rotate.apply(plain.step(gradient));
            assertThatArray(rotated.step(rotate.apply(gradient))).isCloseTo(expected, 1e-8);
        }
    }

    @Test
    void step_blocksAsLargeAsTheMatrix_equalsNone() {
        for (int blockSize : new int[] {7, 64}) {
            RandomMatrices random = new RandomMatrices(7);
            MatrixSteps whole = new MatrixSteps(published(2).build(), new double[7][5], DataType.FLOAT);
            MatrixSteps blocked =
                    new MatrixSteps(published(2).blockSize(blockSize).build(), new double[7][5], DataType.FLOAT);
            for (int i = 0; i < 10; i++) {
                double[][] gradient = random.gaussian(7, 5);
                assertThatArray(blocked.step(gradient)).isWithin(whole.step(gradient), 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_raggedBlocks_areIndependent(DataType type) {
        MatrixSteps.requireIndependentBlocks(published(2).blockSize(3).build(), type, Tolerance.rounding(type));
    }

    /** A period of four is shared by six blocks: two a step, so that all are done before the next. */
    @Test
    void step_spreadRefreshes_takeTurns() {
        Soap soap = Soap.builder()
                .blockSize(2)
                .statistics(Period.every(1))
                .refresh(Period.every(4))
                .build();
        MatrixSteps steps = new MatrixSteps(soap, new double[4][6], DataType.DOUBLE);
        RandomMatrices random = new RandomMatrices(1);
        StringBuilder turns = new StringBuilder();
        double[][] before = new double[0][];
        for (int step = 0; step < 12; step++) {
            steps.step(random.gaussian(4, 6));
            double[][] bases = bases(steps);
            for (int k = 0; step > 0 && k < bases.length; k++) {
                if (!Arrays.equals(bases[k], before[k])) {
                    turns.append(step).append(':').append(k).append(' ');
                }
            }
            before = bases;
        }
        assertThat(turns.toString().trim()).isEqualTo("4:0 4:1 5:2 5:3 6:4 6:5 8:0 8:1 9:2 9:3 10:4 10:5");
    }

    /** The left bases of six 2 by 2 blocks. */
    private static double[][] bases(MatrixSteps steps) {
        double[] state = steps.section("bases").dup().data().asDouble();
        double[][] bases = new double[6][];
        for (int k = 0; k < 6; k++) {
            bases[k] = Arrays.copyOfRange(state, 8 * k, 8 * k + 4);
        }
        return bases;
    }

    /** In a space without gradients the first basis, and so the second step, depends on the processor's kernels. */
    private static final double NEAR = 2;

    /** Refreshing before the step, with the gradient that the step then uses, takes steps of 4e5 times the rate. */
    @ParameterizedTest
    @CsvSource({"8, 16", "16, 8", "1, 32", "32, 1", "16, 16"})
    void step_anyGradients_staysNearTheLearningRate(int rows, int columns) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            RandomMatrices random = new RandomMatrices(rows);
            MatrixSteps steps =
                    new MatrixSteps(published(1).learningRate(.001).build(), new double[rows][columns], type);
            for (int i = 0; i < 50; i++) {
                double[][] update = steps.step(random.gaussian(rows, columns));
                double rms = Math.sqrt(Loops.dot(update, update) / (rows * columns));
                assertThat(rms).as("step %s", i).isLessThan(NEAR * .001);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_zeroGradient_waitsForTheFirstAndThenIsNormal(DataType type) {
        MatrixSteps late = new MatrixSteps(new Soap(), Loops.transpose(W0), type);
        MatrixSteps steps = new MatrixSteps(new Soap(), Loops.transpose(W0), type);
        double[][] zero = new double[3][2];
        for (int i = 0; i < 3; i++) {
            assertThatArray(late.step(zero)).isWithin(zero, 0);
        }
        for (double[][] gradient : new double[][][] {G1, G2, new double[2][3], G3}) {
            assertThatArray(late.step(Loops.transpose(gradient))).isWithin(steps.step(Loops.transpose(gradient)), 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 9", "9, 1", "1, 1", "6, 4", "70, 3"})
    void step_rankOneGradients_stayBounded(int rows, int columns) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            RandomMatrices random = new RandomMatrices(rows);
            MatrixSteps steps = new MatrixSteps(
                    Soap.builder().learningRate(.01).refresh(Period.every(1)).build(), new double[rows][columns], type);
            for (int i = 0; i < 40; i++) {
                double[][] gradient = Loops.multiply(random.gaussian(rows, 1), random.gaussian(1, columns));
                double[][] update = steps.step(gradient);
                double rms = Math.sqrt(Loops.dot(update, update) / (rows * columns));
                assertThat(rms).as("step %s", i).isLessThan(.03);
                assertThat(rms > 0).isEqualTo(i > 0);
            }
        }
    }

    /** A row or column of weights has one basis only; the other side is a sign. */
    @Test
    void step_oneRow_equalsOneColumn() {
        RandomMatrices random = new RandomMatrices(12);
        MatrixSteps row = new MatrixSteps(published(2).build(), new double[1][6], DataType.DOUBLE);
        MatrixSteps column = new MatrixSteps(published(2).build(), new double[6][1], DataType.DOUBLE);
        for (int i = 0; i < 8; i++) {
            double[][] gradient = random.gaussian(1, 6);
            assertThatArray(Loops.transpose(column.step(Loops.transpose(gradient))))
                    .isCloseTo(row.step(gradient), 1e-10);
        }
    }

    /** In single precision the squares of such a gradient would stop the matrix for good. */
    @Test
    void step_squaresBeyondSinglePrecision_isSkippedWithoutATrace() {
        MatrixSteps steps = new MatrixSteps(new Soap(), Loops.transpose(W0), DataType.FLOAT);
        MatrixSteps untouched = new MatrixSteps(new Soap(), Loops.transpose(W0), DataType.FLOAT);
        double[][] zero = new double[3][2];
        for (double[][] gradient : new double[][][] {G1, G2, G3}) {
            assertThatArray(steps.step(Loops.scaled(1e20, Loops.transpose(gradient))))
                    .isWithin(zero, 0);
            assertThatArray(steps.step(Loops.transpose(gradient)))
                    .isWithin(untouched.step(Loops.transpose(gradient)), 0);
        }
        Soap strict = Soap.builder().strict(true).build();
        MatrixSteps throwing = new MatrixSteps(strict, Loops.transpose(W0), DataType.FLOAT);
        assertThatThrownBy(() -> throwing.step(Loops.scaled(1e20, Loops.transpose(G1))))
                .isInstanceOf(NumericalException.class)
                .hasMessageContaining("layer0")
                .hasMessageContaining("too large");
    }

    /** Without epsilon to compare with, steps do not depend on the scale of the gradients. */
    @Test
    void step_scaledGradients_isTheSame() {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            double[][] expected = after(1, type);
            for (double scale : type == DataType.DOUBLE ? new double[] {1e-20, 1e20} : new double[] {1e-10, 1e10}) {
                assertThatArray(after(scale, type)).isCloseTo(expected, type == DataType.DOUBLE ? 1e-6 : 1e-2);
            }
            assertThat(Arrays.stream(after(1e-20, DataType.FLOAT)).flatMapToDouble(Arrays::stream))
                    .allMatch(Double::isFinite);
        }
    }

    private static double[][] after(double scale, DataType type) {
        RandomMatrices random = new RandomMatrices(11);
        MatrixSteps steps = new MatrixSteps(published(2).epsilon(1e-30).build(), new double[5][4], type);
        for (int i = 0; i < 6; i++) {
            steps.step(Loops.scaled(scale, random.gaussian(5, 4)));
        }
        return steps.parameters();
    }

    @Test
    void preconditioned_embedding_isRotatedOnItsFanOut() {
        RandomMatrices random = new RandomMatrices(4);
        MatrixSteps embedding =
                new MatrixSteps(published(1).build(), Role.EMBEDDING, new double[9][4], DataType.DOUBLE);
        MatrixSteps oneSided = new MatrixSteps(published(1).maxDimension(4).build(), new double[9][4], DataType.DOUBLE);
        for (int i = 0; i < 5; i++) {
            double[][] gradient = random.gaussian(9, 4);
            assertThatArray(embedding.step(gradient)).isWithin(oneSided.step(gradient), 0);
        }
    }

    /** Two moments, and factor and basis of each side, for any block size; beside them seven numbers a block. */
    @ParameterizedTest
    @ValueSource(ints = {8, 16, 64})
    void stateSize_squareBlocks_isSixNumbersAParameter(int blockSize) {
        Soap soap = Soap.builder().blockSize(blockSize).build();
        MatrixSteps steps = new MatrixSteps(soap, new double[64][128], DataType.FLOAT);
        int blocks = 64 * 128 / (blockSize * blockSize);
        assertThat(steps.sectionElements()).isEqualTo(7L * blocks + 6 * 64 * 128);
        assertThat(steps.flops()).isEqualTo(8L * blockSize * 64 * 128);
    }

    @Test
    void fallback_default_isAdamWithTheSameRateAndDecays() {
        Soap soap = Soap.builder()
                .learningRate(.02)
                .beta1(.8)
                .beta2(.7)
                .epsilon(1e-6)
                .build();
        assertThat(soap.fallback()).isEqualTo(new Adam(.02, .8, .7, 1e-6));
        assertThat(Soap.builder().fallback(new Sgd(.5)).build().fallback()).isEqualTo(new Sgd(.5));
    }

    @Test
    void build_badValues_areRefused() {
        assertThatThrownBy(() -> Soap.builder().beta1(1).build()).hasMessageContaining("beta1");
        assertThatThrownBy(() -> Soap.builder().beta2(-.1).build()).hasMessageContaining("beta2");
        assertThatThrownBy(() -> Soap.builder().factorDecay(1).build()).hasMessageContaining("factorDecay");
        assertThatThrownBy(() -> Soap.builder().factorDecay(Double.NaN)).hasMessageContaining("factorDecay");
        assertThatThrownBy(() -> Soap.builder().epsilon(0).build()).hasMessageContaining("epsilon");
        assertThatThrownBy(() -> Soap.builder().blockSize(0).build()).hasMessageContaining("blockSize");
        assertThatThrownBy(() -> Soap.builder().maxDimension(-1).build()).hasMessageContaining("maxDimension");
        assertThatThrownBy(() -> Soap.builder().fallback(new Soap()).build()).hasMessageContaining("DL4J's");
    }
}
