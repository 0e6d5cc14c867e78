package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.Damping;
import org.layerwise.settings.Period;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Steps of one layer, driven as DL4J does but without a network. */
class UpdaterStepTest {
    private static final ParameterLayout LAYOUT = FedLayer.layout("dense7", 4, 3);
    private static final int EXAMPLES = 20;

    private static FedLayer step(LayerwiseUpdater<KroneckerSettings> updater) {
        return FedLayer.start(updater, LAYOUT, DataType.DOUBLE);
    }

    private static INDArray gradient(long seed) {
        return Loops.array(new RandomMatrices(seed).gaussian(1, (int) LAYOUT.length()), DataType.DOUBLE, 'c');
    }

    @Test
    void applyUpdater_unconnected_saysHowToAttach() {
        IUpdater bound = new Kfac().bind(LAYOUT);
        INDArray view = Nd4j.create(DataType.DOUBLE, bound.stateSize(LAYOUT.length()));
        GradientUpdater<?> unconnected = bound.instantiate(view, true);
        GradientUpdater<?> unbound = new Kfac().instantiate((INDArray) null, true);

        assertThatIllegalStateException()
                .isThrownBy(() -> unconnected.applyUpdater(gradient(1), 0, 0))
                .withMessageContaining("dense7")
                .withMessageContaining("Layerwise.attach(net)");
        assertThatIllegalStateException()
                .isThrownBy(() -> unbound.applyUpdater(gradient(1), 0, 0))
                .withMessageContaining("Layerwise.attach(net)");
    }

    static Stream<Arguments> degenerate() {
        return Stream.of(
                Arguments.of(Kfac.builder().momentum(0), new Sgd(0.05)),
                Arguments.of(Kfac.builder().momentum(0.8).nesterov(true), new Nesterovs(0.05, 0.8)));
    }

    @ParameterizedTest
    @MethodSource("degenerate")
    void withoutStatistics_plainGradient_reproducesDl4jsUpdater(Kfac.Builder builder, IUpdater reference) {
        FedLayer layer = step(builder.learningRate(0.05).withoutKlClip().build());
        long length = LAYOUT.length();
        GradientUpdater<?> expected = reference.instantiate(
                reference.stateSize(length) == 0 ? null : Nd4j.create(DataType.DOUBLE, 1, length), true);
        for (int i = 0; i < 5; i++) {
            INDArray ours = gradient(i);
            INDArray theirs = gradient(i);

            layer.take(ours);
            expected.applyUpdater(theirs, i, 0);

            assertThatArray(ours).isCloseTo(theirs, Tolerance.FORMULA);
        }
    }

    @Test
    void momentum_heavyBall_accumulatesSteps() {
        FedLayer layer = step(
                Kfac.builder().learningRate(0.05).momentum(0.8).withoutKlClip().build());
        double[][] velocity = new double[1][(int) LAYOUT.length()];
        for (int i = 0; i < 5; i++) {
            INDArray gradient = gradient(i);
            velocity = Loops.combine(0.8, velocity, 0.05, Loops.of(gradient));

            layer.take(gradient);

            assertThatArray(gradient).isCloseTo(velocity, Tolerance.FORMULA);
        }
    }

    @Test
    void reductionAndBatchMean_differentLosses_giveTheSameCanonicalStep() {
        Kfac kfac = Kfac.builder().learningRate(0.1).build();
        FedLayer mean = FedLayer.start(kfac, LAYOUT, DataType.DOUBLE, 1, true);
        FedLayer divided = FedLayer.start(kfac, LAYOUT, DataType.DOUBLE, 3, true);
        FedLayer summed = FedLayer.start(kfac, LAYOUT, DataType.DOUBLE, 3, false);
        INDArray first = gradient(1);
        INDArray second = gradient(1).divi(3);
        INDArray third = gradient(1).muli(EXAMPLES).divi(3);
        for (FedLayer layer : new FedLayer[] {mean, divided, summed}) {
            layer.observe(1, EXAMPLES);
        }

        mean.take(first);
        divided.take(second);
        summed.take(third);

        assertThatArray(second).isCloseTo(first, Tolerance.FORMULA);
        assertThatArray(third).isCloseTo(first, Tolerance.FORMULA);
    }

