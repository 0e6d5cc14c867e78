package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Given;
import org.layerwise.internal.Require;
import org.layerwise.internal.precondition.SteepestDescentMethod;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.PolarIteration;
import org.layerwise.settings.Role;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Muon: momentum, orthogonalised (Jordan et al. 2024, kellerjordan.github.io/posts/muon).
 *
 * <pre>
 *   M = momentum M + (1 - momentum) G,   u = momentum M + (1 - momentum) G     (Nesterov; else u = M)
 *   W = W - lr scale polar(u)
 * </pre>
 *
 * <p>All singular values of the step are about equal, so directions that the gradient rarely takes move as fast as the
 * dominant ones. G has shape [fanIn, fanOut]; a convolution's kernel positions count as inputs; the gates of an LSTM are
 * matrices of their own. Biases, gains, embeddings and, as published, output layers are served by the fallback updater: by
 * default Adam (0.9, 0.95, 1e-10) with 0.015 of the learning rate, which is Keller Jordan's 3e-4 beside 0.02; beside {@link
 * #moonlight} Adam (0.9, 0.95, 1e-8) with the same learning rate.
 *
 * <p>A SameDiff variable does not say what it is for: there every matrix counts as a hidden layer's and is orthogonalised,
 * embeddings and output layers too; biases may have the shape [n], [1, n] or [n, 1].
 *
 * <p>Weight decay is DL4J's: {@code .weightDecay(0.1)} on a layer subtracts lr * 0.1 * W beside the step, with the plain
 * learning rate (as published; never with {@code scale}). Set it on the layers: DL4J 1.0.0-M2.1 applies a decay that is set
 * on the network twice.
 *
 * <p><b>When to use:</b> hidden layers of deep networks at large batches, where a step's 5 times 3 products cost little beside
 * the gradient. <b>When not:</b> small batches on wide layers: for a square n by n layer the products cost about 5 n / batch
 * of the layer's own forward and backward pass (20 times it at n = 512, batch 128).
 */
public final class Muon extends LayerwiseUpdater<Muon.Settings> {
    /** Default learning rate, Keller Jordan's for {@link Scaling#KELLER_JORDAN}. */
    public static final double DEFAULT_LEARNING_RATE = 0.02;

    /** How the orthogonalised momentum is scaled; written with fan-in and fan-out. */
    public enum Scaling {
        /** sqrt(max(1, fanOut / fanIn)): Keller Jordan's; learning rate about 0.02. */
        KELLER_JORDAN {
            @Override
            double factor(double fanIn, double fanOut) {
                return Math.sqrt(Math.max(1, fanOut / fanIn));
            }
        },
        /**
         * 0.2 sqrt(max(fanIn, fanOut)): a step's root mean square is about 0.2, that of AdamW, whose learning rate fits (Liu
         * et al. 2025, arXiv 2502.16982).
         */
        MATCH_RMS {
            @Override
            double factor(double fanIn, double fanOut) {
                return 0.2 * Math.sqrt(Math.max(fanIn, fanOut));
            }
        },
        /** 1: for learning rates that already follow the layers' sizes. */
        NONE {
            @Override
            double factor(double fanIn, double fanOut) {
                return 1;
            }
        };

        abstract double factor(double fanIn, double fanOut);
    }

    /** Creates the updater with all defaults. */
    public Muon() {
        this(DEFAULT_LEARNING_RATE);
    }

