package org.layerwise.integration;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.layerwise.Layerwise;
import org.layerwise.internal.linalg.Environment;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * What a project does that depends on this library, for {@link ConsumerTest}: trains networks, prints a line for each, then
 * the environment's report. Every updater in both precisions links every native function; the argument {@value #ONE} trains
 * one network.
 */
final class ConsumerMain {
    static final String ONE = "one";
    private static final int EXAMPLES = 64;
    private static final int INPUTS = 12;
    private static final int HIDDEN = 16;
    private static final int OUTPUTS = 3;
    private static final int STEPS = 30;

    private ConsumerMain() {}

    public static void main(String[] arguments) throws IOException {
        if (List.of(arguments).contains(ONE)) {
            train(new Kfac(0.05), DataType.FLOAT);
        } else {
            for (IUpdater updater : updaters()) {
                train(updater.clone(), DataType.FLOAT);
                train(updater, DataType.DOUBLE);
            }
        }
        print("openblas %s javacpp %s", Environment.openBlasVersion(), Loader.getVersion());
        print("report %s", Environment.report());
    }

    private static void train(IUpdater updater, DataType type) throws IOException {
        MultiLayerNetwork net = network(updater, type);
        DataSet data = data(type);
        Layerwise.attach(net);
        double first = net.score(data);
        for (int i = 0; i < STEPS; i++) {
            net.fit(data);
        }
        print("trained %s %s %s %s", updater.getClass().getSimpleName(), type, first, net.score(data));
        resume(net, data);
    }

    private static List<IUpdater> updaters() {
        return List.of(
                new Kfac(0.05),
                new Foof(0.01),
                new Soap(0.01),
                new Shampoo(0.01),
                new Muon(0.02),
                new Scion(),
                new PsgdKron(0.005));
    }

    /** The updater's configuration and state in a file and back. */
    private static void resume(MultiLayerNetwork net, DataSet data) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, file, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), true);
        Layerwise.attach(restored);
        net.fit(data);
        restored.fit(data);
        if (!restored.params().equalsWithEps(net.params(), 0)) {
            throw new IllegalStateException("The restored network trains on differently");
        }
    }

    private static MultiLayerNetwork network(IUpdater updater, DataType type) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(type)
                .updater(updater)
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nIn(INPUTS).nOut(HIDDEN).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(HIDDEN)
                        .nOut(OUTPUTS)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        return net;
    }

    private static DataSet data(DataType type) {
        Nd4j.getRandom().setSeed(4);
        INDArray x = Nd4j.randn(type, EXAMPLES, INPUTS);
        INDArray y = Nd4j.zeros(type, EXAMPLES, OUTPUTS);
        for (int i = 0; i < EXAMPLES; i++) {
            double s = x.getDouble(i, 0) + x.getDouble(i, 1);
            y.putScalar(i, s > 1 ? 2 : s > -1 ? 1 : 0, 1);
        }
        return new DataSet(x, y);
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