    @Test
    void gradientNotFinite_step_isSkippedAndCounted() {
        FedLayer layer = step(new Kfac());
        layer.observe(1, EXAMPLES);
        INDArray gradient = gradient(1);
        gradient.putScalar(0, 2, Double.NaN);
        assertThat(gradient.getDouble(0, 2)).isNaN();

        layer.take(gradient);

        assertThatArray(gradient).isCloseTo(new double[1][(int) LAYOUT.length()], Tolerance.EXACT);
        assertThat(layer.diagnostics.count(Event.STEP_SKIPPED)).isEqualTo(1);
        assertThat(layer.updater.steps()).isZero();
    }

    @Test
    void klClip_longStep_isScaledToTheBound() {
        Kfac free = Kfac.builder().learningRate(0.5).momentum(0).withoutKlClip().build();
        Kfac clipped = Kfac.builder().learningRate(0.5).momentum(0).klClip(1e-3).build();
        INDArray plain = gradient(1);
        INDArray bounded = gradient(1);
        FedLayer first = step(free);
        FedLayer second = step(clipped);
        first.observe(1, EXAMPLES);
        second.observe(1, EXAMPLES);

        first.take(plain);
        second.take(bounded);

        double length = 0.5 * Loops.dot(Loops.of(plain), Loops.of(gradient(1))); // lr^2 <V, D>
        double nu = Math.sqrt(1e-3 / length);
        assertThat(nu).isLessThan(1);
        assertThat(second.network.lastScale()).isCloseTo(nu, within(Tolerance.FORMULA));
        assertThatArray(bounded).isCloseTo(Loops.scaled(nu, Loops.of(plain)), Tolerance.FORMULA);
    }

    @Test
    void klClip_withMomentum_clipsWhatEntersTheVelocity() {
        FedLayer layer =
                step(Kfac.builder().learningRate(0.5).momentum(0.8).klClip(1e-3).build());
        double[][] velocity = new double[1][(int) LAYOUT.length()];
        for (int i = 0; i < 3; i++) {
            INDArray gradient = gradient(i);
            double nu = Math.sqrt(1e-3 / (0.25 * Loops.dot(Loops.of(gradient), Loops.of(gradient))));
            velocity = Loops.combine(0.8, velocity, 0.5 * nu, Loops.of(gradient));

            layer.take(gradient);

            assertThatArray(gradient).isCloseTo(velocity, Tolerance.FORMULA);
        }
    }

    @Test
    void statisticsDue_period_followsTheState() {
        FedLayer layer = step(Kfac.builder().statistics(Period.every(3)).build());
        boolean[] due = new boolean[5];
        for (int i = 0; i < 5; i++) {
            due[i] = layer.statisticsDue();
            if (due[i]) {
                layer.observe(i, EXAMPLES);
                layer.take(gradient(i));
            } else {
                layer.take(gradient(i));
            }
        }

        assertThat(due).containsExactly(true, false, false, true, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"factored", "exact", "ekfac"})
    void newObjectsOverTheView_middleOfAPeriod_continueBitForBit(String method) {
        Kfac.Builder builder = Kfac.builder().statistics(Period.every(1)).refresh(Period.every(4));
        Kfac kfac = (method.equals("factored") ? builder : builder.damping(Damping.exact(0.1)))
                .eigenvalueCorrected(method.equals("ekfac"))
                .build();
        FedLayer uninterrupted = step(kfac);
        FedLayer resumed = step(kfac);
        for (int i = 0; i < 10; i++) {
            if (i == 6) {
                resumed = resumed.restored();
            }
            INDArray expected = gradient(i);
            INDArray actual = gradient(i);

            uninterrupted.observe(i, EXAMPLES);
            uninterrupted.take(expected);
            resumed.observe(i, EXAMPLES);
            resumed.take(actual);

            assertThatArray(actual).as("step %s", i).isCloseTo(expected, Tolerance.EXACT);
        }
        assertThatArray(resumed.view.reshape(1, resumed.view.length()))
                .isCloseTo(uninterrupted.view.reshape(1, uninterrupted.view.length()), Tolerance.EXACT);
    }

    @Test
    void state_sameDiffEntryPoints_areRefused() {
        FedLayer layer = step(new Kfac());

        assertThat(layer.updater.getState()).containsOnlyKeys("state");
        assertThat(layer.updater.getConfig()).isEqualTo(new Kfac().bind(LAYOUT));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> layer.updater.setState(java.util.Map.of(), true));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> layer.updater.setStateViewArray(layer.view, new long[] {1}, 'c', true));
    }
}
