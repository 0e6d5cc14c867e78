package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.InverseRoot.Solver;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Steps of Shampoo against the reference implementation and against closed forms. Golden matrices are in PyTorch's
 * orientation, rows for outputs, and transposed here to [fanIn, fanOut].
 */
class ShampooTest {
    static final double[][] W0 = {{.5, -.25, 1}, {-1.5, .75, .125}};
    static final double[][] G1 = {{1, 2, -1}, {.5, -1.5, 3}};
    static final double[][] G2 = {{-2, .25, 1.5}, {1, 1, -.5}};
    static final double[][] G3 = {{.75, -.5, 2}, {-1, 2.5, .25}};
    static final double GOLDEN = 1e-8;

    /** Every step up to date, and no blocks. */
    static Shampoo.Builder exact() {
        return Shampoo.builder()
                .learningRate(.01)
                .factorDecay(.999)
                .withoutBlocks()
                .statistics(Period.every(1))
                .refresh(Period.every(1));
    }

    /** No averages: P = (G G')^-1/4 G (G' G)^-1/4 of the sums. */
    static Shampoo.Builder bare() {
        return exact().momentum(0).factorDecay(1).grafting(Grafting.none());
    }

    @ParameterizedTest
    @EnumSource(Solver.class)
    void step_firstGradientAlone_isThePolarFactor(Solver solver) {
        double[][] square = {{1, 2}, {-.5, 3}};
        Shampoo.Builder builder = bare().learningRate(1);
        double[][] polar = {
            {.601020529517, .798424329225, -.0359571077854}, {.340871937739, -.215382353601, .915104782972}
        };
        assertThatArray(new MatrixSteps(
                                builder.root(InverseRoot.pseudoInverse(0)).build(), new double[3][2], DataType.DOUBLE)
                        .step(Loops.transpose(G1)))
                .isWithin(Loops.transpose(polar), GOLDEN);
        double[][] update = new MatrixSteps(
                        builder.root(InverseRoot.absolute(0).by(solver)).build(), new double[2][2], DataType.DOUBLE)
                .step(square);
        assertThatArray(Loops.gramian(update)).isCloseTo(Loops.identity(2), 1e-6);
    }

    /** The two gradients make both factors the identity, or c times it. */
    @Test
    void step_factorsProportionalToTheIdentity_scaleTheGradient() {
        double[][] first = {{1, 0}, {0, 0}};
        double[][] second = {{0, 0}, {0, 1}};
        MatrixSteps sums = new MatrixSteps(bare().root(InverseRoot.absolute(80)).build(), first, DataType.DOUBLE);
        sums.step(first);
        assertThatArray(sums.step(second)).isCloseTo(Loops.scaled(.01 / 9, second), Tolerance.FORMULA);
        Shampoo byTrace = bare().root(InverseRoot.absolute(0))
                .traceScaling(true)
                .startStep(2)
                .build();
        MatrixSteps scaled = new MatrixSteps(byTrace, first, DataType.DOUBLE);
        scaled.step(first);
        assertThatArray(scaled.step(second)).isCloseTo(Loops.scaled(.01 * Math.pow(2, .25), second), Tolerance.FORMULA);
        double decay = .75;
        Shampoo averaging = bare().factorDecay(decay)
                .root(InverseRoot.absolute(0))
                .startStep(2)
                .build();
        MatrixSteps averages = new MatrixSteps(averaging, first, DataType.DOUBLE);
        averages.step(Loops.scaled(1 / Math.sqrt(decay * (1 - decay)), first));
        double size = 1 / Math.sqrt(1 - decay);
        double correction = 1 - decay * decay;
        assertThatArray(averages.step(Loops.scaled(size, second)))
                .isCloseTo(Loops.scaled(.01 * size * Math.sqrt(correction), second), Tolerance.FORMULA);
    }

