package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Layerwise;
import org.layerwise.settings.Role;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** One learning rate for a whole layer: what the fallback serves in it follows the rate of the preconditioned matrices. */
class LearningRateTest {
    private static final double BEFORE = .02;
    private static final double AFTER = .005;

    /** ND4J's Adam takes its epsilon where the rate is 0. */
    private static final double ADAM_AT_REST = 1e-7;

    private static Arguments method(
            String name,
            DoubleFunction<LayerwiseUpdater<?>> constant,
            Function<ISchedule, LayerwiseUpdater<?>> scheduled) {
        return Arguments.of(name, constant, scheduled);
    }

    private static Stream<Arguments> methods() {
        return Stream.of(
                method("Muon", Muon::new, Muon::new),
                method(
                        "Moonlight",
                        rate -> Muon.moonlight().learningRate(rate).build(),
                        schedule -> Muon.moonlight().learningRate(schedule).build()),
                method("PSGD", PsgdKron::new, PsgdKron::new),
                method(
                        "Scion without a ball for biases",
                        rate -> Scion.builder()
                                .withoutBall(Role.VECTOR)
                                .learningRate(rate)
                                .build(),
                        schedule -> Scion.builder()
                                .withoutBall(Role.VECTOR)
                                .learningRate(schedule)
                                .build()),
                method("Shampoo", Shampoo::new, Shampoo::new),
                method("SOAP", Soap::new, Soap::new));
    }

    private static MultiLayerNetwork network(LayerwiseUpdater<?> updater) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nIn(6).nOut(9).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(9)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        net.init();
        return net;
    }

    private static void fit(MultiLayerNetwork net) {
        Nd4j.getRandom().setSeed(1);
        net.fit(Nd4j.randn(DataType.DOUBLE, 32, 6), Nd4j.randn(DataType.DOUBLE, 32, 3));
    }

    private static ISchedule falling() {
        return new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, BEFORE)
                .add(3, AFTER)
                .build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void setLearningRate_duringTraining_isTheScheduleOfThatRate(
            String name,
            DoubleFunction<LayerwiseUpdater<?>> constant,
            Function<ISchedule, LayerwiseUpdater<?>> scheduled) {
        MultiLayerNetwork changed = network(constant.apply(BEFORE));
        MultiLayerNetwork planned = network(scheduled.apply(falling()));
        Layerwise.attach(changed);
        Layerwise.attach(planned);
        for (int i = 0; i < 6; i++) {
            if (i == 3) {
                changed.setLearningRate(AFTER);
            }
            fit(changed);
            fit(planned);
        }
        assertThat(changed.params().equalsWithEps(planned.params(), 0)).isTrue();
        INDArray before = changed.params().dup();
        fit(changed);
        assertThat(changed.params().equalsWithEps(before, 0)).isFalse();
        before = changed.params().dup();
        changed.setLearningRate(0);
        fit(changed);
        assertThat(changed.params().equalsWithEps(before, ADAM_AT_REST)).isTrue();
    }

    /** A rate belongs to the steps and not to the state, the fallback's as little as the updater's own. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void sameMethod_otherLearningRate_isTrue(
            String name,
            DoubleFunction<LayerwiseUpdater<?>> constant,
            Function<ISchedule, LayerwiseUpdater<?>> scheduled) {
        LayerwiseUpdater<?> updater = constant.apply(BEFORE);

        assertThat(updater.sameMethod(constant.apply(AFTER))).isTrue();
        assertThat(updater.sameMethod(scheduled.apply(falling()))).isTrue();
        assertThat(updater).isNotEqualTo(constant.apply(AFTER));
    }

    /** A fallback that was chosen keeps its own rate. */
    @Test
    void fallback_chosen_keepsItsRate() {
        Soap soap = Soap.builder().learningRate(falling()).fallback(new Sgd(.5)).build();

        assertThat(soap.fallback()).isEqualTo(new Sgd(.5));
    }

    /** Whole layers of the fallback have the multiple of the schedule, saved and loaded too. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void schedule_ofAWholeFallbackLayer_isAMultiple(
            String name,
            DoubleFunction<LayerwiseUpdater<?>> constant,
            Function<ISchedule, LayerwiseUpdater<?>> scheduled) {
        double multiple = constant.apply(1).fallback().getLearningRate(0, 0);
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(scheduled.apply(falling()))
                .list()
                .layer(new DenseLayer.Builder().nIn(6).nOut(9).build())
                .layer(new BatchNormalization.Builder().nOut(9).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE).nIn(9).nOut(3).build())
                .build());
        net.init();
        Layerwise.attach(net);
        MultiLayerNetwork loaded = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(
                net.getLayerWiseConfigurations().toJson()));
        loaded.init();

        for (MultiLayerNetwork each : new MultiLayerNetwork[] {net, loaded}) {
            each.setEpochCount(0);
            LayerwiseUpdater<?> updater =
                    (LayerwiseUpdater<?>) ((BaseLayer) each.getLayer(1).conf().getLayer()).getIUpdater();
            assertThat(each.getLearningRate(1)).isEqualTo(BEFORE);
            assertThat(updater.fallback().getLearningRate(0, 0)).isEqualTo(multiple * BEFORE);
        }
    }
}
