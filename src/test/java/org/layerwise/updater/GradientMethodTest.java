package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Section;
import org.layerwise.method.Section.Kind;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.Role;
import org.layerwise.testing.EveryClass;
import org.layerwise.testing.Loops;
import org.layerwise.testing.MethodSteps;
import org.layerwise.testing.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the methods that need gradients alone promise their caller. */
class GradientMethodTest {
    private static final int STEPS = 12;

    private static Stream<Arguments> cases() {
        List<LayerwiseUpdater<?>> updaters = EveryClass.andChosen(
                new Muon(),
                Muon.builder().momentum(0).build(),
                new Scion(),
                PsgdKron.builder().blockSize(4).build(),
                PsgdKron.builder().momentum(0).blockSize(4).build(),
                Shampoo.builder().blockSize(4).build(),
                Shampoo.builder().momentum(0).grafting(Grafting.none()).build(),
                Shampoo.builder().lookAhead(.5).grafting(Grafting.sgd()).build(),
                Soap.builder().blockSize(4).build(),
                Soap.eigenvalueCorrectedShampoo().blockSize(4).build());
        return updaters.stream()
                .flatMap(
                        updater -> Stream.of(DataType.FLOAT, DataType.DOUBLE).map(type -> Arguments.of(updater, type)));
    }

    private static MethodSteps start(LayerwiseUpdater<?> updater, DataType type) {
        Matrix matrix = Matrix.contiguous("W", 0, 9, 6, Role.HIDDEN, 1);
        Method method = Objects.requireNonNull(updater.settings().method(matrix));
        return MethodSteps.start(method, 9, 6, type, true);
    }

    /** That the gradient is only read, and the direction wholly written, is checked at every step. */
    @ParameterizedTest
    @MethodSource("cases")
    void step_productNeeded_isThatOfDirectionAndGradient(LayerwiseUpdater<?> updater, DataType type) {
        MethodSteps steps = start(updater, type).withProduct();
        RandomMatrices random = new RandomMatrices(23);
        for (int i = 0; i < STEPS; i++) {
            double[][] gradient = Loops.rounded(random.gaussian(9, 6), type);
            double[][] direction = steps.step(gradient);
            double length = Math.sqrt(Loops.dot(direction, direction) * Loops.dot(gradient, gradient));
            double rounding = (type == DataType.DOUBLE ? 1e-14 : 1e-6) * length;
            assertThat(steps.product()).isCloseTo(Loops.dot(direction, gradient), within(rounding));
        }
    }

    /** Averaging rounds counters: what is no whole number below 2^20 must not be one. */
    @ParameterizedTest
    @MethodSource("cases")
    void sections_counters_areSmallWholeNumbers(LayerwiseUpdater<?> updater, DataType type) {
        Matrix matrix = Matrix.contiguous("W", 0, 9, 6, Role.HIDDEN, 1);
        MethodSteps steps = start(updater, type);
        RandomMatrices random = new RandomMatrices(24);
        for (int i = 0; i < STEPS; i++) {
            steps.step(random.gaussian(9, 6));
        }
        for (Section section :
                Objects.requireNonNull(updater.settings().method(matrix)).sections(matrix)) {
            INDArray array = steps.state(section.name());
            assertThat(array.length()).isEqualTo(section.length());
            if (section.kind() == Kind.COUNTER) {
                for (double value : array.dup().data().asDouble()) {
                    assertThat(value).isEqualTo(Math.rint(value)).isBetween(0.0, (double) (1 << 20) - 1);
                }
            }
        }
    }
}