    /** Shampoo squared with tr A = |G|^2: the polar factor's direction, as long whatever the scale of the gradient. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-20, 1, 1e20})
    void step_traceScaling_dividesByTheTrace(double scale) {
        double[][] gradient = new RandomMatrices(7).gaussian(3, 3);
        Shampoo.Builder squared = bare().exponent(.5).root(InverseRoot.pseudoInverse(0));
        double[][] plain = new MatrixSteps(squared.build(), new double[3][3], DataType.DOUBLE).step(gradient);
        double[][] divided = new MatrixSteps(squared.traceScaling(true).build(), new double[3][3], DataType.DOUBLE)
                .step(Loops.scaled(scale, gradient));
        assertThatArray(divided).isCloseTo(Loops.scaled(Math.sqrt(Loops.dot(gradient, gradient)), plain), 1e-10);
    }

    @Test
    void step_traceScalingOfAZeroGradient_isZeroAndHarmless() {
        Shampoo shampoo =
                bare().traceScaling(true).root(InverseRoot.absolute(1e-6)).build();
        MatrixSteps steps = new MatrixSteps(shampoo, W0, DataType.DOUBLE);
        assertThatArray(steps.step(new double[2][3])).isWithin(new double[2][3], 0);
        MatrixSteps fresh = new MatrixSteps(shampoo, W0, DataType.DOUBLE);
        assertThatArray(steps.step(G1)).isCloseTo(fresh.step(G1), Tolerance.FORMULA);
    }

    /** One number and gradients of 1: the step is 1 over the root of the step number of the newest roots. */
    @Test
    void step_startInTheMiddleOfAPeriod_leavesTheLaterOnesInPlace() {
        Shampoo shampoo = bare().learningRate(1)
                .root(InverseRoot.absolute(0))
                .startStep(3)
                .refresh(Period.every(2))
                .build();
        MatrixSteps steps = new MatrixSteps(shampoo, new double[1][1], DataType.DOUBLE);
        int[] newest = {1, 1, 3, 4, 4, 6, 6, 8, 8, 10};
        for (int i = 0; i < newest.length; i++) {
            assertThatArray(steps.step(new double[][] {{1}}))
                    .as("step %s", i + 1)
                    .isCloseTo(new double[][] {{1 / Math.sqrt(newest[i])}}, Tolerance.FORMULA);
        }
    }

    private static Stream<Arguments> grafts() {
        return Stream.of(
                Arguments.of(Grafting.none(), 0., new Sgd(.1)),
                Arguments.of(Grafting.sgd(), 0., new Sgd(.1)),
                Arguments.of(Grafting.rmsProp(.9, 1e-30), 0., new RmsProp(.1, .9, 1e-30)),
                Arguments.of(Grafting.adam(.99, 1e-30), .8, new Adam(.1, .8, .99, 1e-30)));
    }

    @ParameterizedTest
    @MethodSource("grafts")
    void step_startNeverReached_isDl4jsUpdater(Grafting grafting, double momentum, IUpdater expected) {
        requireSame(grafting, momentum, expected, Tolerance.FORMULA);
    }

    /** DL4J's AdaGrad starts V at 1e-6, RmsProp at epsilon, and Adam adds epsilon before the correction. */
    @Test
    void step_startNeverReached_isDl4jsUpdaterUpToEpsilon() {
        requireSame(Grafting.adaGrad(1e-6), 0, new AdaGrad(.1, 1e-6), 1e-4);
        requireSame(Grafting.rmsProp(.9, 1e-8), 0, new RmsProp(.1, .9, 1e-8), 1e-5);
        requireSame(Grafting.adam(.999, 1e-8), .9, new Adam(.1), 1e-5);
    }

    private static void requireSame(Grafting grafting, double momentum, IUpdater expected, double tolerance) {
        Shampoo never = exact().learningRate(.1)
                .momentum(momentum)
                .grafting(grafting)
                .startStep(Integer.MAX_VALUE)
                .build();
        MatrixSteps steps = new MatrixSteps(never, Loops.transpose(W0), DataType.DOUBLE);
        MatrixSteps fallback = new MatrixSteps(
                Shampoo.builder().fallback(expected).build(), Role.VECTOR, Loops.transpose(W0), DataType.DOUBLE);
        for (double[][] gradient : List.of(G1, G2, G3, G1)) {
            assertThatArray(steps.step(Loops.transpose(gradient)))
                    .as("%s", expected)
                    .isCloseTo(fallback.step(Loops.transpose(gradient)), tolerance);
        }
    }

