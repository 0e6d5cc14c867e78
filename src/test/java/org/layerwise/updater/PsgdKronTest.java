package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.settings.Whitening.Geometry;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Steps of PSGD against the reference implementation and against what whitening means. Golden matrices are in PyTorch's
 * orientation, rows for outputs, and transposed here to [fanIn, fanOut].
 */
class PsgdKronTest {
    static final double[][] G1 = {{1, 2, -1}, {.5, -1.5, 3}};
    static final double[][] G2 = {{-2, .25, 1.5}, {1, 1, -.5}};
    static final double[][] G3 = {{.75, -.5, 2}, {-1, 2.5, .25}};
    private static final double GOLDEN = 1e-8;
    static final double NO_LIMIT = 1e30;

    /** As the reference with noise off: an update at every step, no momentum, scale 1. */
    static PsgdKron.Builder exact() {
        return PsgdKron.builder()
                .learningRate(1)
                .momentum(0)
                .damping(0)
                .initialScale(1)
                .withoutBlocks()
                .updates(Period.every(1));
    }

    private static Stream<Arguments> golden() {
        return Stream.of(
                Arguments.of(Geometry.Q05EQ15, Double.POSITIVE_INFINITY, new double[][] {
                    {.651258385904, -.139816848567, 1.68538025637}, {-.791500685668, 2.04250957831, .447499704037}
                }),
                Arguments.of(Geometry.QEQ, Double.POSITIVE_INFINITY, new double[][] {
                    {.651238361989, -.139858327652, 1.68532677082}, {-.79146418401, 2.04256368645, .447433491093}
                }),
                Arguments.of(Geometry.Q05EQ15, 1., new double[][] {
                    {.617216396813, -.239267949549, 1.64129260924}, {-.827270356809, 1.9895508277, .3354593556}
                }),
                // The reference's rule, computed with NumPy; the reference's own code was not run for these two.
                Arguments.of(Geometry.QUAD, Double.POSITIVE_INFINITY, new double[][] {
                    {.65187708372, -.143494095074, 1.689084952988}, {-.793336031831, 2.047481017929, .445382783292}
                }),
                Arguments.of(Geometry.QUAD, 1., new double[][] {
                    {.618091459098, -.241166560088, 1.644822045175}, {-.829014476504, 1.993837947632, .335132982208}
                }));
    }

    /** P G of the third gradient after updates with all three, as matrix and, where the sides are alike, transposed. */
    @ParameterizedTest
    @MethodSource("golden")
    void step_referenceImplementation_isReproduced(Geometry geometry, double skew, double[][] expected) {
        PsgdKron psgd = exact().geometry(geometry).maxSkew(skew).build();
        MatrixSteps steps = new MatrixSteps(psgd, new double[3][2], DataType.DOUBLE);
        MatrixSteps transposed = new MatrixSteps(psgd, new double[2][3], DataType.DOUBLE);
        for (double[][] gradient : List.of(G1, G2)) {
            steps.step(Loops.transpose(gradient));
            transposed.step(gradient);
        }
        assertThatArray(steps.step(Loops.transpose(G3))).isWithin(Loops.transpose(expected), GOLDEN);
        assertThatArray(transposed.step(G3)).isWithin(expected, GOLDEN);
    }

    /** Lipschitz constants and the left factor of the reference, where the state keeps them. */
    @Test
    void step_referenceImplementation_keepsItsFactors() {
        MatrixSteps steps = afterThreeGradients(Double.POSITIVE_INFINITY);
        assertThat(steps.section("marks").getDouble(0)).isEqualTo(1);
        assertThat(steps.section("Lipschitz bounds").getDouble(0)).isCloseTo(15.2120351033, within(GOLDEN));
        assertThat(steps.section("Lipschitz bounds").getDouble(1)).isCloseTo(16.2120351033, within(GOLDEN));
        requireFrom(steps.section("factors"), 9, .96600386667, .0391451444631, .0391451444319, .944044106609);
    }

    /** The reference's right factor, a diagonal, comes first here. */
    @Test
    void step_referenceImplementation_keepsItsDiagonalFactor() {
        requireFrom(afterThreeGradients(1).section("factors"), 0, .994666104102, .950194271374, .928532912624);
    }

    private static MatrixSteps afterThreeGradients(double skew) {
        MatrixSteps steps = new MatrixSteps(exact().maxSkew(skew).build(), Loops.transpose(G1), DataType.DOUBLE);
        for (double[][] gradient : List.of(G1, G2, G3)) {
            steps.step(Loops.transpose(gradient));
        }
        return steps;
    }

