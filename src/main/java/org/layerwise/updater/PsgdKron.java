package org.layerwise.updater;

import org.jspecify.annotations.Nullable;
import org.layerwise.layout.ParameterLayout;
import org.layerwise.precondition.Whitening;
import org.layerwise.precondition.Whitening.Geometry;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * PSGD with a Kronecker-factored whitening preconditioner (Li 2015, arXiv 1512.04202; Li 2024, arXiv
 * 2402.11858; as in psgd_torch), block by block:
 *
 * <pre>
 *   P_L = Q_L' Q_L,   P_R = Q_R' Q_R,   H = P_L G P_R
 *   T = H H',   L = max(0.9 L + 0.1 (|T| + c), |T| + c),   Q_L = Q_L - rate / L (T - c I) Q_L,   then towards symmetry
 *   likewise Q_R with T = H' H                        c: columns for Q_L, rows for Q_R
 *   M = average of G,   W = W - lr P_L M P_R          root mean square at most 2, elements at most 10
 * </pre>
 *
 * <p>The factors descend a criterion whose minimum makes P G white, so that no step needs a decomposition or an inverse. A
 * side longer than its block's other side has a diagonal factor (see {@link Builder#maxSkew}). Blocks take turns with
 * updates, where the schedule leaves room. A block does not move before its first gradient that is not zero, from which its
 * scale is taken: with that, a step's root mean square is about the learning rate, or a quarter of it with momentum 0.9 and
 * noisy gradients.
 *
 * <p>Two things are deterministic here and random in the reference: the damping noise enters by its mean, and the factors' scales
 * are balanced every 100 updates rather than with probability 0.01. A gradient of zeros leaves a block's factors alone, which
 * would grow by their damping until its next signal is blown up.
 *
 * <p>Biases and gains are served by the fallback updater, by default Adam with the same learning rate; embeddings have a
 * diagonal factor for their rows. Weight decay is DL4J's: {@code .weightDecay(0.01)} on a layer subtracts lr * 0.01 * W beside
 * the step.
 *
 * <p><b>When to use:</b> where factorisations are unwelcome, and on gradients of wildly changing scale: its steps are bounded by
 * design. <b>When not:</b> with a small budget of steps, since the factors approach their aim at a rate of 0.1 per update; an
 * update costs three to four times the products of {@link Shampoo}'s step.
 */
public final class PsgdKron extends GradientOnlyUpdater {
    /** Default learning rate: the reference implementation's. */
    public static final double DEFAULT_LEARNING_RATE = 0.001;

    private PsgdKronSettings settings;

    /** Creates the updater with all defaults. */
    public PsgdKron() {
        this(DEFAULT_LEARNING_RATE);
    }