    @Test
    void step_bothSidesIgnored_isTheGraft() {
        MatrixSteps ignored = new MatrixSteps(exact().exponent(0).build(), Loops.transpose(W0), DataType.DOUBLE);
        MatrixSteps never =
                new MatrixSteps(exact().startStep(Integer.MAX_VALUE).build(), Loops.transpose(W0), DataType.DOUBLE);
        for (double[][] gradient : List.of(G1, G2, G3)) {
            assertThatArray(ignored.step(Loops.transpose(gradient)))
                    .isCloseTo(never.step(Loops.transpose(gradient)), Tolerance.EXACT);
        }
    }

    /** Gb = b1^2 M + (1 - b1^2) G, corrected by 1 - b1^(t+1). */
    @Test
    void step_lookAhead_isTheFormula() {
        double b1 = .9;
        Shampoo nadam = exact().learningRate(1)
                .momentum(b1)
                .lookAhead(b1 * b1)
                .grafting(Grafting.sgd())
                .exponent(0)
                .build();
        MatrixSteps steps = new MatrixSteps(nadam, W0, DataType.DOUBLE);
        double[][] m = new double[2][3];
        int t = 1;
        for (double[][] gradient : List.of(G1, G2, G3)) {
            double correction = 1 - Math.pow(b1, t + 1);
            double[][] expected = Loops.combine(b1 * b1 / correction, m, (1 - b1 * b1) / correction, gradient);
            assertThatArray(steps.step(gradient)).isCloseTo(expected, Tolerance.FORMULA);
            m = Loops.combine(b1, m, 1 - b1, gradient);
            t++;
        }
    }

    @Test
    void step_transposedProblem_isTransposed() {
        RandomMatrices random = new RandomMatrices(3);
        Shampoo.Builder builder = exact().blockSize(3).inputExponent(.25).outputExponent(.5);
        MatrixSteps tall = new MatrixSteps(builder.build(), new double[7][4], DataType.DOUBLE);
        MatrixSteps wide = new MatrixSteps(
                builder.inputExponent(.5).outputExponent(.25).build(), new double[4][7], DataType.DOUBLE);
        for (int i = 0; i < 5; i++) {
            double[][] gradient = random.gaussian(7, 4);
            assertThatArray(Loops.transpose(wide.step(Loops.transpose(gradient))))
                    .isCloseTo(tall.step(gradient), 1e-9);
        }
    }

