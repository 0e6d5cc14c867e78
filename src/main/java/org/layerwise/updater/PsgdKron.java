package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.layerwise.internal.precondition.PsgdMethod;
import org.layerwise.method.Coverage;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.settings.Whitening;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

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
public final class PsgdKron extends LayerwiseUpdater<PsgdKron.Settings> {
    /** Default learning rate: the reference implementation's. */
    public static final double DEFAULT_LEARNING_RATE = 0.001;

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
        super(builder, builder.settings());
    }

    @JsonCreator
    @SuppressWarnings("UnusedMethod") // JSON
    private PsgdKron(
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
            @JsonProperty("configuredRate") @Nullable Double configuredRate,
            @JsonProperty("settings") @Nullable Settings settings) {
        super(new Saved<>(learningRate, learningRateSchedule, configuredRate, settings));
    }

    private PsgdKron(PsgdKron from) {
        super(from);
    }

    @Override
    public PsgdKron clone() {
        return new PsgdKron(this);
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
     * Everything about the updater but its learning rate. See {@link Builder} for the meaning of each value.
     *
     * @param momentum largest decay of the gradient's average
     * @param whitenMomentum whether the average is whitened rather than the gradient
     * @param whitening how the factors follow the gradients
     * @param initialScale of the preconditioner's square root; 0 to take it from the first gradient
     * @param maxSkew how long a dense side may be for its block
     * @param blockSize most rows and columns of a block
     * @param maxDimension largest side of a matrix that is not diagonal
     * @param updates when factors are updated
     * @param largestRms of a block's direction
     * @param largestElement of a direction
     * @param failures what happens when numbers fail
     * @param fallback updater of all other parameters
     */
    public record Settings(
            @JsonProperty(value = "momentum", required = true) @RequiredInJson
            double momentum,

            @JsonProperty(value = "whitenMomentum", required = true) @RequiredInJson
            boolean whitenMomentum,

            @JsonProperty("whitening") Whitening whitening,

            @JsonProperty(value = "initialScale", required = true) @RequiredInJson
            double initialScale,

            @JsonProperty(value = "maxSkew", required = true) @RequiredInJson
            double maxSkew,

            @JsonProperty(value = "blockSize", required = true) @RequiredInJson
            int blockSize,

            @JsonProperty(value = "maxDimension", required = true) @RequiredInJson
            int maxDimension,

            @JsonProperty("updates") Period updates,

            @JsonProperty(value = "largestRms", required = true) @RequiredInJson
            double largestRms,

            @JsonProperty(value = "largestElement", required = true) @RequiredInJson
            double largestElement,

            @JsonProperty("failures") FailureHandling failures,
            @JsonProperty("fallback") Fallback fallback)
            implements UpdaterSettings, Serializable {
        /** Checks every value. {@inheritDoc} */
        public Settings {
            Require.present(whitening, "whitening");
            Require.present(updates, "updates");
            Require.present(failures, "failures");
            Require.present(fallback, "fallback");
            BlockLimits.requireDecay(momentum, "momentum");
            Require.argument(
                    !whitenMomentum || momentum > 0, "whitenMomentum needs momentum > 0, but it is %s", momentum);
            Require.nonNegative(initialScale, "initialScale");
            Require.argument(maxSkew >= 0, "maxSkew must be at least 0, but is %s", maxSkew);
            BlockLimits.requireValid(blockSize, maxDimension);
            Require.argument(largestRms > 0, "largestRms must be greater than 0, but is %s", largestRms);
            Require.argument(largestElement > 0, "largestElement must be greater than 0, but is %s", largestElement);
        }

        @Override
        public String methodName() {
            return "psgd-kron";
        }

        @Override
        public @Nullable Method method(Matrix matrix) {
            return matrix.role() == Role.VECTOR ? null : psgd(matrix);
        }

        private PsgdMethod psgd(Matrix matrix) {
            return new PsgdMethod(new PsgdMethod.Rules(
                    momentum,
                    whitenMomentum,
                    whitening,
                    initialScale,
                    maxSkew,
                    blockSize,
                    BlockLimits.allowsInputs(matrix, maxDimension),
                    matrix.columns() <= maxDimension,
                    updates,
                    largestRms,
                    largestElement));
        }

        @Override
        public Coverage coverage(Matrix matrix) {
            PsgdMethod psgd = psgd(matrix);
            double inputs = psgd.denseShare(matrix, false);
            double outputs = psgd.denseShare(matrix, true);
            return BlockLimits.coverageByShares(matrix, maxDimension, inputs, outputs);
        }
    }

    /** Builds a {@link PsgdKron}; every value is checked by {@link #build}. */
    public static final class Builder extends WhiteningBuilder<Builder> {
        private double momentum = 0.9;
        private boolean whitenMomentum;
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
        protected Builder self() {
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

        private Settings settings() {
            return new Settings(
                    momentum,
                    whitenMomentum,
                    whitening(),
                    initialScale,
                    maxSkew,
                    blockSize(),
                    maxDimension(),
                    updates,
                    largestRms,
                    largestElement,
                    failures(),
                    fallbackOr(1, new Adam()));
        }

        @Override
        public PsgdKron build() {
            return new PsgdKron(this);
        }
    }
}
