package org.layerwise.examples.linear;

import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** The methods that are compared. Learning rates are in the units of the loss {@code 1/2 E||f - y||^2}. */
public enum Method {
    /** Gradient descent on both layers. */
    SGD("sgd", "SGD") {
        @Override
        Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            IUpdater updater = sgd(start, learningRate);
            return new JointTrainer(TwoLayerNetwork.create(start, updater, updater));
        }
    },

    /** Gradient descent on the features, least squares for the head. */
    AMGD("amgd", "AMGD") {
        @Override
        Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            return new AlternatingTrainer(TwoLayerNetwork.create(start, sgd(start, learningRate), new NoOp()));
        }

        @Override
        Prediction predict(Theory theory, double learningRate, LinearSettings settings) {
            return new Prediction(theory.plainContraction(learningRate), Double.NaN);
        }
    },

    /** Adam on both layers. */
    ADAM("adam", "Adam") {
        @Override
        Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            IUpdater updater = new Adam(learningRate);
            return new JointTrainer(TwoLayerNetwork.create(start, updater, updater));
        }
    },

    /** Natural gradient with the exact Fisher (Gauss-Newton) matrix. */
    NGD("ngd", "NGD, exact Fisher") {
        @Override
        Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            return naturalGradient(start, CurvatureMatrix.GAUSS_NEWTON, dampings.naturalGradient(), learningRate);
        }
    },

    /** Natural gradient with the empirical Fisher matrix. */
    NGD_EMPIRICAL("ngd-empirical", "NGD, empirical Fisher") {
        @Override
        Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            return naturalGradient(start, CurvatureMatrix.EMPIRICAL_FISHER, dampings.empiricalFisher(), learningRate);
        }
    };

    private final String id;
    private final String label;

    Method(String id, String label) {
        this.id = id;
        this.label = label;
    }

    /** Name in files and on the command line. */
    public String id() {
        return id;
    }

    /** Name in figures and text. */
    public String label() {
        return label;
    }

    /** Whether a step factorises a matrix over all parameters. */
    public boolean isFullMatrix() {
        return this == NGD || this == NGD_EMPIRICAL;
    }

    /** What the theory says about the method; nothing unless overridden. */
    Prediction predict(Theory theory, double learningRate, LinearSettings settings) {
        return Prediction.NONE;
    }

    /** Sets the method up on a new network that starts at {@code start}. */
    abstract Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings);

    private static Sgd sgd(LinearTask.Start start, double learningRate) {
        return new Sgd(learningRate * TwoLayerNetwork.lossScale(start.head().rows()));
    }

    private static Trainer naturalGradient(
            LinearTask.Start start, CurvatureMatrix curvature, double damping, double learningRate) {
        TwoLayerNetwork network = TwoLayerNetwork.create(start, new NoOp(), new NoOp());
        return new NaturalGradientTrainer(network, curvature, damping, learningRate);
    }
}
