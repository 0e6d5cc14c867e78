package org.layerwise.updater;

import org.jspecify.annotations.Nullable;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Sides;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * FOOF: fast first-order optimizer, gradient descent on a layer's outputs (Benzing 2022, arXiv 2201.12250): K-FAC with
 * the input factor alone.
 *
 * <pre>
 *   A = E[x~ x~'],   V = (A + lambda I)^-1 D,   nu = min(1, sqrt(klClip / sum over layers of lr^2 &lt;V, D&gt;)),
 *   u = momentum u + lr nu V,   W = W - u
 * </pre>
 *
 * <p>Shapes and scales are those of {@link Kfac}. No extra passes: the inputs are read off the training step.
 *
 * <p><b>When to use:</b> as the cheap member of the family, when inputs are anisotropic and the output side is wide.
 * <b>When not:</b> where gradients differ much in scale between outputs, which the output factor would correct.
 */
public final class Foof extends LayerwiseUpdater<KroneckerSettings> {
    /** Default learning rate. */
    public static final double DEFAULT_LEARNING_RATE = 0.01;

    /** Default bound kappa of the KL clip. */
    public static final double DEFAULT_KL_CLIP = 0.01;

    /** Default damping lambda. */
    public static final double DEFAULT_DAMPING = 0.01;

    /** Creates the updater with all defaults. */
    public Foof() {
        this(DEFAULT_LEARNING_RATE);
    }

    /**
     * Creates the updater with a learning rate.
     *
     * @param learningRate at least 0
     */
    public Foof(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    /**
     * Creates the updater with a learning-rate schedule.
     *
     * @param learningRateSchedule gives the learning rate of an iteration and epoch
     */
    public Foof(ISchedule learningRateSchedule) {
        this(builder().learningRate(learningRateSchedule));
    }

    private Foof(Builder builder) {
        super(builder, builder.settings());
    }

    @JsonCreator
    @SuppressWarnings("UnusedMethod") // JSON
    private Foof(
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
            @JsonProperty("configuredRate") @Nullable Double configuredRate,
            @JsonProperty("settings") @Nullable KroneckerSettings settings) {
        super(new Saved<>(learningRate, learningRateSchedule, configuredRate, settings));
    }

    private Foof(Foof from) {
        super(from);
    }

    @Override
    public Foof clone() {
        return new Foof(this);
    }

    /**
     * Starts a configuration from the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link Foof}; every value is checked by {@link #build}. */
    public static final class Builder extends KroneckerBuilder<Builder> {
        private Damping damping = Damping.factored(DEFAULT_DAMPING);

        private Builder() {
            super(DEFAULT_LEARNING_RATE, DEFAULT_KL_CLIP);
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Damping lambda of the input factor. Default {@value Foof#DEFAULT_DAMPING}.
         *
         * @param lambda at least 0
         * @return this
         */
        public Builder damping(double lambda) {
            this.damping = Damping.factored(lambda);
            return this;
        }

        /**
         * Damping relative to the input factor's mean eigenvalue, instead of an absolute one.
         *
         * @param ratio greater than 0
         * @return this
         */
        public Builder dampingRelativeToTrace(double ratio) {
            this.damping = Damping.relativeToTrace(ratio);
            return this;
        }

        private KroneckerSettings settings() {
            return settings(Sides.INPUT, FisherEstimator.empirical(), damping, false);
        }

        @Override
        public Foof build() {
            return new Foof(this);
        }
    }
}
