package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.KroneckerProduct;
import org.layerwise.internal.linalg.TrianglePair;
import org.layerwise.internal.step.LayerGradientUpdater;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Sides;
import org.layerwise.updater.KroneckerSettings;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** Small multilayer perceptrons in both network classes of DL4J. */
final class TestNets {
    private TestNets() {}

    /** The two network classes. */
    enum Kind {
        MULTI_LAYER,
        GRAPH
    }

    /**
     * A perceptron.
     *
     * @param sizes layer widths, input first
     * @param hidden activation of the hidden layers
     * @param output activation of the output layer
     * @param loss of the output layer
     * @param type data type
     * @param bias whether layers have biases
     */
    record Spec(int[] sizes, Activation hidden, Activation output, ILossFunction loss, DataType type, boolean bias) {
        Spec(Activation hidden, Activation output, ILossFunction loss, int... sizes) {
            this(sizes, hidden, output, loss, DataType.DOUBLE, true);
        }

        Spec with(DataType newType) {
            return new Spec(sizes, hidden, output, loss, newType, bias);
        }

        Spec withoutBias() {
            return new Spec(sizes, hidden, output, loss, type, false);
        }

        int inputs() {
            return sizes[0];
        }

        int outputs() {
            return sizes[sizes.length - 1];
        }

        private DenseLayer dense(int i) {
            return new DenseLayer.Builder()
                    .nIn(sizes[i])
                    .nOut(sizes[i + 1])
                    .activation(hidden)
                    .hasBias(bias)
                    .build();
        }

        private OutputLayer last() {
            int i = sizes.length - 2;
            return new OutputLayer.Builder(loss)
                    .nIn(sizes[i])
                    .nOut(sizes[i + 1])
                    .activation(output)
                    .hasBias(bias)
                    .build();
        }

        NeuralNetConfiguration.Builder builder(IUpdater updater) {
            return new NeuralNetConfiguration.Builder()
                    .seed(12345)
                    .dataType(type)
                    .biasInit(0.1)
                    .updater(updater);
        }

        NeuralNetConfiguration.ListBuilder list(NeuralNetConfiguration.Builder builder) {
            NeuralNetConfiguration.ListBuilder list = builder.list();
            for (int i = 0; i < sizes.length - 2; i++) {
                list.layer(dense(i));
            }
            return list.layer(last());
        }

        MultiLayerNetwork network(IUpdater updater) {
            return network(builder(updater));
        }

        MultiLayerNetwork network(NeuralNetConfiguration.Builder builder) {
            MultiLayerNetwork net = new MultiLayerNetwork(list(builder).build());
            net.init();
            return net;
        }

        ComputationGraph graph(IUpdater updater) {
            ComputationGraphConfiguration.GraphBuilder graph =
                    builder(updater).graphBuilder().addInputs("in");
            String previous = "in";
            for (int i = 0; i < sizes.length - 2; i++) {
                graph.addLayer("layer" + i, dense(i), previous);
                previous = "layer" + i;
            }
            String name = "layer" + (sizes.length - 2);
            ComputationGraph net = new ComputationGraph(
                    graph.addLayer(name, last(), previous).setOutputs(name).build());
            net.init();
            return net;
        }

        Model model(Kind kind, IUpdater updater) {
            return kind == Kind.MULTI_LAYER ? network(updater) : graph(updater);
        }
    }

    static Attachment attach(Model model) {
        return model instanceof MultiLayerNetwork net
                ? Layerwise.attach(net)
                : Layerwise.attach((ComputationGraph) model);
    }

    static void fit(Model model, INDArray x, INDArray y) {
        if (model instanceof MultiLayerNetwork net) {
            net.fit(x, y);
        } else {
            ((ComputationGraph) model).fit(new INDArray[] {x}, new INDArray[] {y});
        }
    }

    static INDArray output(Model model, INDArray x) {
        return model instanceof MultiLayerNetwork net ? net.output(x) : ((ComputationGraph) model).outputSingle(x);
    }

    static BaseMultiLayerUpdater<?> updater(Model model) {
        return model instanceof MultiLayerNetwork net
                ? (BaseMultiLayerUpdater<?>) net.getUpdater()
                : ((ComputationGraph) model).getUpdater();
    }

    /** What a step subtracts from the parameters, flat. */
    static INDArray step(Model model, INDArray x, INDArray y) {
        INDArray before = model.params().dup();
        fit(model, x, y);
        return before.subi(model.params());
    }

    /** The running factors of each preconditioned layer, read from DL4J's updater view. */
    static List<KroneckerProduct> factors(Model model) {
        return updater(model).getUpdaterBlocks().stream()
                .filter(block -> block.getGradientUpdater() instanceof LayerGradientUpdater updater
                        && updater.getConfig().settings() instanceof KroneckerSettings
                        && !Objects.requireNonNull(updater.getConfig().layout())
                                .matrices()
                                .isEmpty())
                .map(TestNets::factors)
                .toList();
    }

    private static KroneckerProduct factors(UpdaterBlock block) {
        LayerGradientUpdater updater = (LayerGradientUpdater) block.getGradientUpdater();
        Matrix matrix =
                Objects.requireNonNull(updater.getConfig().layout()).matrices().get(0);
        Sides sides = ((KroneckerSettings) updater.getConfig().settings()).sides();
        DataType type = block.getUpdaterView().dataType();
        return new KroneckerProduct(
                symmetric(sides.usesInput() ? pair(updater, "input factor", matrix.rows()) : null, matrix.rows(), type),
                symmetric(
                        sides.usesOutput() ? pair(updater, "output factor", matrix.columns()) : null,
                        matrix.columns(),
                        type));
    }

    private static TrianglePair pair(LayerGradientUpdater updater, String section, int d) {
        return new TrianglePair(updater.section(0, section).reshape('f', d + 1, d));
    }

    /** The identity for a side that is not kept. */
    private static INDArray symmetric(@org.jspecify.annotations.Nullable TrianglePair pair, int d, DataType type) {
        if (pair == null) {
            return Nd4j.eye(d).castTo(type);
        }
        INDArray upper = Nd4j.create(type, new long[] {d, d}, 'f');
        Kernels.forBackend().unpackRunning(pair, upper);
        INDArray full = upper.dup();
        for (int i = 0; i < d; i++) {
            for (int j = 0; j < i; j++) {
                full.putScalar(i, j, upper.getDouble(j, i));
            }
        }
        return full;
    }
}
