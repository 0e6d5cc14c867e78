package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.step.LayerGradientUpdater;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.testing.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** A saved state is accepted by the settings that lay it out as it is, and by no others. */
class StateLayoutTest {
    private static final ParameterLayout LAYOUT = ParameterLayout.of(
            "hidden",
            List.of(
                    Matrix.contiguous("W", 0, 64, 128, Role.HIDDEN, 1),
                    Matrix.contiguous("b", 64 * 128, 1, 128, Role.VECTOR, 1)));

    private static Shampoo.Builder shampoo() {
        return Shampoo.builder().blockSize(16);
    }

    private static PsgdKron.Builder psgd() {
        return PsgdKron.builder().blockSize(16);
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of(soap(16).build(), soap(32).build(), "block size"),
                Arguments.of(soap(16).build(), soap(16).maxDimension(100).build(), "largest dimension"),
                Arguments.of(soap(16).build(), soap(16).fallback(new AdaMax()).build(), "fallback"),
                Arguments.of(
                        soap(16).build(),
                        soap(16).variant(Soap.Variant.ESHAMPOO).build(),
                        "another updater"),
                Arguments.of(shampoo().build(), shampoo().blockSize(32).build(), "block size"),
                Arguments.of(shampoo().build(), shampoo().momentum(0).build(), "momentum"),
                Arguments.of(
                        shampoo().grafting(Grafting.adam(.9, 1e-8)).build(),
                        shampoo().grafting(Grafting.adaGrad(1e-8)).build(),
                        "graft"),
                Arguments.of(
                        shampoo().grafting(Grafting.adam(.9, 1e-8)).build(),
                        shampoo().grafting(Grafting.sgd()).build(),
                        "graft"),
                Arguments.of(shampoo().build(), shampoo().exponent(.5).build(), "exponents"),
                Arguments.of(psgd().build(), psgd().blockSize(32).build(), "block size"),
                Arguments.of(psgd().build(), psgd().maxSkew(0).build(), "skew"),
                Arguments.of(psgd().build(), psgd().momentum(0).build(), "momentum"),
                Arguments.of(
                        new Muon(), Muon.builder().momentum(0).nesterov(false).build(), "momentum"),
                Arguments.of(new Scion(), new Muon(), "another updater"));
    }

    private static Soap.Builder soap(int blockSize) {
        return Soap.builder().blockSize(blockSize);
    }

    private static INDArray gradient(long seed) {
        return Nd4j.createFromArray(new RandomMatrices(seed).gaussian(1, (int) LAYOUT.length())[0])
                .castTo(DataType.FLOAT);
    }

    /** The state after some steps, in an array that is long enough for another updater. */
    private static INDArray trained(LayerwiseUpdater<?> updater, LayerwiseUpdater<?> other) {
        long longest = Math.max(
                LayerGradientUpdater.stateLength(updater.settings(), LAYOUT),
                LayerGradientUpdater.stateLength(other.settings(), LAYOUT));
        INDArray view = Nd4j.create(DataType.FLOAT, longest);
        GradientUpdater<?> steps = updater.bind(LAYOUT).instantiate(view, true);
        for (int i = 0; i < 3; i++) {
            steps.applyUpdater(gradient(i), i, 0);
        }
        return view;
    }

    @ParameterizedTest
    @MethodSource("others")
    void step_stateOfOtherSettings_isRefused(LayerwiseUpdater<?> saved, LayerwiseUpdater<?> other, String what) {
        GradientUpdater<?> resumed = other.bind(LAYOUT).instantiate(trained(saved, other), false);
        assertThatThrownBy(() -> resumed.applyUpdater(gradient(3), 3, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("layer hidden")
                .hasMessageContaining(what)
                .hasMessageContaining("restore ");
    }

    /** Why lengths alone do not tell: states are rounded up to whole multiples of the parameters. */
    @Test
    void stateSize_otherBlockSize_mayBeTheSame() {
        assertThat(soap(16).build().bind(LAYOUT).stateSize(LAYOUT.length()))
                .isEqualTo(soap(32).build().bind(LAYOUT).stateSize(LAYOUT.length()));
    }

    static Stream<Arguments> equivalents() {
        return Stream.of(
                Arguments.of(
                        soap(128).build(),
                        soap(256)
                                .learningRate(new StepSchedule(ScheduleType.ITERATION, .1, .5, 10))
                                .beta1(.8)
                                .beta2(.9)
                                .epsilon(1e-6)
                                .statistics(Period.every(2))
                                .refresh(Period.every(2))
                                .spreadRefreshes(false)
                                .strict(true)
                                .build()),
                Arguments.of(
                        shampoo().grafting(Grafting.adam(.9, 1e-8)).build(),
                        shampoo()
                                .learningRate(.5)
                                .momentum(.5)
                                .grafting(Grafting.rmsProp(.99, 1e-6))
                                .refresh(Period.every(2))
                                .build()),
                Arguments.of(
                        psgd().build(),
                        psgd().learningRate(.5)
                                .momentum(.5)
                                .updates(Period.every(3))
                                .build()),
                Arguments.of(
                        new Muon(),
                        Muon.builder()
                                .learningRate(.5)
                                .momentum(.5)
                                .nesterov(false)
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("equivalents")
    void step_stateOfOtherRatesAndPeriods_isAccepted(LayerwiseUpdater<?> saved, LayerwiseUpdater<?> other) {
        GradientUpdater<?> resumed = other.bind(LAYOUT).instantiate(trained(saved, other), false);
        INDArray update = gradient(3);
        resumed.applyUpdater(update, 3, 0);
        assertThat(update.norm2Number().doubleValue()).isPositive().isFinite();
    }
}
