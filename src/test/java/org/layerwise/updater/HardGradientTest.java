package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.settings.Period;
import org.layerwise.testing.EveryClass;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;

/** What every method owes to hard gradients, at every shape and type. A new method joins by one line. */
class HardGradientTest {
    private static final int STEPS = 20;

    /** How much longer than the longest step on Gaussian gradients a step may be. */
    private static final double LONGEST = 5;

    private static List<LayerwiseUpdater<?>> updaters() {
        return EveryClass.andChosen(
                new Muon(.01),
                PsgdKron.builder().learningRate(.01).blockSize(4).build(),
                new Scion(.01),
                Shampoo.builder().learningRate(.01).blockSize(4).build(),
                Soap.builder().learningRate(.01).blockSize(4).build(),
                Soap.eigenvalueCorrectedShampoo()
                        .learningRate(.01)
                        .blockSize(4)
                        .refresh(Period.every(8))
                        .build());
    }

    private static Stream<Arguments> cases() {
        int[][] shapes = {{6, 9}, {9, 6}, {1, 7}, {7, 1}, {1, 1}};
        List<Arguments> cases = new ArrayList<>();
        for (LayerwiseUpdater<?> updater : updaters()) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                for (int[] shape : shapes) {
                    String name = String.format(
                            "%s, %s, %s by %s", updater.getClass().getSimpleName(), type, shape[0], shape[1]);
                    cases.add(Arguments.of(name, updater, type, shape));
                }
            }
        }
        return cases.stream();
    }

    private static MatrixSteps start(LayerwiseUpdater<?> updater, DataType type, int[] shape) {
        return new MatrixSteps(updater, new double[shape[0]][shape[1]], type);
    }

    private static double length(double[][] update) {
        return Math.sqrt(Loops.dot(update, update));
    }

    /** Lengths of steps on Gaussian gradients of a scale. */
    private static double[] lengths(MatrixSteps steps, int[] shape, double scale) {
        RandomMatrices random = new RandomMatrices(17);
        double[] lengths = new double[STEPS];
        for (int i = 0; i < STEPS; i++) {
            lengths[i] = length(steps.step(Loops.scaled(scale, random.gaussian(shape[0], shape[1]))));
        }
        return lengths;
    }

    private static void requireBounded(double[] lengths, double longest) {
        for (double length : lengths) {
            assertThat(length).isLessThanOrEqualTo(longest); // false for NaN
        }
    }

    private static double longest(LayerwiseUpdater<?> updater, DataType type, int[] shape) {
        return LONGEST
                * Arrays.stream(lengths(start(updater, type, shape), shape, 1))
                        .max()
                        .orElseThrow();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void step_scaledGradients_isFiniteAndNeverLong(
            String name, LayerwiseUpdater<?> updater, DataType type, int[] shape) {
        double longest = longest(updater, type, shape);
        for (double scale : new double[] {1e-20, 1e20}) {
            MatrixSteps steps = start(updater, type, shape);
            requireBounded(lengths(steps, shape, scale), longest);
            requireBounded(lengths(steps, shape, 1), longest);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void step_zeroGradientsFirst_standsStillAndThenTrains(
            String name, LayerwiseUpdater<?> updater, DataType type, int[] shape) {
        MatrixSteps steps = start(updater, type, shape);
        double[][] zero = new double[shape[0]][shape[1]];
        for (int i = 0; i < 3; i++) {
            assertThatArray(steps.step(zero)).isWithin(zero, 0);
        }
        double longest = longest(updater, type, shape);
        double[] lengths = lengths(steps, shape, 1);
        requireBounded(lengths, longest);
        assertThat(lengths[STEPS - 1]).isGreaterThan(longest / LONGEST / 100);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void step_rankOneGradients_trainsAndIsNeverLong(
            String name, LayerwiseUpdater<?> updater, DataType type, int[] shape) {
        double longest = longest(updater, type, shape);
        RandomMatrices random = new RandomMatrices(18);
        MatrixSteps steps = start(updater, type, shape);
        double last = 0;
        for (int i = 0; i < STEPS; i++) {
            last = length(steps.step(Loops.multiply(random.gaussian(shape[0], 1), random.gaussian(1, shape[1]))));
            assertThat(last).as("step %s", i).isLessThanOrEqualTo(longest);
        }
        assertThat(last).isGreaterThan(longest / LONGEST / 100);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void step_gradientNotFinite_isSkippedWithoutATrace(
            String name, LayerwiseUpdater<?> updater, DataType type, int[] shape) {
        RandomMatrices random = new RandomMatrices(19);
        MatrixSteps steps = start(updater, type, shape);
        MatrixSteps untouched = start(updater, type, shape);
        double[][] zero = new double[shape[0]][shape[1]];
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            double[][] gradient = random.gaussian(shape[0], shape[1]);
            double[][] broken = Loops.scaled(1, gradient);
            broken[shape[0] - 1][shape[1] - 1] = bad;
            assertThatArray(steps.step(broken)).isWithin(zero, 0);
            assertThat(steps.view.equalsWithEps(untouched.view, 0)).isTrue();
            assertThatArray(steps.step(gradient)).isWithin(untouched.step(gradient), 0);
        }
    }
}
