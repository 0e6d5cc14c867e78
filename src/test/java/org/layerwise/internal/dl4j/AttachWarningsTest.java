package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.Layerwise;
import org.layerwise.internal.dl4j.Methods.Method;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.testing.CapturedLog;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What attaching says in the log, once, when the user gets something else than he probably expects. */
class AttachWarningsTest {
    private static final String COVERAGE = "precondition";
    private static final String DECAY = "weight decay";
    private static final double RATE = .02;
    /** Of numbers that are printed, relative. */
    private static final double PRINTED = 1e-3;

    private static final Pattern NUMBER = Pattern.compile("\\d+(?:\\.\\d+)?(?:[eE]-?\\d+)?");

    private static List<String> warnings(Model net, String phrase) {
        try (CapturedLog log = CapturedLog.open()) {
            TestNets.attach(net);
            return log.warnings(phrase);
        }
    }

    private static boolean names(String message, double number) {
        Matcher matcher = NUMBER.matcher(message);
        while (matcher.find()) {
            if (Math.abs(Double.parseDouble(matcher.group()) - number) <= PRINTED * number) {
                return true;
            }
        }
        return false;
    }

    private static Stream<Arguments> uncovered() {
        return Methods.all().stream()
                .flatMap(method -> Arrays.stream(Kind.values()).flatMap(kind -> {
                    boolean needsStatistics =
                            method.constant().apply(RATE).settings().needsSamples();
                    Stream<Shape> shapes =
                            needsStatistics ? Stream.of(Shape.VECTORS, Shape.RECURRENT) : Stream.of(Shape.VECTORS);
                    return shapes.map(shape -> Arguments.of(method, kind, shape));
                }));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("uncovered")
    void nothingPreconditioned_isOneWarningWithLayersFallbackAndRate(Method method, Kind kind, Shape shape) {
        LayerwiseUpdater<?> updater = method.constant().apply(RATE);
        try (CapturedLog log = CapturedLog.open()) {
            Model net = shape.model(kind, updater);
            TestNets.attach(net);
            shape.train(net, 0, 2);
            assertThat(log.warnings(COVERAGE)).singleElement().satisfies(message -> {
                assertThat(message).contains("layer0", "layer1", "Adam");
                assertThat(names(message, updater.fallback().getLearningRate(0, 0)))
                        .as("rate in: %s", message)
                        .isTrue();
            });
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("uncovered")
    void nothingPreconditioned_withSchedule_namesTheRateOfTheMoment(Method method, Kind kind, Shape shape) {
        MapSchedule schedule = new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, RATE)
                .add(2, RATE / 7)
                .build();
        double multiple = method.constant().apply(1).fallback().getLearningRate(0, 0);
        Model net = shape.model(kind, method.scheduled().apply(schedule));
        assertThat(warnings(net, COVERAGE))
                .singleElement()
                .satisfies(message -> assertThat(names(message, multiple * RATE))
                        .as("rate in: %s", message)
                        .isTrue());
    }

    private static Stream<Arguments> defaults() {
        return Stream.of(
                Arguments.of("Kfac", (DoubleFunction<LayerwiseUpdater<?>>) Kfac::new, Kfac.DEFAULT_LEARNING_RATE),
                Arguments.of("Foof", (DoubleFunction<LayerwiseUpdater<?>>) Foof::new, Foof.DEFAULT_LEARNING_RATE));
    }

    /** Beside the default rate the fallback is DL4J's default Adam, beside any other it keeps that ratio. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("defaults")
    void nothingPreconditioned_otherRates_areNamed(
            String name, DoubleFunction<LayerwiseUpdater<?>> updater, double rate) {
        for (double factor : new double[] {.1, 1, 100}) {
            Model net = Shape.RECURRENT.model(Kind.MULTI_LAYER, updater.apply(factor * rate));
            assertThat(warnings(net, COVERAGE))
                    .as("%s times the default", factor)
                    .singleElement()
                    .satisfies(message -> assertThat(names(message, factor * Adam.DEFAULT_ADAM_LEARNING_RATE))
                            .as("rate in: %s", message)
                            .isTrue());
        }
    }

    @Test
    void nothingPreconditioned_chosenFallback_isNamed() {
        Kfac kfac = Kfac.builder().fallback(new Sgd(.375)).build();
        assertThat(warnings(Shape.RECURRENT.model(Kind.MULTI_LAYER, kfac), COVERAGE))
                .singleElement()
                .satisfies(message -> assertThat(message).contains("Sgd", "0.375"));
    }

    /** A deconvolution, which K-FAC does not serve, before an output layer with a small part of the parameters. */
    private static MultiLayerNetwork pooled(int channels, int outputs) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Kfac())
                .list()
                .layer(new Deconvolution2D.Builder(3, 3)
                        .name("kernels")
                        .nOut(channels)
                        .build())
                .layer(new GlobalPoolingLayer.Builder().name("pooling").build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .name("readout")
                        .activation(Activation.IDENTITY)
                        .nOut(outputs)
                        .build())
                .setInputType(InputType.convolutional(8, 8, 4))
                .build());
        net.init();
        return net;
    }

    @Test
    void aTwelfthPreconditioned_namesTheOtherLayersAlone() {
        assertThat(Layerwise.attach(pooled(16, 3)).plan().coverage()).isBetween(.05, .1);
        assertThat(warnings(pooled(16, 3), COVERAGE))
                .singleElement()
                .satisfies(message -> assertThat(message)
                        .contains("kernels")
                        .doesNotContain("readout")
                        .doesNotContain("pooling"));
    }

    @Test
    void moreThanATenthPreconditioned_isNoWarning() {
        assertThat(Layerwise.attach(pooled(8, 6)).plan().coverage()).isBetween(.1, .2);
        assertThat(warnings(pooled(8, 6), COVERAGE)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("org.layerwise.internal.dl4j.Methods#all")
    void mostPreconditioned_isNoWarning(Method method) {
        for (Kind kind : Kind.values()) {
            for (Shape shape : List.of(Shape.PERCEPTRON, Shape.CONVOLUTION, Shape.PLAIN_BIASES)) {
                Model net = shape.model(kind, method.constant().apply(RATE));
                assertThat(warnings(net, COVERAGE)).as("%s %s", kind, shape).isEmpty();
            }
        }
    }

    private static Model configured(Kind kind, UnaryOperator<NeuralNetConfiguration.Builder> change) {
        return Shape.PERCEPTRON.model(kind, change.apply(Shape.PERCEPTRON.builder(new Kfac())));
    }

    /** DL4J 1.0.0-M2.1 appends the decay of the network to the layer's list, where it already copied it. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void weightDecay_onTheNetwork_isOneWarning(Kind kind) {
        Model net = configured(kind, builder -> builder.weightDecay(.01));
        BaseLayer layer = (BaseLayer)
                (net instanceof MultiLayerNetwork multi ? multi.getLayer(1) : ((ComputationGraph) net).getLayer(1))
                        .conf()
                        .getLayer();
        assertThat(layer.getRegularization()).as("DL4J's defect").hasSize(2);
        assertThat(warnings(net, DECAY))
                .singleElement()
                .satisfies(message -> assertThat(message).contains("twice"));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void weightDecay_onTheNetworksBiases_isOneWarning(Kind kind) {
        Model net = configured(kind, builder -> builder.weightDecayBias(.01));
        assertThat(warnings(net, DECAY))
                .singleElement()
                .satisfies(message -> assertThat(message).contains("twice"));
    }

    @ParameterizedTest
    @MethodSource("org.layerwise.internal.dl4j.Methods#all")
    void weightDecay_onTheNetwork_isAWarningForEveryUpdater(Method method) {
        NeuralNetConfiguration.Builder builder = Shape.CONVOLUTION
                .builder(method.constant().apply(RATE))
                .weightDecay(.01)
                .weightDecayBias(.02);
        assertThat(warnings(Shape.CONVOLUTION.model(Kind.MULTI_LAYER, builder), DECAY))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {.01, 1})
    void weightDecay_onTheLayers_isNoWarning(double decay) {
        MultiLayerNetwork net = new MultiLayerNetwork(Shape.PERCEPTRON
                .builder(new Kfac())
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(5)
                        .weightDecay(decay)
                        .weightDecayBias(decay)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(5)
                        .nOut(3)
                        .weightDecay(decay)
                        .build())
                .build());
        net.init();
        assertThat(warnings(net, DECAY)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void otherRegularisation_onTheNetwork_isNoWarning(Kind kind) {
        Model net =
                configured(kind, builder -> builder.l2(.01).l1(.001).l2Bias(.01).l1Bias(.001));
        assertThat(warnings(net, DECAY)).isEmpty();
    }
}