    /**
     * Creates the updater with a learning rate.
     *
     * @param learningRate at least 0
     */
    public PsgdKron(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    /**
     * Creates the updater with a learning-rate schedule.
     *
     * @param learningRateSchedule gives the learning rate of an iteration and epoch
     */
    public PsgdKron(ISchedule learningRateSchedule) {
        this(builder().learningRate(learningRateSchedule));
    }

    private PsgdKron(Builder builder) {
        super(builder.constantLearningRate(), builder.schedule(), null);
        this.settings = builder.settings();
    }

    private PsgdKron(PsgdKron from, @Nullable ParameterLayout layout) {
        super(from.constantLearningRate(), from.schedule(), layout);
        this.settings = from.settings;
    }

    @Override
    PsgdKron copy(@Nullable ParameterLayout newLayout) {
        return new PsgdKron(this, newLayout);
    }

    @Override
    GradientOnlySettings rules() {
        return settings;
    }

    @Override
    public PsgdKronSettings settings() {
        return settings;
    }

    /**
     * Starts a configuration from the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link PsgdKron}; every value is checked by {@link #build}. */
    public static final class Builder extends BlockBuilder<Builder> {
        private double momentum = 0.9;
        private boolean whitenMomentum;
        private Geometry geometry = Geometry.Q05EQ15;
        private double preconditionerRate = 0.1;
        private double lipschitzDecay = 0.9;
        private double damping = 1e-9;
        private double initialScale;
        private double maxSkew = 1;
        private Period updates = Period.growingTo(10);
        private double largestRms = 2;
        private double largestElement = 10;

        /** Other parameters: DL4J's Adam with the same learning rate. */
        private Builder() {
            super(DEFAULT_LEARNING_RATE, 64, 10_000);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Largest decay of the gradient's average, which begins as the plain mean. Default 0.9 (kron_torch; psgd_torch: 0).
         *
         * @param value in [0, 1); 0 for none
         * @return this
         */
        public Builder momentum(double value) {
            this.momentum = value;
            return this;
        }

        /**
         * Whether the average is whitened rather than the gradient. Default no (psgd_torch). If so, steps are longer by
         * sqrt((1 + momentum) / (1 - momentum)) and the learning rate wants to be smaller by as much.
         *
         * @param value true for the average
         * @return this
         */
        public Builder whitenMomentum(boolean value) {
            this.whitenMomentum = value;
            return this;
        }

        /**
         * Geometry in which the factors move. Default {@link Geometry#Q05EQ15} (psgd_torch).
         *
         * @param value the geometry
         * @return this
         */
        public Builder geometry(Geometry value) {
            this.geometry = value;
            return this;
        }

        /**
         * Learning rate of the factors. Default 0.1 (psgd_torch).
         *
         * @param value in (0, 1)
         * @return this
         */
        public Builder preconditionerRate(double value) {
            this.preconditionerRate = value;
            return this;
        }

        /**
         * Decay of the Lipschitz bound of the factors' steps. Default 0.9; psgd_torch advises 0.999 for sparse gradients.
         *
         * @param value in [0, 1)
         * @return this
         */
        public Builder lipschitzDecay(double value) {
            this.lipschitzDecay = value;
            return this;
        }

        /**
         * Size of gradients that count as noise: the preconditioner stays below about 1 / damping. Default 1e-9 (psgd_torch).
         *
         * @param value at least 0, in units of the gradient
         * @return this
         */
        public Builder damping(double value) {
            this.damping = value;
            return this;
        }

        /**
         * Scale of Q at the start. Default 0: (mean G^4 + damping^4)^(-1/8) of a block's first gradient G, as psgd_torch has it
         * for the largest of all gradients.
         *
         * @param value at least 0
         * @return this
         */
        public Builder initialScale(double value) {
            this.initialScale = value;
            return this;
        }

        /**
         * A side of length n has a diagonal factor if n^2 exceeds this times the block's elements. Default 1 (psgd_torch): no
         * factor is larger than its block. 0 makes all factors diagonal.
         *
         * @param value at least 0; may be infinite
         * @return this
         */
        public Builder maxSkew(double value) {
            this.maxSkew = value;
            return this;
        }

        /**
         * When factors are updated, beginning with step 1. Default growing to every 10 steps. psgd_torch: every step;
         * kron_torch: with a probability that falls to 0.03 in 4000 steps.
         *
         * @param value schedule
         * @return this
         */
        public Builder updates(Period value) {
            this.updates = value;
            return this;
        }

        /**
         * The root mean square of a block's direction is cut to this. Default 2 (psgd_torch; kron_torch: 1.1).
         *
         * @param value greater than 0
         * @return this
         */
        public Builder largestRms(double value) {
            this.largestRms = value;
            return this;
        }

        /**
         * Elements of a direction are cut to this afterwards. Default 10 (psgd_torch).
         *
         * @param value greater than 0
         * @return this
         */
        public Builder largestElement(double value) {
            this.largestElement = value;
            return this;
        }

        private PsgdKronSettings settings() {
            return new PsgdKronSettings(
                    momentum,
                    whitenMomentum,
                    new Whitening(geometry, preconditionerRate, lipschitzDecay, damping),
                    initialScale,
                    maxSkew,
                    blockSize(),
                    maxDimension(),
                    updates,
                    largestRms,
                    largestElement,
                    strict(),
                    fallbackOr(1, new Adam()));
        }

        /**
         * Builds the configuration.
         *
         * @return the updater
         * @throws IllegalArgumentException if a value or a combination is not valid
         */
        public PsgdKron build() {
            return new PsgdKron(this);
        }
    }
}
