package org.layerwise.internal.dl4j;

import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.layerwise.Attachment;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A network of two layers in both classes, its batches, and its steps by {@code fit} and by hand. */
final class Training {
    static final int INPUTS = 5;
    static final int OUTPUTS = 3;
    static final int ROWS = 16;

    private static final int HIDDEN = 6;
    private static final Pattern COUNT = Pattern.compile("\\d+");

    private Training() {}

    static NeuralNetConfiguration.Builder builder(IUpdater updater, DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(type)
                .updater(updater)
                .activation(Activation.TANH);
    }

    static Model model(Kind kind, IUpdater updater, DataType type) {
        return model(kind, builder(updater, type));
    }

    static Model model(Kind kind, NeuralNetConfiguration.Builder builder) {
        DenseLayer first = new DenseLayer.Builder().nIn(INPUTS).nOut(HIDDEN).build();
        OutputLayer second = new OutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nIn(HIDDEN)
                .nOut(OUTPUTS)
                .build();
        if (kind == Kind.MULTI_LAYER) {
            MultiLayerNetwork net = new MultiLayerNetwork(
                    builder.list().layer(first).layer(second).build());
            net.init();
            return net;
        }
        ComputationGraph graph = new ComputationGraph(builder.graphBuilder()
                .addInputs("in")
                .addLayer("layer0", first, "in")
                .addLayer("layer1", second, "layer0")
                .setOutputs("layer1")
                .build());
        graph.init();
        return graph;
    }

    /** Classes that the features decide, never twice the same batch. */
    static DataSet batch(long seed, DataType type) {
        Random random = new Random(seed);
        INDArray x = Nd4j.create(type, ROWS, INPUTS);
        INDArray y = Nd4j.zeros(type, ROWS, OUTPUTS);
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < INPUTS; j++) {
                x.putScalar(i, j, random.nextGaussian());
            }
            y.putScalar(i, x.getDouble(i, 0) > 0 ? 1 : x.getDouble(i, 1) > 0 ? 2 : 0, 1);
        }
        return new DataSet(x, y);
    }

    /** Rows of a batch as a batch of their own. */
    static DataSet part(DataSet batch, int from, int to) {
        return new DataSet(rows(batch.getFeatures(), from, to), rows(batch.getLabels(), from, to));
    }

    private static INDArray rows(INDArray array, int from, int to) {
        return array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).dup();
    }

    static void fit(Model model, DataSet batch) {
        TestNets.fit(model, batch.getFeatures(), batch.getLabels());
    }

    /** One fit for each seed. */
    static void fit(Model model, DataType type, int from, int to) {
        for (int seed = from; seed < to; seed++) {
            fit(model, batch(seed, type));
        }
    }

    /** What {@code fit} does, by DL4J's public methods. */
    static void stepByHand(Model model, DataSet batch) {
        computeGradient(model, batch);
        update(model, batch.numExamples());
    }

    static void computeGradient(Model model, DataSet batch) {
        if (model instanceof MultiLayerNetwork net) {
            net.setInput(batch.getFeatures());
            net.setLabels(batch.getLabels());
            net.computeGradientAndScore();
        } else {
            ComputationGraph graph = (ComputationGraph) model;
            graph.setInputs(batch.getFeatures());
            graph.setLabels(batch.getLabels());
            graph.computeGradientAndScore();
        }
    }

    /** Turns the flat gradient into a step, takes it and counts it. */
    static void update(Model model, int examples) {
        int iteration = iteration(model);
        TestNets.updater(model)
                .update(model.gradient(), iteration, epoch(model), examples, LayerWorkspaceMgr.noWorkspaces());
        model.params().subi(model.getGradientsViewArray().reshape(model.params().shape()));
        count(model, iteration + 1, epoch(model));
    }

    static int iteration(Model model) {
        return model instanceof MultiLayerNetwork net
                ? net.getIterationCount()
                : ((ComputationGraph) model).getConfiguration().getIterationCount();
    }

    static int epoch(Model model) {
        return model instanceof MultiLayerNetwork net
                ? net.getEpochCount()
                : ((ComputationGraph) model).getConfiguration().getEpochCount();
    }

    static void count(Model model, int iteration, int epoch) {
        if (model instanceof MultiLayerNetwork net) {
            net.setIterationCount(iteration);
            net.setEpochCount(epoch);
        } else {
            ((ComputationGraph) model).getConfiguration().setIterationCount(iteration);
            ((ComputationGraph) model).getConfiguration().setEpochCount(epoch);
        }
    }

    static INDArray state(Model model) {
        return TestNets.updater(model).getStateViewArray();
    }

    static Collection<TrainingListener> listeners(Model model) {
        return model instanceof MultiLayerNetwork net ? net.getListeners() : ((ComputationGraph) model).getListeners();
    }

    static void setRate(Model model, double rate) {
        if (model instanceof MultiLayerNetwork net) {
            net.setLearningRate(rate);
        } else {
            ((ComputationGraph) model).setLearningRate(rate);
        }
    }

    /** Everything that a network is by what it is saved with, copied. */
    record Moment(INDArray params, INDArray state, int iteration, int epoch) {
        static Moment of(Model model) {
            return new Moment(
                    model.params().dup(),
                    Training.state(model).dup(),
                    Training.iteration(model),
                    Training.epoch(model));
        }

        Moment withState(INDArray other) {
            return new Moment(params, other, iteration, epoch);
        }

        void into(Model model) {
            model.setParams(params.dup());
            Training.state(model).assign(state);
            count(model, iteration, epoch);
        }
    }

    /** The largest deviation; NaN where either side holds NaN. */
    static double distance(INDArray a, INDArray b) {
        double worst = 0;
        double[] left = a.ravel().toDoubleVector();
        double[] right = b.ravel().toDoubleVector();
        for (int i = 0; i < left.length; i++) {
            double deviation = left[i] == right[i] ? 0 : Math.abs(left[i] - right[i]);
            if (Double.isNaN(deviation)) {
                return Double.NaN;
            }
            worst = Math.max(worst, deviation);
        }
        return worst;
    }

    static boolean finite(INDArray array) {
        for (double value : array.ravel().toDoubleVector()) {
            if (!Double.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** How many events a layer's diagnostics count, read off what they print. */
    static long events(Attachment attachment, String layer) {
        Matcher matcher = COUNT.matcher(String.valueOf(attachment.diagnostics().get(layer)));
        long sum = 0;
        while (matcher.find()) {
            sum += Long.parseLong(matcher.group());
        }
        return sum;
    }

    static long events(Attachment attachment) {
        Map<String, ?> layers = attachment.diagnostics();
        return layers.keySet().stream()
                .mapToLong(layer -> events(attachment, layer))
                .sum();
    }
}
