package org.layerwise.examples.linear;

import java.util.Arrays;
import org.layerwise.Layerwise;
import org.layerwise.examples.step.SameBatchKfac;
import org.layerwise.settings.Sides;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** The methods that are compared. Learning rates are in the units of the loss {@code 1/2 E||f - y||^2}. */
public enum Method {
    /** Gradient descent on both layers. */
    SGD("sgd", "SGD") {
        @Override
        public Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            IUpdater updater = sgd(start, learningRate);
            return new JointTrainer(TwoLayerNetwork.create(start, updater, updater));
        }
    },

    /** Gradient descent on the features, least squares for the head. */
    AMGD("amgd", "AMGD") {
        @Override
        public Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            return new AlternatingTrainer(TwoLayerNetwork.create(start, sgd(start, learningRate), frozen()));
        }

        @Override
        public Prediction predict(Theory theory, double learningRate, Dampings dampings, int batch) {
            return new Prediction(theory.plainContraction(learningRate), Double.NaN);
        }
    },

    /** Adam on both layers. */
    ADAM("adam", "Adam") {
        @Override
        public Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            IUpdater updater = new Adam(learningRate);
            return new JointTrainer(TwoLayerNetwork.create(start, updater, updater));
        }
    },

    /** Adam with decoupled weight decay on both layers (Loshchilov and Hutter, arXiv 1711.05101). */
    ADAMW("adamw", "AdamW") {
        @Override
        public Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            IUpdater updater = new Adam(learningRate);
            return new JointTrainer(TwoLayerNetwork.create(start, updater, updater, WEIGHT_DECAY));
        }
    },

    /** Right preconditioner only: inverse second moment of the inputs. */
    RIGHT_ONLY("foof", "FOOF (right only)") {
        @Override
        public Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            return layerwise(start, Sides.INPUT, dampings, learningRate, learningRate / SUM_OF_SQUARES);
        }

        @Override
        public Prediction predict(Theory theory, double learningRate, Dampings dampings, int batch) {
            double damping = dampings.inputs();
            return new Prediction(theory.rightContraction(learningRate, damping), Double.NaN);
        }
    },

    /** Left preconditioner only: inverse of {@code F^T F}. */
    LEFT_ONLY("left-only", "Left only") {
        @Override
        public Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            return layerwise(start, Sides.OUTPUT, dampings, learningRate, learningRate);
        }

        @Override
        public Prediction predict(Theory theory, double learningRate, Dampings dampings, int batch) {
            return new Prediction(theory.leftContraction(learningRate), Double.NaN);
        }
    },

    /** Both: the stylised KFAC of arXiv 2502.01763, eq. (5). */
    KFAC("kfac", "KFAC") {
        @Override
        public Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            return layerwise(start, Sides.BOTH, dampings, learningRate, learningRate);
        }

        @Override
        public Prediction predict(Theory theory, double learningRate, Dampings dampings, int batch) {
            double damping = dampings.inputs();
            return new Prediction(
                    theory.kfacContraction(learningRate, damping), theory.noiseFloor(learningRate, batch));
        }
    },

    /** Natural gradient with the exact Fisher (Gauss-Newton) matrix. */
    NGD("ngd", "NGD, exact Fisher") {
        @Override
        public Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            return naturalGradient(start, CurvatureMatrix.GAUSS_NEWTON, dampings.naturalGradient(), learningRate);
        }
    },

    /** Natural gradient with the empirical Fisher matrix. */
    NGD_EMPIRICAL("ngd-empirical", "NGD, empirical Fisher") {
        @Override
        public Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings) {
            return naturalGradient(start, CurvatureMatrix.EMPIRICAL_FISHER, dampings.empiricalFisher(), learningRate);
        }
    };

    /**
     * The library's factors and gradients belong to the sum of squares, twice the loss that rates refer to: K-FAC with
     * both sides or the left one is free of that factor, the right side alone is not.
     */
    private static final double SUM_OF_SQUARES = 2;

    /** Of AdamW; times the learning rate, as in DL4J and PyTorch, whose default this is. */
    private static final double WEIGHT_DECAY = .01;

    private final String id;
    private final String label;

    Method(String id, String label) {
        this.id = id;
        this.label = label;
    }

    /**
     * The method with this id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Method of(String id) {
        return Arrays.stream(values())
                .filter(method -> method.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No method is named '" + id + "'"));
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
    public Prediction predict(Theory theory, double learningRate, Dampings dampings, int batch) {
        return Prediction.NONE;
    }

    /** Sets the method up on a new network that starts at {@code start}. */
    public abstract Trainer trainer(LinearTask.Start start, double learningRate, Dampings dampings);

    private static Sgd sgd(LinearTask.Start start, double learningRate) {
        return new Sgd(learningRate * TwoLayerNetwork.lossScale(start.head().rows()));
    }

    /** Updater that leaves the weights alone; DL4J's NoOp would subtract the raw gradient. */
    private static Sgd frozen() {
        return new Sgd(0);
    }

    private static Trainer naturalGradient(
            LinearTask.Start start, CurvatureMatrix curvature, double damping, double learningRate) {
        TwoLayerNetwork network = TwoLayerNetwork.create(start, frozen(), frozen());
        return new NaturalGradientTrainer(network, curvature, damping, learningRate);
    }

    /** Exact K-FAC on the features with the curvature of the step's own batch, undamped on the output side. */
    private static Trainer layerwise(
            LinearTask.Start start, Sides sides, Dampings dampings, double headRate, double updaterRate) {
        Kfac updater = SameBatchKfac.updater(sides, updaterRate, dampings.inputs());
        TwoLayerNetwork network = TwoLayerNetwork.create(start, updater, frozen());
        return new LayerwiseTrainer(network, Layerwise.attach(network.model()), headRate);
    }
}
