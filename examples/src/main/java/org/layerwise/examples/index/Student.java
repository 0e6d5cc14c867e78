package org.layerwise.examples.index;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * The student {@code f(x) = a^T relu(G x)} as a DL4J network in double precision: a dense layer and an output layer with
 * the squared error, both without bias. The head does not move. DL4J stores {@code G^T} [dX, dh].
 *
 * @param model the network
 */
public record Student(MultiLayerNetwork model) {
    /** DL4J's loss is the squared error: its gradient is twice the one of {@code 1/2 E(f - y)^2}. */
    static final double LOSS_SCALE = .5;

    /**
     * Weights at the start.
     *
     * @param features G0, [dh, dX]
     * @param head a with the output scale 1/dh in it, [dh]
     */
    public record Start(INDArray features, INDArray head) {
        /** {@code G0} with N(0, 1/dX) entries, {@code a} with N(0, 1)/dh entries: the output is nearly zero. */
        public static Start random(int hidden, int inputs, long seed) {
            RandomGenerator random = new SplittableRandom(seed ^ 0x5DEECE66DL);
            INDArray features = Draws.normal(hidden, inputs, 1 / Math.sqrt(inputs), random);
            return new Start(
                    features, Draws.normal(1, hidden, 1.0 / hidden, random).reshape(hidden));
        }

        /**
         * The same, of quadruples {@code (g, a), (g, -a), (-g, a), (-g, -a)}: the output is exactly zero, and so is the
         * part of the gradient's remainder that would tilt its leading direction.
         *
         * @param hidden dh, a multiple of 4
         */
        public static Start balanced(int hidden, int inputs, long seed) {
            if (hidden % 4 != 0) {
                throw new IllegalArgumentException("hidden is " + hidden + ": must be a multiple of 4");
            }
            Start quarter = random(hidden / 4, inputs, seed);
            INDArray features =
                    Draws.stack(quarter.features, quarter.features, quarter.features.neg(), quarter.features.neg());
            INDArray a = quarter.head.div(4).reshape(hidden / 4, 1);
            return new Start(features, Draws.stack(a, a.neg(), a, a.neg()).reshape(hidden));
        }
    }

    /** Network that starts at {@code start} and moves its first layer by {@code updater}. */
    static Student create(Start start, IUpdater updater) {
        int hidden = start.features.rows();
        var configuration = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(start.features.columns())
                        .nOut(hidden)
                        .activation(Activation.RELU)
                        .hasBias(false)
                        .updater(updater)
                        .build())
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .nIn(hidden)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .hasBias(false)
                        .updater(new Sgd(0))
                        .build())
                .build();
        Student student = new Student(new MultiLayerNetwork(configuration));
        student.model.init();
        student.setFeatures(start.features);
        student.weights(1).assign(start.head.reshape(hidden, 1));
        return student;
    }

    /** Network at {@code start} that does not move. */
    public static Student frozen(Start start) {
        return create(start, new Sgd(0));
    }

    /** Output of the first layer, {@code relu(X G^T)}, [n, dh]; a new array. */
    public INDArray hidden(INDArray inputs) {
        return model.feedForwardToLayer(0, inputs, false).get(1);
    }

    /** G, [dh, dX], a live view. */
    public INDArray features() {
        return weights(0).transpose();
    }

    /** Overwrites G with {@code features} [dh, dX]. */
    void setFeatures(INDArray features) {
        weights(0).assign(features.transpose());
    }

    /** One step of the updater. */
    void fit(Examples examples) {
        model.fit(examples.inputs(), examples.labels());
    }

    /** Gradient of {@code 1/2 E(f - y)^2} over the examples with respect to G, [dh, dX]. */
    INDArray gradient(Examples examples) {
        model.setInput(examples.inputs());
        model.setLabels(examples.labels());
        model.computeGradientAndScore();
        INDArray sum = model.gradient().getGradientFor("0_W");
        return sum.mul(LOSS_SCALE / examples.size()).transpose();
    }

    private INDArray weights(int layer) {
        return model.getLayer(layer).getParam("W");
    }
}