    @Test
    void step_rotatedInputsAndOutputs_isRotated() {
        RandomMatrices random = new RandomMatrices(5);
        double[][] q = random.orthogonal(6);
        double[][] r = random.orthogonal(4);
        Shampoo shampoo = exact().grafting(Grafting.sgd()).build();
        MatrixSteps plain = new MatrixSteps(shampoo, new double[6][4], DataType.DOUBLE);
        MatrixSteps rotated = new MatrixSteps(shampoo, new double[6][4], DataType.DOUBLE);
        for (int i = 0; i < 4; i++) {
            double[][] gradient = random.gaussian(6, 4);
            double[][] turned = Loops.multiply(Loops.multiply(q, gradient), r);
            assertThatArray(rotated.step(turned))
                    .isCloseTo(Loops.multiply(Loops.multiply(q, plain.step(gradient)), r), 1e-8);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_raggedBlocks_areIndependent(DataType type) {
        Shampoo blocked = exact().blockSize(3).build();
        MatrixSteps.requireIndependentBlocks(blocked, type, type == DataType.DOUBLE ? 1e-10 : 1e-3);
    }

    /** A float's squares vanish or overflow at these scales: the graft alone, or no step, but no harm. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-20, 1e20})
    void step_scaledGradients_areSurvived(double scale) {
        RandomMatrices random = new RandomMatrices(11);
        for (int[] shape : new int[][] {{6, 4}, {1, 5}, {5, 1}, {1, 1}}) {
            double[][] gradient = random.gaussian(shape[0], shape[1]);
            Shampoo shampoo = exact().grafting(Grafting.adam(.999, 1e-38)).build();
            MatrixSteps plain = new MatrixSteps(shampoo, new double[shape[0]][shape[1]], DataType.DOUBLE);
            MatrixSteps scaled = new MatrixSteps(shampoo, new double[shape[0]][shape[1]], DataType.DOUBLE);
            MatrixSteps single = new MatrixSteps(exact().build(), new double[shape[0]][shape[1]], DataType.FLOAT);
            for (int i = 0; i < 3; i++) {
                assertThatArray(scaled.step(Loops.scaled(scale, gradient)))
                        .as("%s by %s", shape[0], shape[1])
                        .isCloseTo(plain.step(gradient), 1e-8);
                single.step(Loops.scaled(scale, gradient));
            }
            double[][] after = single.step(gradient);
            assertThatArray(Loops.scaled(0, after)).isWithin(new double[shape[0]][shape[1]], 0);
            assertThatArray(after).isWithin(new double[shape[0]][shape[1]], .1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_zeroGradientFirst_isZeroAndHarmless(DataType type) {
        MatrixSteps steps = new MatrixSteps(exact().momentum(0).build(), W0, type);
        assertThatArray(steps.step(new double[2][3])).isWithin(new double[2][3], 0);
        double[][] update = steps.step(G1);
        assertThatArray(update).isWithin(new double[2][3], .04);
        assertThatArray(Loops.scaled(0, update)).isWithin(new double[2][3], 0);
    }

    /** The roots act on the one direction that there is; what the floor leaves of the others is rounding. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_rankOneGradient_keepsItsDirection(DataType type) {
        double[][] gradient = Loops.multiply(new double[][] {{1}, {2}, {-3}}, new double[][] {{4, 5}});
        Shampoo shampoo = exact().learningRate(1).grafting(Grafting.sgd()).build();
        MatrixSteps steps = new MatrixSteps(shampoo, new double[3][2], type);
        for (int i = 0; i < 3; i++) {
            assertThatArray(steps.step(gradient)).isCloseTo(gradient, type == DataType.DOUBLE ? 1e-10 : 1e-4);
        }
    }

    /** A layer that is loaded in the middle of a period, after some of its blocks had their turn. */
    @Test
    void step_stateOfAnotherInstance_isContinuedBitForBit() {
        Shampoo shampoo = Shampoo.builder()
                .blockSize(2)
                .statistics(Period.every(3))
                .refresh(Period.every(8))
                .build();
        MatrixSteps.requireContinuedBitForBit(shampoo);
        Shampoo late = Shampoo.builder()
                .blockSize(2)
                .startStep(10)
                .refresh(Period.every(8))
                .build();
        MatrixSteps.requireContinuedBitForBit(late);
    }

    @Test
    void build_badValues_areRefused() {
        assertThatThrownBy(() -> Shampoo.builder().momentum(1).build()).hasMessageContaining("momentum");
        assertThatThrownBy(() -> Shampoo.builder().momentum(0).lookAhead(.5).build())
                .hasMessageContaining("lookAhead");
        assertThatThrownBy(() -> Shampoo.builder().lookAhead(1).build()).hasMessageContaining("lookAhead");
        assertThatThrownBy(() -> Shampoo.builder().factorDecay(1.5).build()).hasMessageContaining("factorDecay");
        assertThatThrownBy(() -> Shampoo.builder().exponent(-1).build()).hasMessageContaining("inputExponent");
        assertThatThrownBy(() -> Shampoo.builder().blockSize(0).build()).hasMessageContaining("blockSize");
        assertThatThrownBy(() -> Shampoo.builder().startStep(-1).build()).hasMessageContaining("startStep");
        assertThatThrownBy(() -> Shampoo.builder()
                        .root(InverseRoot.absolute(0).by(Solver.COUPLED_NEWTON))
                        .exponent(.4)
                        .build())
                .hasMessageContaining("integer");
        assertThatThrownBy(() -> Grafting.adam(1, 1e-8)).hasMessageContaining("decay");
        assertThatThrownBy(() -> Grafting.adaGrad(0)).hasMessageContaining("epsilon");
        assertThatThrownBy(() -> Shampoo.builder().fallback(new Shampoo()).build())
                .hasMessageContaining("DL4J's");
    }
}
