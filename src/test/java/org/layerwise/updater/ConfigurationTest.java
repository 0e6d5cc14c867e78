package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.internal.step.LayerGradientUpdater;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.Period;
import org.layerwise.settings.Sides;
import org.layerwise.settings.StepRule;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class ConfigurationTest {
    private static final ParameterLayout LAYOUT = FedLayer.layout("dense7", 6, 3);
    private static final ISchedule SCHEDULE = new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.5);

    @Test
    void kfac_defaults_areTheDocumentedOnes() {
        Kfac kfac = new Kfac();
        KroneckerSettings settings = kfac.settings();

        assertThat(kfac.getLearningRate(0, 0)).isEqualTo(Kfac.DEFAULT_LEARNING_RATE);
        assertThat(settings.sides()).isEqualTo(Sides.BOTH);
        assertThat(settings.fisher()).isInstanceOf(FisherEstimator.MonteCarlo.class);
        assertThat(settings.damping()).isEqualTo(Damping.factored(Kfac.DEFAULT_DAMPING));
        assertThat(settings.movingAverage()).isEqualTo(0.95);
        assertThat(settings.statistics()).isEqualTo(Period.growingTo(10));
        assertThat(settings.refresh()).isEqualTo(Period.growingTo(50));
        assertThat(settings.directionMomentum()).isEqualTo(new Momentum(0.9, false, false));
        assertThat(settings.stepRule()).isEqualTo(StepRule.klClip(Kfac.DEFAULT_KL_CLIP));
        assertThat(settings.eigenvalueCorrected()).isFalse();
        assertThat(settings.failures()).isEqualTo(FailureHandling.tolerant());
        assertThat(kfac.fallback()).isEqualTo(new Adam());
        assertThat(Kfac.builder().build()).isEqualTo(kfac);
    }

    @Test
    void foof_defaults_areTheDocumentedOnes() {
        Foof foof = new Foof();

        assertThat(foof.getLearningRate(0, 0)).isEqualTo(Foof.DEFAULT_LEARNING_RATE);
        assertThat(foof.settings().sides()).isEqualTo(Sides.INPUT);
        assertThat(foof.settings().damping()).isEqualTo(Damping.factored(Foof.DEFAULT_DAMPING));
        assertThat(foof.settings().stepRule()).isEqualTo(StepRule.klClip(Foof.DEFAULT_KL_CLIP));
        assertThat(foof.fallback()).isEqualTo(new Adam());
        assertThat(Foof.builder().build()).isEqualTo(foof);
    }

    @Test
    void eigenvalueCorrected_noDampingChosen_isDampedExactly() {
        assertThat(Kfac.builder().eigenvalueCorrected(true).build().settings().damping())
                .isEqualTo(Damping.exact(Kfac.DEFAULT_DAMPING));
    }

    static Stream<Arguments> badKfacs() {
        return Stream.of(
                bad(b -> b.learningRate(-1), "learningRate", "-1.0"),
                bad(b -> b.learningRate(Double.NaN), "learningRate", "NaN"),
                bad(b -> b.movingAverage(1), "movingAverage", "1.0"),
                bad(b -> b.movingAverage(-0.1), "movingAverage", "-0.1"),
                bad(b -> b.momentum(1), "momentum", "1.0"),
                bad(b -> b.momentum(Double.NaN), "momentum", "NaN"),
                bad(b -> b.nesterov(true).momentum(0), "Nesterov", "0.0"),
                bad(b -> b.klClip(0), "klClip", "0.0"),
                bad(b -> b.klClip(Double.POSITIVE_INFINITY), "klClip", "Infinity"),
                bad(b -> b.eigenvalueCorrected(true).sides(Sides.INPUT), "E-KFAC", "INPUT"),
                bad(b -> b.eigenvalueCorrected(true).damping(Damping.factored(2)), "Damping.exact", "2.0"),
                bad(b -> b.fallback(new Foof()), "fallback", "Foof"));
    }

    private static Arguments bad(UnaryOperator<Kfac.Builder> change, String setting, String value) {
        return Arguments.of(change, setting, value);
    }

    @ParameterizedTest
    @MethodSource("badKfacs")
    void kfacBuilder_badValue_namesSettingAndValue(UnaryOperator<Kfac.Builder> change, String setting, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> change.apply(Kfac.builder()).build())
                .withMessageContaining(setting)
                .withMessageContaining(value);
    }

    static Stream<Arguments> badFoofs() {
        return Stream.of(
                badFoof(b -> b.learningRate(-1), "learningRate", "-1.0"),
                badFoof(b -> b.damping(-2), "lambda", "-2.0"),
                badFoof(b -> b.dampingRelativeToTrace(0), "ratio", "0.0"),
                badFoof(b -> b.movingAverage(1), "movingAverage", "1.0"),
                badFoof(b -> b.momentum(-0.5), "momentum", "-0.5"),
                badFoof(b -> b.nesterov(true).momentum(0), "Nesterov", "0.0"),
                badFoof(b -> b.klClip(-1), "klClip", "-1.0"),
                badFoof(b -> b.fallback(new Kfac()), "fallback", "Kfac"));
    }

    private static Arguments badFoof(UnaryOperator<Foof.Builder> change, String setting, String value) {
        return Arguments.of(change, setting, value);
    }

    @ParameterizedTest
    @MethodSource("badFoofs")
    void foofBuilder_badValue_namesSettingAndValue(UnaryOperator<Foof.Builder> change, String setting, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> change.apply(Foof.builder()).build())
                .withMessageContaining(setting)
                .withMessageContaining(value);
    }

    static Stream<BlockConfiguration> different() {
        return Stream.of(
                new Kfac(),
                new Kfac(0.1),
                new Kfac(SCHEDULE),
                Kfac.builder().sides(Sides.OUTPUT).build(),
                Kfac.builder().fisher(FisherEstimator.exact()).build(),
                Kfac.builder().damping(Damping.perFactor(1, 2)).build(),
                Kfac.builder().movingAverage(0).build(),
                Kfac.builder().statistics(Period.every(3)).build(),
                Kfac.builder().refresh(Period.every(3)).build(),
                Kfac.builder().momentum(0).build(),
                Kfac.builder().nesterov(true).build(),
                Kfac.builder().withoutKlClip().build(),
                Kfac.builder().eigenvalueCorrected(true).build(),
                Kfac.builder().strict(true).build(),
                Kfac.builder().fallback(new Sgd(0.3)).build(),
                new Kfac().bind(LAYOUT),
                new Foof(0.05),
                Foof.builder().damping(0.05).build(),
                Foof.builder().dampingRelativeToTrace(0.05).build());
    }

    @Test
    void equals_anySettingDiffers_isFalse() {
        BlockConfiguration[] all = different().toArray(BlockConfiguration[]::new);
        for (int i = 0; i < all.length; i++) {
            for (int j = 0; j < all.length; j++) {
                assertThat(all[i].equals(all[j]))
                        .as("%s and %s", all[i], all[j])
                        .isEqualTo(i == j);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("different")
    void clone_anyConfiguration_isEqualButNotShared(BlockConfiguration updater) {
        BlockConfiguration clone = updater.clone();

        assertThat(clone).isEqualTo(updater).hasSameHashCodeAs(updater).isNotSameAs(updater);
        clone.setLrAndSchedule(0.77, null);
        assertThat(clone).isNotEqualTo(updater);
    }

    @ParameterizedTest
    @MethodSource("different")
    void javaSerialization_anyConfiguration_roundTrips(BlockConfiguration updater)
            throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(updater);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(updater);
        }
    }

    @Test
    void setLrAndSchedule_eitherKind_replacesTheOther() {
        Kfac kfac = new Kfac(0.1);

        kfac.setLrAndSchedule(Double.NaN, SCHEDULE);
        assertThat(kfac.getLearningRate(3, 0)).isEqualTo(SCHEDULE.valueAt(3, 0));
        kfac.setLrAndSchedule(0.2, null);
        assertThat(kfac.getLearningRate(3, 0)).isEqualTo(0.2);
        assertThat(kfac.hasLearningRate()).isTrue();
        assertThat(kfac).isEqualTo(new Kfac(0.2));
    }

    @Test
    void builder_scheduleThenConstant_usesTheLast() {
        assertThat(Kfac.builder().learningRate(SCHEDULE).learningRate(0.3).build())
                .isEqualTo(new Kfac(0.3));
        assertThat(Kfac.builder().learningRate(0.3).learningRate(SCHEDULE).build())
                .isEqualTo(new Kfac(SCHEDULE));
    }

    @ParameterizedTest
    @MethodSource("different")
    void stateSize_bound_isLinearAndLargeEnough(BlockConfiguration updater) {
        BlockConfiguration bound = updater.bind(LAYOUT);
        long state = LayerGradientUpdater.stateLength(bound.settings(), LAYOUT);
        long weights = bound.stateSize(18);
        long bias = bound.stateSize(3);

        assertThat(weights + bias).isEqualTo(bound.stateSize(LAYOUT.length()));
        assertThat(weights + bias).isGreaterThanOrEqualTo(state).isLessThan(state + LAYOUT.length());
    }

    @Test
    void bind_layout_copiesAndKeepsTheOriginal() {
        Kfac kfac = new Kfac(0.1);

        BlockConfiguration bound = kfac.bind(LAYOUT);

        assertThat(bound.layout()).isEqualTo(LAYOUT);
        assertThat(kfac.layout()).isNull();
        assertThat(bound.settings()).isEqualTo(kfac.settings());
        assertThat(bound.toString()).contains("dense7");
    }

    @Test
    void unbound_configuration_hasNoState() {
        assertThat(new Kfac().stateSize(100)).isZero();
    }

    @Test
    void instantiate_sameDiffState_isRefused() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> new Foof().instantiate(Map.of(), true))
                .withMessageContaining("Foof")
                .withMessageContaining("SameDiff");
    }
}