    private static void requireFrom(INDArray state, int at, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(state.getDouble(at + i)).isCloseTo(expected[i], within(GOLDEN));
        }
    }

    /** What the method is for: gradients A Z B with Z white become white. */
    @ParameterizedTest
    @EnumSource(Geometry.class)
    void step_manyGradients_becomeWhite(Geometry geometry) {
        RandomMatrices random = new RandomMatrices(17);
        double[][] a = Loops.combine(1, Loops.identity(6), .4, random.gaussian(6, 6));
        double[][] b = Loops.combine(3, Loops.identity(4), 1, random.gaussian(4, 4));
        MatrixSteps steps = new MatrixSteps(
                exact().geometry(geometry)
                        .maxSkew(Double.POSITIVE_INFINITY)
                        .initialScale(0)
                        .largestRms(NO_LIMIT)
                        .largestElement(NO_LIMIT)
                        .preconditionerRate(.05)
                        .build(),
                new double[6][4],
                DataType.DOUBLE);
        double[][] rows = new double[6][6];
        double[][] columns = new double[4][4];
        int settle = 4000;
        int measured = 2000;
        for (int i = 0; i < settle + measured; i++) {
            double[][] white = steps.step(Loops.multiply(Loops.multiply(a, random.gaussian(6, 4)), b));
            if (i >= settle) {
                rows = Loops.combine(1, rows, 1. / measured / 4, Loops.multiply(white, Loops.transpose(white)));
                columns = Loops.combine(1, columns, 1. / measured / 6, Loops.multiply(Loops.transpose(white), white));
            }
        }
        double wandering = .25; // the factors follow single gradients at rate .05
        assertThatArray(rows).isWithin(Loops.identity(6), wandering);
        assertThatArray(columns).isWithin(Loops.identity(4), wandering);
    }

    @ParameterizedTest
    @EnumSource(Geometry.class)
    void step_rotatedInputsAndOutputs_isRotated(Geometry geometry) {
        RandomMatrices random = new RandomMatrices(5);
        double[][] q = random.orthogonal(6);
        double[][] r = random.orthogonal(4);
        PsgdKron psgd = exact().geometry(geometry)
                .maxSkew(Double.POSITIVE_INFINITY)
                .largestElement(NO_LIMIT)
                .build();
        MatrixSteps plain = new MatrixSteps(psgd, new double[6][4], DataType.DOUBLE);
        MatrixSteps rotated = new MatrixSteps(psgd, new double[6][4], DataType.DOUBLE);
        for (int i = 0; i < 6; i++) {
            double[][] gradient = random.gaussian(6, 4);
            double[][] turned = Loops.multiply(Loops.multiply(q, gradient), r);
            assertThatArray(rotated.step(turned))
                    .isCloseTo(Loops.multiply(Loops.multiply(q, plain.step(gradient)), r), 1e-7);
        }
    }

    /** The noise of the published algorithm enters by its mean: an average over many noisy T agrees with it. */
    @Test
    void step_damping_isTheMeanOfTheNoise() {
        double damping = .5;
        double[][] g = Loops.transpose(G1);
        RandomMatrices random = new RandomMatrices(29);
        double[][] t = new double[3][3];
        int samples = 40_000;
        for (int i = 0; i < samples; i++) {
            double[][] noisy = Loops.combine(1, g, damping, random.gaussian(3, 2));
            t = Loops.combine(1, t, 1. / samples, Loops.multiply(noisy, Loops.transpose(noisy)));
        }
        // At P = I one step of QEQ from Q = I shows T: Q = I - mu / L (T - c).
        MatrixSteps steps = new MatrixSteps(
                exact().geometry(Geometry.QEQ)
                        .maxSkew(Double.POSITIVE_INFINITY)
                        .damping(damping)
                        .build(),
                new double[3][2],
                DataType.DOUBLE);
        steps.step(g);
        INDArray left = steps.section("factors");
        double lipschitz = steps.section("Lipschitz bounds").getDouble(0);
        double[][] shown = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                double moved = (i == j ? 1 : 0) - left.getDouble(i + 3 * j);
                shown[i][j] = moved * lipschitz / .1 + (i == j ? 2 : 0);
            }
        }
        double sixStandardErrors = .1; // elements of T deviate by about 3 in one sample
        assertThatArray(shown).isWithin(t, sixStandardErrors);
    }

    @Test
    void step_momentum_isThePlainMeanAtFirst() {
        PsgdKron psgd = exact().momentum(.9).updates(Period.at(1)).build();
        MatrixSteps steps = new MatrixSteps(psgd, new double[3][2], DataType.DOUBLE);
        MatrixSteps fixed = new MatrixSteps(exact().updates(Period.at(1)).build(), new double[3][2], DataType.DOUBLE);
        double[][] first = fixed.step(Loops.transpose(G1));
        double[][] second = fixed.step(Loops.transpose(G2));
        double[][] third = fixed.step(Loops.transpose(G3));
        assertThatArray(steps.step(Loops.transpose(G1))).isCloseTo(first, Tolerance.FORMULA);
        assertThatArray(steps.step(Loops.transpose(G2)))
                .isCloseTo(Loops.combine(.5, first, .5, second), Tolerance.FORMULA);
        double[][] mean = Loops.combine(1. / 3, Loops.combine(1, first, 1, second), 1. / 3, third);
        assertThatArray(steps.step(Loops.transpose(G3))).isCloseTo(mean, Tolerance.FORMULA);
    }

    @Test
    void step_whitenedMomentum_followsTheAverage() {
        double[][] g = Loops.transpose(G1);
        MatrixSteps average =
                new MatrixSteps(exact().momentum(.9).whitenMomentum(true).build(), new double[3][2], DataType.DOUBLE);
        MatrixSteps plain = new MatrixSteps(exact().build(), new double[3][2], DataType.DOUBLE);
        assertThatArray(average.step(g)).isCloseTo(plain.step(g), Tolerance.FORMULA);
        double[][] mean = Loops.combine(.5, g, .5, Loops.transpose(G2));
        assertThatArray(average.step(Loops.transpose(G2))).isCloseTo(plain.step(mean), Tolerance.FORMULA);
    }

    /** The limit of the root mean square, too, is a block's own. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_raggedBlocks_areIndependent(DataType type) {
        PsgdKron psgd = exact().blockSize(3).largestRms(.5).build();
        MatrixSteps.requireIndependentBlocks(psgd, type, type == DataType.DOUBLE ? 1e-10 : 1e-4);
    }

    /** Momentum and four factors' worth of elements, rounded up to a whole multiple of the parameters as DL4J needs it. */
    @Test
    void stateSize_isLinearInTheParameters() {
        MatrixSteps dense = new MatrixSteps(new PsgdKron(), new double[640][512], DataType.FLOAT);
        assertThat(dense.view.length()).isEqualTo(6L * 640 * 512);
        MatrixSteps embedding = new MatrixSteps(new PsgdKron(), Role.EMBEDDING, new double[5000][8], DataType.FLOAT);
        assertThat(embedding.view.length()).isEqualTo(2L * 5000 * 8);
    }

    /** A layer that is loaded in the middle of a period, after some of its blocks had their turn. */
    @Test
    void step_stateOfAnotherInstance_isContinuedBitForBit() {
        PsgdKron psgd = PsgdKron.builder().blockSize(2).updates(Period.every(8)).build();
        MatrixSteps.requireContinuedBitForBit(psgd);
    }

    @Test
    void build_badValues_areRefused() {
        assertThatThrownBy(() -> PsgdKron.builder().momentum(1).build()).hasMessageContaining("momentum");
        assertThatThrownBy(() ->
                        PsgdKron.builder().momentum(0).whitenMomentum(true).build())
                .hasMessageContaining("whitenMomentum");
        assertThatThrownBy(() -> PsgdKron.builder().preconditionerRate(1).build())
                .hasMessageContaining("preconditionerRate");
        assertThatThrownBy(() -> PsgdKron.builder().lipschitzDecay(1).build()).hasMessageContaining("lipschitzDecay");
        assertThatThrownBy(() -> PsgdKron.builder().damping(-1).build()).hasMessageContaining("damping");
        assertThatThrownBy(() -> PsgdKron.builder().initialScale(Double.NaN).build())
                .hasMessageContaining("initialScale");
        assertThatThrownBy(() -> PsgdKron.builder().maxSkew(Double.NaN).build()).hasMessageContaining("maxSkew");
        assertThatThrownBy(() -> PsgdKron.builder().blockSize(0).build()).hasMessageContaining("blockSize");
        assertThatThrownBy(() -> PsgdKron.builder().maxDimension(-1).build()).hasMessageContaining("maxDimension");
        assertThatThrownBy(() -> PsgdKron.builder().largestRms(0).build()).hasMessageContaining("largestRms");
        assertThatThrownBy(() -> PsgdKron.builder().largestElement(Double.NaN).build())
                .hasMessageContaining("largestElement");
    }
}
