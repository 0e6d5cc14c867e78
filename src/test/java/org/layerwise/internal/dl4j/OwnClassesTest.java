package org.layerwise.internal.dl4j;

import static java.util.Objects.requireNonNull;
import static org.layerwise.internal.dl4j.Layers.dense;
import static org.layerwise.internal.dl4j.Layers.head;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaVertex;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffOutputLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.SameDiffLoss;

/**
 * Layers, vertices and losses of a user's own, by the base classes that DL4J offers for them. They are public because DL4J clones
 * some of them by reflection.
 */
class OwnClassesTest {
    private static final InputType FLAT = InputType.feedForward(5);
    private static final int WIDTH = 4;

    private static void initialize(Map<String, INDArray> parameters) {
        parameters.forEach((name, value) -> value.assign(NetworkCase.random(value.shape())));
    }

    private static SDVariable affine(SDVariable input, Map<String, SDVariable> parameters) {
        return input.mmul(requireNonNull(parameters.get("W"))).add(requireNonNull(parameters.get("b")));
    }

    private static void define(SDLayerParams params, int nIn, int nOut) {
        params.addWeightParam("W", nIn, nOut);
        params.addBiasParam("b", 1, nOut);
    }

    /** A dense layer with a sine. */
    public static final class OwnLayer extends SameDiffLayer {
        @Override
        public SDVariable defineLayer(
                SameDiff sd, SDVariable input, Map<String, SDVariable> parameters, SDVariable mask) {
            return sd.math.sin(affine(input, parameters));
        }

        @Override
        public void defineParameters(SDLayerParams params) {
            define(params, WIDTH, WIDTH);
        }

        @Override
        public void initializeParameters(Map<String, INDArray> parameters) {
            initialize(parameters);
        }

        @Override
        public InputType getOutputType(int index, InputType input) {
            return InputType.feedForward(WIDTH);
        }
    }

    /** The square of its input. */
    public static final class OwnLambdaLayer extends SameDiffLambdaLayer {
        @Override
        public SDVariable defineLayer(SameDiff sd, SDVariable input) {
            return input.mul(input);
        }

        @Override
        public InputType getOutputType(int index, InputType input) {
            return input;
        }
    }

    /** Squared errors of an affine map. */
    public static final class OwnOutputLayer extends SameDiffOutputLayer {
        @Override
        public SDVariable defineLayer(
                SameDiff sd, SDVariable input, SDVariable labels, Map<String, SDVariable> parameters) {
            SDVariable out = affine(input, parameters).rename("out");
            return out.squaredDifference(labels).mean();
        }

        @Override
        public String activationsVertexName() {
            return "out";
        }

        @Override
        public void defineParameters(SDLayerParams params) {
            define(params, WIDTH, 3);
        }

        @Override
        public void initializeParameters(Map<String, INDArray> parameters) {
            initialize(parameters);
        }

        @Override
        public InputType getOutputType(int index, InputType input) {
            return InputType.feedForward(3);
        }
    }

    /** A dense layer over the sum of two inputs. */
    public static final class OwnVertex extends SameDiffVertex {
        @Override
        public SDVariable defineVertex(
                SameDiff sd,
                Map<String, SDVariable> inputs,
                Map<String, SDVariable> parameters,
                Map<String, SDVariable> masks) {
            SDVariable[] both = inputs.values().toArray(new SDVariable[0]);
            return sd.math.sin(affine(both[0].add(both[1]), parameters));
        }

        @Override
        public void defineParametersAndInputs(SDVertexParams params) {
            params.defineInputs("left", "right");
            define(params, WIDTH, WIDTH);
        }

        @Override
        public void initializeParameters(Map<String, INDArray> parameters) {
            initialize(parameters);
        }

        @Override
        public GraphVertex clone() {
            return new OwnVertex();
        }

        @Override
        public InputType getOutputType(int index, InputType... inputs) {
            return inputs[0];
        }
    }

    /** The product of two inputs. */
    public static final class OwnLambdaVertex extends SameDiffLambdaVertex {
        @Override
        public SDVariable defineVertex(SameDiff sd, VertexInputs inputs) {
            return inputs.getInput(0).mul(inputs.getInput(1));
        }

        @Override
        public InputType getOutputType(int index, InputType... inputs) {
            return inputs[0];
        }
    }

    /** Squared errors. */
    public static final class OwnLoss extends SameDiffLoss {
        @Override
        public SDVariable defineLoss(SameDiff sd, SDVariable output, SDVariable labels) {
            return output.squaredDifference(labels).mean(1);
        }
    }

    private final Map<String, NetworkCase> all = new LinkedHashMap<>();

    private static Map<String, NetworkCase> networkCases() {
        OwnClassesTest own = new OwnClassesTest();
        own.add(OwnLayer.class, () -> List.of(dense(), new OwnLayer(), head()));
        own.add(OwnLambdaLayer.class, () -> List.of(dense(), new OwnLambdaLayer(), head()));
        own.add(OwnOutputLayer.class, () -> List.of(dense(), new OwnOutputLayer()));
        own.add(OwnLoss.class, () -> List.of(dense(), withOwnLoss()));
        own.addVertex(OwnVertex.class, OwnVertex::new);
        own.addVertex(OwnLambdaVertex.class, OwnLambdaVertex::new);
        return own.all;
    }

    private static OutputLayer withOwnLoss() {
        return new OutputLayer.Builder(new OwnLoss())
                .nOut(3)
                .activation(Activation.IDENTITY)
                .build();
    }

    private void add(Class<?> subject, Supplier<List<? extends Layer>> layers) {
        all.put(subject.getSimpleName(), NetworkCase.stack(subject, FLAT, layers));
    }

    private void addVertex(Class<?> subject, Supplier<GraphVertex> vertex) {
        Supplier<INDArray> features = () -> NetworkCase.features(FLAT);
        all.put(
                subject.getSimpleName(),
                NetworkCase.graph(
                        subject,
                        features,
                        builder -> builder.addInputs("in")
                                .setInputTypes(FLAT)
                                .addLayer("left", dense(), "in")
                                .addLayer("right", dense(), "in")
                                .addVertex("vertex", vertex.get(), "left", "right")
                                .addLayer("out", head(), "vertex")
                                .setOutputs("out")));
    }

    private static Stream<Arguments> lives() {
        return NetworkLife.withEach(networkCases());
    }

    private static Stream<Arguments> livesWithBiasUpdater() {
        Map<String, NetworkCase> changed = new LinkedHashMap<>();
        networkCases().forEach((name, networkCase) -> changed.put(name, networkCase.withBiasUpdater()));
        return NetworkLife.with("soap", changed);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("lives")
    void attachedNetwork_withAClassOfTheUsers_lives(NetworkCase networkCase, IUpdater updater) {
        NetworkLife.check(networkCase, updater);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("livesWithBiasUpdater")
    void attachedNetwork_withOurBiasUpdater_lives(NetworkCase networkCase, IUpdater updater) {
        NetworkLife.check(networkCase, updater);
    }
}
