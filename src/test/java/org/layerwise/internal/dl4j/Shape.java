package org.layerwise.internal.dl4j;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Small networks, from all parameters preconditioned to none, in both network classes. Layers are named layer0, layer1 and
 * so on in either, and end in a regression on {@value #OUTPUTS} numbers.
 */
enum Shape {
    PERCEPTRON(InputType.feedForward(6)) {
        @Override
        List<Layer> layers() {
            return List.of(dense(8), dense(5), output());
        }
    },
    CONVOLUTION(InputType.convolutional(5, 5, 2)) {
        @Override
        List<Layer> layers() {
            return List.of(
                    new ConvolutionLayer.Builder(2, 2).nOut(3).build(),
                    new BatchNormalization.Builder().build(),
                    dense(4),
                    output());
        }
    },
    /** Nothing that K-FAC and FOOF precondition. */
    RECURRENT(InputType.recurrent(3, 4)) {
        @Override
        List<Layer> layers() {
            RnnLossLayer loss = new RnnLossLayer.Builder(LossFunction.MSE)
                    .activation(Activation.IDENTITY)
                    .build();
            return List.of(
                    new LSTM.Builder().nOut(5).build(),
                    new LSTM.Builder().nOut(OUTPUTS).build(),
                    loss);
        }
    },
    /** Nothing that any updater preconditions. */
    VECTORS(InputType.feedForward(3)) {
        @Override
        List<Layer> layers() {
            LossLayer loss = new LossLayer.Builder(LossFunction.MSE)
                    .activation(Activation.IDENTITY)
                    .build();
            return List.of(
                    new PReLULayer.Builder().inputShape(OUTPUTS).build(),
                    new BatchNormalization.Builder().build(),
                    loss);
        }
    },
    EMBEDDING(InputType.feedForward(7)) {
        @Override
        List<Layer> layers() {
            return List.of(new EmbeddingLayer.Builder().nIn(7).nOut(6).build(), dense(5), output());
        }
    },
    /** By transfer learning, which makes a network of type FLOAT whatever it was. */
    FROZEN(InputType.feedForward(6)) {
        @Override
        List<Layer> layers() {
            return List.of(dense(8), dense(5), output());
        }

        @Override
        Model model(Kind kind, NeuralNetConfiguration.Builder builder) {
            Model model = super.model(kind, builder);
            DataType type = model.params().dataType();
            if (model instanceof MultiLayerNetwork net) {
                return new TransferLearning.Builder(net)
                        .setFeatureExtractor(0)
                        .build()
                        .convertDataType(type);
            }
            return new TransferLearning.GraphBuilder((ComputationGraph) model)
                    .setFeatureExtractor("layer0")
                    .build()
                    .convertDataType(type);
        }
    },
    FROZEN_WITH_BACKPROP(InputType.feedForward(6)) {
        @Override
        List<Layer> layers() {
            Layer frozen = dense(5);
            frozen.setLayerName("layer1");
            return List.of(dense(8), new FrozenLayerWithBackprop(frozen), output());
        }
    },
    /** Biases with an updater of DL4J's. */
    PLAIN_BIASES(InputType.feedForward(6)) {
        @Override
        List<Layer> layers() {
            return List.of(dense(8), output());
        }

        @Override
        NeuralNetConfiguration.Builder builder(IUpdater updater) {
            return super.builder(updater).biasUpdater(new Sgd(.1));
        }
    },
    /** Biases for which the user asked for an updater of ours. */
    OWN_BIASES(InputType.convolutional(5, 5, 2)) {
        @Override
        List<Layer> layers() {
            return List.of(new ConvolutionLayer.Builder(2, 2).nOut(3).build(), dense(4), output());
        }

        @Override
        NeuralNetConfiguration.Builder builder(IUpdater updater) {
            return super.builder(updater).biasUpdater(updater.clone());
        }
    };

    static final int OUTPUTS = 3;
    private static final int EXAMPLES = 6;

    private final InputType input;

    Shape(InputType input) {
        this.input = input;
    }

    abstract List<Layer> layers();

    private static DenseLayer dense(int units) {
        return new DenseLayer.Builder().nOut(units).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nOut(OUTPUTS)
                .activation(Activation.IDENTITY)
                .build();
    }

    NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .biasInit(.1)
                .updater(updater);
    }

    /** An initialised network of type DOUBLE; the same parameters each time. */
    final Model model(Kind kind, IUpdater updater) {
        return model(kind, builder(updater));
    }

    Model model(Kind kind, NeuralNetConfiguration.Builder builder) {
        List<Layer> layers = layers();
        if (kind == Kind.MULTI_LAYER) {
            NeuralNetConfiguration.ListBuilder list = builder.list().setInputType(input);
            for (int i = 0; i < layers.size(); i++) {
                layers.get(i).setLayerName("layer" + i);
                list.layer(layers.get(i));
            }
            MultiLayerNetwork net = new MultiLayerNetwork(list.build());
            net.init();
            return net;
        }
        ComputationGraphConfiguration.GraphBuilder graph =
                builder.graphBuilder().addInputs("in").setInputTypes(input);
        String previous = "in";
        for (int i = 0; i < layers.size(); i++) {
            graph.addLayer("layer" + i, layers.get(i), previous);
            previous = "layer" + i;
        }
        ComputationGraph net = new ComputationGraph(graph.setOutputs(previous).build());
        net.init();
        return net;
    }

    /** A batch of its own for each seed but 0, which ND4J replaces by the time. */
    DataSet batch(long seed) {
        Nd4j.getRandom().setSeed(seed);
        INDArray y = Nd4j.randn(DataType.DOUBLE, EXAMPLES, OUTPUTS);
        if (this == EMBEDDING) {
            INDArray x = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, 1);
            for (int i = 0; i < EXAMPLES; i++) {
                x.putScalar(i, 0, Math.floorMod(i + seed, 7));
            }
            return new DataSet(x, y);
        }
        if (this == RECURRENT) {
            return new DataSet(
                    Nd4j.randn(DataType.DOUBLE, EXAMPLES, 3, 4), Nd4j.randn(DataType.DOUBLE, EXAMPLES, OUTPUTS, 4));
        }
        long[] shape = input.getShape(true);
        shape[0] = EXAMPLES;
        return new DataSet(Nd4j.randn(DataType.DOUBLE, shape), y);
    }

    /** Steps number {@code from} to {@code to - 1}, each with a batch of its own. */
    void train(Model model, int from, int to) {
        for (int i = from; i < to; i++) {
            DataSet batch = batch(100 + i);
            DataType type = model.params().dataType();
            TestNets.fit(
                    model, batch.getFeatures().castTo(type), batch.getLabels().castTo(type));
        }
    }
}
