package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.layerwise.internal.precondition.SteepestDescentMethod;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.PolarIteration;
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
        super(builder, builder.settings());
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

            @JsonProperty(value = "epsilon", required = true) @RequiredInJson
            double epsilon,

            @JsonProperty(value = "outputLayers", required = true) @RequiredInJson
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
            return orthogonalizes(matrix)
                    ? SteepestDescentMethod.spectral(momentum, orthogonalization, epsilon, scale(matrix))
                    : null;
        }

        boolean orthogonalizes(Matrix matrix) {
            return switch (matrix.role()) {
                case VECTOR, EMBEDDING -> false;
                case OUTPUT -> outputLayers;
                default -> true;
            };
        }

        double scale(Matrix matrix) {
            return scaling.factor(matrix.rows(), matrix.columns());
        }
    }

    /** Builds a {@link Muon}; every value is checked by {@link #build}. */
    public static final class Builder extends PolarBuilder<Builder> {
        private double adamMultiple = 3e-4 / DEFAULT_LEARNING_RATE;
        private double adamEpsilon = 1e-10;

        private Builder() {
            super(DEFAULT_LEARNING_RATE);
        }

        @Override
        protected Builder self() {
            return this;
        }

        private Builder adam(double multiple, double adamsEpsilon) {
            this.adamMultiple = multiple;
            this.adamEpsilon = adamsEpsilon;
            return this;
        }

        private Settings settings() {
            return settings(failures(), fallbackOr(adamMultiple, new Adam(1, 0.9, 0.95, adamEpsilon)));
        }

        @Override
        public Muon build() {
            return new Muon(this);
        }
    }
}
