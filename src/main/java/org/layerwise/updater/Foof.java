package org.layerwise.updater;

import org.jspecify.annotations.Nullable;
import org.layerwise.curvature.Damping;
import org.layerwise.curvature.FisherEstimator;
import org.layerwise.curvature.Sides;
import org.layerwise.layout.MatrixLayout;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * FOOF: fast first-order optimizer, gradient descent on a layer's outputs (Benzing 2022, arXiv 2201.12250): K-FAC with
 * the input factor alone.
 *
 * <pre>
 *   A = E[x~ x~'],   V = (A + lambda I)^-1 D,   u = momentum u + lr V,   W = W - u
 * </pre>
 *
 * <p>Shapes and scales are those of {@link Kfac}. No extra passes: the inputs are read off the training step.
 *
 * <p><b>When to use:</b> as the cheap member of the family, when inputs are anisotropic and the output side is wide.
 * <b>When not:</b> where gradients differ much in scale between outputs, which the output factor would correct.
 */
public final class Foof extends LayerwiseUpdater {
    /** Default learning rate. */
    public static final double DEFAULT_LEARNING_RATE = 0.01;

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
        super(builder.learningRate, builder.schedule, builder.settings(), null);
    }

    private Foof(Foof from, @Nullable MatrixLayout layout) {
        super(from.constantLearningRate(), from.schedule(), from.settings(), layout);
    }

    @Override
    Foof copy(@Nullable MatrixLayout layout) {
        return new Foof(this, layout);
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
    public static final class Builder {
        private double learningRate = DEFAULT_LEARNING_RATE;
        private @Nullable ISchedule schedule;
        private Damping damping = Damping.factored(DEFAULT_DAMPING);
        private double movingAverage = 0.95;
        private Period statistics = Period.growingTo(10);
        private Period refresh = Period.growingTo(50);
        private double momentum = 0.9;
        private boolean nesterov;
        private double klClip;
        private boolean strict;
        private IUpdater fallback = new Adam();

        private Builder() {}

        /**
         * The learning rate. Default {@value Foof#DEFAULT_LEARNING_RATE}.
         *
         * @param value at least 0
         * @return this
         */
        public Builder learningRate(double value) {
            this.learningRate = Require.nonNegative(value, "learningRate");
            this.schedule = null;
            return this;
        }

        /**
         * A learning-rate schedule instead of a constant.
         *
         * @param value gives the learning rate of an iteration and epoch
         * @return this
         */
        public Builder learningRate(ISchedule value) {
            this.learningRate = Double.NaN;
            this.schedule = value;
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

        /**
         * Decay of the factor's exactly debiased moving average, per statistics step. Default 0.95.
         *
         * @param value in [0, 1)
         * @return this
         */
        public Builder movingAverage(double value) {
            this.movingAverage = value;
            return this;
        }

        /**
         * When statistics are taken. Default growing to every 10 steps.
         *
         * @param value the period
         * @return this
         */
        public Builder statistics(Period value) {
            this.statistics = value;
            return this;
        }

        /**
         * When the inverse is computed. Default growing to every 50 steps.
         *
         * @param value the period
         * @return this
         */
        public Builder refresh(Period value) {
            this.refresh = value;
            return this;
        }

        /**
         * Momentum on the preconditioned gradient. Default 0.9.
         *
         * @param value in [0, 1); 0 for none
         * @return this
         */
        public Builder momentum(double value) {
            this.momentum = value;
            return this;
        }

        /**
         * Whether the momentum is Nesterov's. Default no.
         *
         * @param value true for Nesterov
         * @return this
         */
        public Builder nesterov(boolean value) {
            this.nesterov = value;
            return this;
        }

        /**
         * Bounds the step as {@link Kfac.Builder#klClip} does, in FOOF's own metric. Default none.
         *
         * @param value greater than 0
         * @return this
         */
        public Builder klClip(double value) {
            this.klClip = Require.positive(value, "klClip");
            return this;
        }

        /**
         * Whether numerical failures are thrown instead of survived. Default no.
         *
         * @param value true to throw
         * @return this
         */
        public Builder strict(boolean value) {
            this.strict = value;
            return this;
        }

        /**
         * Updater of the parameters that cannot be preconditioned. Default DL4J's Adam with its default rate.
         *
         * @param value one of DL4J's updaters
         * @return this
         */
        public Builder fallback(IUpdater value) {
            this.fallback = value;
            return this;
        }

        private KroneckerSettings settings() {
            return new KroneckerSettings(
                    Sides.INPUT,
                    FisherEstimator.empirical(),
                    damping,
                    movingAverage,
                    statistics,
                    refresh,
                    momentum,
                    nesterov,
                    klClip,
                    false,
                    strict,
                    fallback);
        }

        /**
         * Builds the configuration.
         *
         * @return the updater
         * @throws IllegalArgumentException if a value or a combination is not valid
         */
        public Foof build() {
            return new Foof(this);
        }
    }
}