    /**
     * Creates the updater with a learning rate.
     *
     * @param learningRate at least 0
     */
    public Muon(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    /**
     * Creates the updater with a learning-rate schedule.
     *
     * @param learningRateSchedule gives the learning rate of an iteration and epoch
     */
    public Muon(ISchedule learningRateSchedule) {
        this(builder().learningRate(learningRateSchedule));
    }

    private Muon(Builder builder) {
        super(builder.constantLearningRate(), builder.schedule(), builder.settings());
    }

    @JsonCreator
    @SuppressWarnings("UnusedMethod") // JSON
    private Muon(
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
            @JsonProperty("configuredRate") @Nullable Double configuredRate,
            @JsonProperty("settings") @Nullable Settings settings) {
        super(new Saved<>(learningRate, learningRateSchedule, configuredRate, settings));
    }

    private Muon(Muon from) {
        super(from);
    }

    @Override
    public Muon clone() {
        return new Muon(this);
    }

    /**
     * Starts a configuration from the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts a configuration as in Moonlight (Liu et al. 2025, arXiv 2502.16982): momentum as a plain sum, steps that match
     * the root mean square of AdamW's, and so AdamW's learning rate, here 0.001. The paper's weight decay is 0.1.
     *
     * @return a builder
     */
    public static Builder moonlight() {
        return new Builder()
                .learningRate(0.001)
                .averagedMomentum(false)
                .scaling(Scaling.MATCH_RMS)
                .adam(1, 1e-8);
    }

    /**
     * Everything about the updater but its learning rate. See {@link Builder} for the meaning of each value.
     *
     * @param momentum of the gradient
     * @param scaling of the orthogonalised momentum
     * @param orthogonalization the polynomials
     * @param epsilon added to the momentum's norm
     * @param outputLayers whether output layers are orthogonalised too
     * @param failures what happens when numbers fail
     * @param fallback updater of all other parameters
     */
    public record Settings(
            @JsonProperty("momentum") Momentum momentum,
            @JsonProperty("scaling") Scaling scaling,
            @JsonProperty("orthogonalization") PolarIteration orthogonalization,

            @JsonProperty(value = "epsilon", required = true) @Given
            double epsilon,

            @JsonProperty(value = "outputLayers", required = true) @Given
            boolean outputLayers,

            @JsonProperty("failures") FailureHandling failures,
            @JsonProperty("fallback") Fallback fallback)
            implements UpdaterSettings, Serializable {
        /** Checks every value. {@inheritDoc} */
        public Settings {
            Require.present(momentum, "momentum");
            Require.present(scaling, "scaling");
            Require.present(orthogonalization, "orthogonalization");
            Require.present(failures, "failures");
            Require.present(fallback, "fallback");
            Require.nonNegative(epsilon, "epsilon");
        }

        @Override
        public String methodName() {
            return "muon";
        }

        @Override
        public @Nullable Method method(Matrix matrix) {
            Role role = matrix.role();
            if (role == Role.VECTOR || role == Role.EMBEDDING || (role == Role.OUTPUT && !outputLayers)) {
                return null;
            }
            double scale = scaling.factor(matrix.rows(), matrix.columns());
            return SteepestDescentMethod.spectral(momentum, orthogonalization, epsilon, scale);
        }
    }

    /** Builds a {@link Muon}; every value is checked by {@link #build}. */
    public static final class Builder extends UpdaterBuilder<Builder> {
        private double momentum = 0.95;
        private boolean averaged = true;
        private boolean nesterov = true;
        private Scaling scaling = Scaling.KELLER_JORDAN;
        private PolarIteration orthogonalization = PolarIteration.newtonSchulz(5);
        private double epsilon = 1e-7;
        private boolean outputLayers;
        private double adamMultiple = 3e-4 / DEFAULT_LEARNING_RATE;
        private double adamEpsilon = 1e-10;

        private Builder() {
            super(DEFAULT_LEARNING_RATE);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Momentum. Default 0.95 (Keller Jordan, Moonlight).
         *
         * @param value in [0, 1); 0 for none
         * @return this
         */
        public Builder momentum(double value) {
            this.momentum = value;
            return this;
        }

        /**
         * Whether the momentum is an average (Keller Jordan, the default) rather than a sum (Moonlight). The two differ
         * through {@link #epsilon} alone.
         *
         * @param value true for an average
         * @return this
         */
        public Builder averagedMomentum(boolean value) {
            this.averaged = value;
            return this;
        }

        /**
         * Whether the momentum looks ahead. Default yes (Keller Jordan, Moonlight).
         *
         * @param value true for Nesterov
         * @return this
         */
        public Builder nesterov(boolean value) {
            this.nesterov = value;
            return this;
        }

        /**
         * How the orthogonalised momentum is scaled. Default {@link Scaling#KELLER_JORDAN}.
         *
         * @param value the rule
         * @return this
         */
        public Builder scaling(Scaling value) {
            this.scaling = value;
            return this;
        }

        /**
         * The polynomials that orthogonalise. Default {@link PolarIteration#newtonSchulz} with five steps.
         *
         * @param value the iteration
         * @return this
         */
        public Builder orthogonalization(PolarIteration value) {
            this.orthogonalization = value;
            return this;
        }

        /**
         * Added to the momentum's norm: gradients far below it are not blown up. Default 1e-7 (Keller Jordan); 0 makes
         * the step independent of the gradient's scale.
         *
         * @param value at least 0
         * @return this
         */
        public Builder epsilon(double value) {
            this.epsilon = value;
            return this;
        }

        /**
         * Whether output layers are orthogonalised too, rather than served by the fallback. Default no (Keller Jordan).
         *
         * @param value true to include them
         * @return this
         */
        public Builder outputLayers(boolean value) {
            this.outputLayers = value;
            return this;
        }

        private Builder adam(double multiple, double adamsEpsilon) {
            this.adamMultiple = multiple;
            this.adamEpsilon = adamsEpsilon;
            return this;
        }

        private Settings settings() {
            return new Settings(
                    new Momentum(momentum, averaged, nesterov && momentum > 0),
                    scaling,
                    orthogonalization,
                    epsilon,
                    outputLayers,
                    failures(),
                    fallbackOr(adamMultiple, new Adam(1, 0.9, 0.95, adamEpsilon)));
        }

        /**
         * Builds the configuration.
         *
         * @return the updater
         * @throws IllegalArgumentException if a value or a combination is not valid
         */
        public Muon build() {
            return new Muon(this);
        }
    }
}
