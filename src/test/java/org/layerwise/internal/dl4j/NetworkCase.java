package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A small network that uses a class of DL4J, and data for it.
 *
 * @param subject the class
 * @param network builds and initialises the network
 * @param features of the network's input, equal at each call
 * @param labels of the network's output, equal at each call
 * @param refusal a part of what DL4J says where it cannot train the network with any updater; empty where it can
 */
record NetworkCase(
        Class<?> subject,
        Function<NeuralNetConfiguration.Builder, Model> network,
        Supplier<INDArray> features,
        Supplier<INDArray> labels,
        String refusal) {
    /** Examples in a batch. */
    static final int BATCH = 4;

    private static final DataType TYPE = DataType.FLOAT;

    /** A stack of layers, new ones at each call, since building a network changes them. */
    static NetworkCase stack(Class<?> subject, InputType input, Supplier<List<? extends Layer>> layers) {
        return stack(subject, input, () -> features(input), layers);
    }

    static NetworkCase stack(
            Class<?> subject, InputType input, Supplier<INDArray> features, Supplier<List<? extends Layer>> layers) {
        Function<NeuralNetConfiguration.Builder, Model> network = builder -> {
            NeuralNetConfiguration.ListBuilder list = builder.list();
            layers.get().forEach(list::layer);
            return initialised(list.setInputType(input));
        };
        return of(subject, network, features);
    }

    /** A graph whose builder the caller completes, inputs, outputs and all. */
    static NetworkCase graph(
            Class<?> subject, Supplier<INDArray> features, Function<GraphBuilder, GraphBuilder> parts) {
        Function<NeuralNetConfiguration.Builder, Model> network = builder -> {
            ComputationGraph net =
                    new ComputationGraph(parts.apply(builder.graphBuilder()).build());
            net.init();
            return net;
        };
        return of(subject, network, features);
    }

    /** With probabilities of the output's shape for labels. */
    static NetworkCase of(
            Class<?> subject, Function<NeuralNetConfiguration.Builder, Model> network, Supplier<INDArray> features) {
        Supplier<INDArray> labels = () -> distributions(outputShape(network, features.get()));
        return new NetworkCase(subject, network, features, labels, "");
    }

    static MultiLayerNetwork initialised(NeuralNetConfiguration.ListBuilder list) {
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    NetworkCase labels(Supplier<INDArray> newLabels) {
        return new NetworkCase(subject, network, features, newLabels, refusal);
    }

    /** The same network under other network-wide settings. */
    NetworkCase with(UnaryOperator<NeuralNetConfiguration.Builder> settings) {
        Function<NeuralNetConfiguration.Builder, Model> changed = builder -> network.apply(settings.apply(builder));
        return new NetworkCase(subject, changed, features, labels, refusal);
    }

    /** With the updater named for the biases too, which says no more than the updater alone. */
    NetworkCase withBiasUpdater() {
        return with(builder -> builder.biasUpdater(builder.getIUpdater().clone()));
    }

    /** A network that DL4J itself cannot train. */
    NetworkCase refused(String newRefusal) {
        return new NetworkCase(subject, network, features, labels, newRefusal);
    }

    boolean trainable() {
        return refusal.isEmpty();
    }

    MultiDataSet data() {
        return new MultiDataSet(features.get(), labels.get());
    }

    /** The same layers as a graph. */
    NetworkCase asGraph() {
        Function<NeuralNetConfiguration.Builder, Model> graph =
                builder -> ((MultiLayerNetwork) network.apply(builder)).toComputationGraph();
        return new NetworkCase(subject, graph, features, labels, refusal);
    }

    Model build(IUpdater updater) {
        return network.apply(builder(updater));
    }

    static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(TYPE)
                .activation(Activation.TANH)
                .updater(updater);
    }

    private static long[] outputShape(Function<NeuralNetConfiguration.Builder, Model> network, INDArray x) {
        Model model = network.apply(builder(new NoOp()));
        INDArray out =
                model instanceof MultiLayerNetwork net ? net.output(x) : ((ComputationGraph) model).outputSingle(x);
        return out.shape();
    }

    /** Standard normal inputs of a type. */
    static INDArray features(InputType input) {
        long[] shape = input.getShape(false);
        long[] all = new long[shape.length + 1];
        all[0] = BATCH;
        System.arraycopy(shape, 0, all, 1, shape.length);
        return random(all);
    }

    /** Standard normal, the same for the same shape. */
    static INDArray random(long... shape) {
        Random random = new Random(17);
        INDArray out = Nd4j.create(TYPE, shape);
        for (long i = 0; i < out.length(); i++) {
            out.putScalar(i, random.nextGaussian());
        }
        return out;
    }

    /** Positive numbers that sum to one along the second axis. */
    static INDArray distributions(long... shape) {
        INDArray out = Transforms.exp(random(shape), false);
        return out.divi(out.sum(true, 1).broadcast(shape));
    }

    /** Whole numbers from 0 up to but not including the bound. */
    static INDArray indices(int bound, long... shape) {
        INDArray out = Nd4j.create(TYPE, shape);
        for (int i = 0; i < out.length(); i++) {
            out.putScalar(i, (5 * i + i / 3) % bound);
        }
        return out;
    }
}
