package org.layerwise.examples.linear;

import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * The model {@code f(x) = F G x} as a DL4J network: an identity dense layer and an output layer with the mean squared
 * error, both without bias. DL4J stores {@code G^T} [dX, dh] and {@code F^T} [dh, dY].
 *
 * @param model the network
 */
public record TwoLayerNetwork(MultiLayerNetwork model) {
    private static final String FEATURES = "features";
    private static final String HEAD = "head";

    /** Network that starts at {@code start}, in double precision. */
    public static TwoLayerNetwork create(LinearTask.Start start, IUpdater features, IUpdater head) {
        return create(start, features, head, 0);
    }

    /**
     * The same with decoupled weight decay, which DL4J multiplies by the learning rate. It is set on the layers: DL4J
     * M2.1 applies a decay that is set on the network twice.
     */
    static TwoLayerNetwork create(LinearTask.Start start, IUpdater features, IUpdater head, double weightDecay) {
        DenseLayer first = featureLayer(start, features);
        OutputLayer last = headLayer(start, head);
        if (weightDecay > 0) {
            first.setRegularization(List.of(new WeightDecay(weightDecay, true)));
            last.setRegularization(List.of(new WeightDecay(weightDecay, true)));
        }
        var layers = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(first)
                .layer(last);
        return initialised(layers.build(), start);
    }

    /** The same with batch normalisation. */
    public static TwoLayerNetwork create(
            LinearTask.Start start, Normalisation normalisation, IUpdater features, IUpdater head) {
        var layers =
                new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).list();
        if (normalisation == Normalisation.INPUT) {
            layers.layer(Normalisation.layer(start.features().columns()));
        }
        layers.layer(featureLayer(start, features));
        if (normalisation == Normalisation.HIDDEN) {
            layers.layer(Normalisation.layer(start.features().rows()));
        }
        layers.layer(headLayer(start, head));
        return initialised(layers.build(), start);
    }

    private static DenseLayer featureLayer(LinearTask.Start start, IUpdater updater) {
        return new DenseLayer.Builder()
                .name(FEATURES)
                .nIn(start.features().columns())
                .nOut(start.features().rows())
                .activation(Activation.IDENTITY)
                .hasBias(false)
                .updater(updater)
                .build();
    }

    private static OutputLayer headLayer(LinearTask.Start start, IUpdater updater) {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                .name(HEAD)
                .nIn(start.head().columns())
                .nOut(start.head().rows())
                .activation(Activation.IDENTITY)
                .hasBias(false)
                .updater(updater)
                .build();
    }

    private static TwoLayerNetwork initialised(MultiLayerConfiguration configuration, LinearTask.Start start) {
        TwoLayerNetwork network = new TwoLayerNetwork(new MultiLayerNetwork(configuration));
        network.model.init();
        network.weights(FEATURES).assign(start.features().transpose());
        network.setHead(start.head());
        return network;
    }

    /**
     * Factor from DL4J's loss to {@code 1/2 ||f - y||^2}: DL4J averages the squared error over the outputs, so its
     * gradient is 2/dY of the one that learning rates refer to.
     */
    public static double lossScale(int outputs) {
        return outputs / 2.0;
    }

    /** G, [dh, dX], a live view. */
    public INDArray features() {
        return weights(FEATURES).transpose();
    }

    /** F, [dY, dh], a live view. */
    public INDArray head() {
        return weights(HEAD).transpose();
    }

    /** Overwrites F with {@code head} [dY, dh]. */
    public void setHead(INDArray head) {
        weights(HEAD).assign(head.transpose());
    }

    /** What the head sees of the batch in training, [n, dh]: normalised by the batch's own statistics. */
    public INDArray trainingActivations(Batch batch) {
        List<INDArray> activations = model.feedForward(batch.inputs(), true);
        return activations.get(activations.size() - 2);
    }

    /** One step of the network's own updaters. */
    public void fit(Batch batch) {
        model.fit(batch.inputs(), batch.targets());
    }

    /**
     * Gradient of {@code 1/2 E||f - y||^2} over the batch, [p], in the order of {@link MultiLayerNetwork#params()}: the
     * rows of G, then the rows of F.
     */
    public INDArray gradient(Batch batch) {
        model.setInput(batch.inputs());
        model.setLabels(batch.targets());
        model.computeGradientAndScore();
        INDArray sum = model.getFlattenedGradients();
        double scale = lossScale(batch.targets().columns()) / batch.size();
        return sum.mul(scale).reshape(sum.length());
    }

    private INDArray weights(String layer) {
        return model.getLayer(layer).getParam("W");
    }
}
