package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.layerwise.internal.precondition.EigenvalueCorrectedMethod;
import org.layerwise.internal.precondition.SoapMethod;
import org.layerwise.method.Coverage;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * SOAP: Adam in the eigenbasis of Shampoo's factors (Vyas et al. 2024, arXiv 2409.11321).
 *
 * <pre>
 *   g = Q_L' G Q_R,   m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *   W = W - lr sqrt(1 - beta2^t) / (1 - beta1^t) Q_L (m / (sqrt(v) + epsilon)) Q_R'
 *   then:  L = decay L + (1 - decay) G G',  R = decay R + (1 - decay) G' G
 *   and, if due:  Q = qr(L Q) sorted by eigenvalue, m rotated and v permuted with it; likewise for R
 * </pre>
 *
 * <p>The order matters: a step uses the basis that earlier gradients made, the first gradient only builds it, and with
 * beta1 = beta2 no step's root mean square exceeds about the learning rate (with 0.9 and 0.999 three times that, as in Adam, and
 * just after a refresh more). A learning rate that suits Adam suits this, or up to three times as much.
 *
 * <p>A matrix is cut into blocks of at most {@link Builder#blockSize} rows and columns, each with factors of its own: the state is
 * six numbers a parameter where blocks are square, more where they are narrow, and work and memory stay linear in the
 * parameters. Biases and gains are served by the fallback updater, by default Adam with the same learning rate, decays and
 * epsilon; embeddings are rotated on the side of their fan-out only, convolutions are matrices [inputs at all kernel positions,
 * outputs], the gates of an LSTM matrices of their own.
 *
 * <p>Weight decay is DL4J's: {@code .weightDecay(0.01)} on a layer subtracts lr * 0.01 * W beside the step. The reference
 * implementation decays the weights that the step has moved, and none at the first gradient: a difference of lr * 0.01 of a
 * step.
 *
 * <p><b>When to use:</b> in place of Adam wherever matrices hold most parameters. <b>When not:</b> where a step must cost as
 * little as Adam's: the four products a block cost 8 blockSize operations a parameter, two thirds of forward and backward
 * pass at batch 128 and block size 64, a twelfth at batch 1024. Replicas' eigenbases cannot be averaged: they are rebuilt and
 * moments start from zero, so build {@code ParallelWrapper} with {@code averageUpdaters(false)}.
 */
public final class Soap extends LayerwiseUpdater<Soap.Settings> {
    /** Default learning rate: the reference implementation's. */
    public static final double DEFAULT_LEARNING_RATE = 0.003;

    /** Which of two published orders of the same operations to follow. */
    public enum Variant {
        /** Vyas et al.: step in the basis of earlier gradients, then refresh it. */
        SOAP,
        /**
         * Eigenvalue-corrected Shampoo of Meta's Distributed Shampoo: refresh the basis by
         * an eigendecomposition, then step in it; the momentum is not rotated, second moments are not permuted, the first
         * gradient moves the weights, and before the first refresh the basis is the identity, which leaves Adam.
         */
        ESHAMPOO,
        /**
         * The same with one step of the QR algorithm for a refresh. Frequent refreshes are dangerous: with one at every step the
         * second step of an 8 by 16 layer was 400000 times the learning rate in the reference implementation.
         */
        ESHAMPOO_QR
    }

    /** Creates the updater with all defaults. */
    public Soap() {
        this(DEFAULT_LEARNING_RATE);
    }

    /**
     * Creates the updater with a learning rate.
     *
     * @param learningRate at least 0
     */
    public Soap(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    /**
     * Creates the updater with a learning-rate schedule.
     *
     * @param learningRateSchedule gives the learning rate of an iteration and epoch
     */
    public Soap(ISchedule learningRateSchedule) {
        this(builder().learningRate(learningRateSchedule));
    }

    private Soap(Builder builder) {
        super(builder, builder.settings());
    }

    @JsonCreator
    @SuppressWarnings("UnusedMethod") // JSON
    private Soap(
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
            @JsonProperty("configuredRate") @Nullable Double configuredRate,
            @JsonProperty("settings") @Nullable Settings settings) {
        super(new Saved<>(learningRate, learningRateSchedule, configuredRate, settings));
    }

    private Soap(Soap from) {
        super(from);
    }

    @Override
    public Soap clone() {
        return new Soap(this);
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
     * Starts a configuration as Meta's Distributed Shampoo has its eigenvalue-corrected variant: decays 0.9 and 0.999, blocks up to
     * 1024, statistics at every step, eigendecompositions every 100 steps.
     *
     * @return a builder
     */
    public static Builder eigenvalueCorrectedShampoo() {
        return new Builder()
                .variant(Variant.ESHAMPOO)
                .beta1(0.9)
                .beta2(0.999)
                .blockSize(1024)
                .statistics(Period.every(1))
                .refresh(Period.every(100));
    }

    /**
     * Everything about the updater but its learning rate. See {@link Builder} for the meaning of each value.
     *
     * @param variant order of operations
     * @param beta1 decay of the first moments
     * @param beta2 decay of the second moments
     * @param factorDecay decay of the factors
     * @param epsilon added to the root of the second moments
     * @param blockSize largest side of a block
     * @param maxDimension largest side of a matrix that is rotated
     * @param statistics when the factors are averaged
     * @param refresh when eigenbases are refreshed
     * @param spreadRefreshes whether the blocks of a matrix are refreshed in turn
     * @param failures what happens when numbers fail
     * @param fallback updater of all other parameters
     */
    public record Settings(
            @JsonProperty("variant") Variant variant,

            @JsonProperty(value = "beta1", required = true) @RequiredInJson
            double beta1,

            @JsonProperty(value = "beta2", required = true) @RequiredInJson
            double beta2,

            @JsonProperty(value = "factorDecay", required = true) @RequiredInJson
            double factorDecay,

            @JsonProperty(value = "epsilon", required = true) @RequiredInJson
            double epsilon,

            @JsonProperty(value = "blockSize", required = true) @RequiredInJson
            int blockSize,

            @JsonProperty(value = "maxDimension", required = true) @RequiredInJson
            int maxDimension,

            @JsonProperty("statistics") Period statistics,
            @JsonProperty("refresh") Period refresh,

            @JsonProperty(value = "spreadRefreshes", required = true) @RequiredInJson
            boolean spreadRefreshes,

            @JsonProperty("failures") FailureHandling failures,
            @JsonProperty("fallback") Fallback fallback)
            implements UpdaterSettings, Serializable {
        /** Checks every value. {@inheritDoc} */
        public Settings {
            Require.present(variant, "variant");
            Require.present(statistics, "statistics");
            Require.present(refresh, "refresh");
            Require.present(failures, "failures");
            Require.present(fallback, "fallback");
            BlockLimits.requireDecay(beta1, "beta1");
            BlockLimits.requireDecay(beta2, "beta2");
            BlockLimits.requireDecay(factorDecay, "factorDecay");
            Require.positive(epsilon, "epsilon");
            BlockLimits.requireValid(blockSize, maxDimension);
        }

        @Override
        public String methodName() {
            return switch (variant) {
                case SOAP -> "soap";
                case ESHAMPOO -> "eshampoo";
                case ESHAMPOO_QR -> "eshampoo-qr";
            };
        }

        @Override
        public @Nullable Method method(Matrix matrix) {
            if (matrix.role() == Role.VECTOR) {
                return null;
            }
            SoapMethod.Rules rules = new SoapMethod.Rules(
                    beta1,
                    beta2,
                    factorDecay,
                    epsilon,
                    blockSize,
                    BlockLimits.allowsInputs(matrix, maxDimension),
                    matrix.columns() <= maxDimension,
                    statistics,
                    refresh,
                    spreadRefreshes);
            return switch (variant) {
                case SOAP -> new SoapMethod(rules);
                case ESHAMPOO -> new EigenvalueCorrectedMethod(rules, false);
                case ESHAMPOO_QR -> new EigenvalueCorrectedMethod(rules, true);
            };
        }

        @Override
        public Coverage coverage(Matrix matrix) {
            return BlockLimits.coverage(matrix, maxDimension, blockSize);
        }
    }

    /** Builds a {@link Soap}; every value is checked by {@link #build}. */
    public static final class Builder extends FactorBuilder<Builder> {
        private Variant variant = Variant.SOAP;
        private double beta1 = 0.95;
        private double beta2 = 0.95;
        private double factorDecay = Double.NaN;
        private double epsilon = 1e-8;
        private boolean spreadRefreshes = true;

        /** What SOAP is to a vector, and the reference's choice: Adam with the same rate, decays and epsilon. */
        private Builder() {
            super(DEFAULT_LEARNING_RATE, 64, 10_000);
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * The order of operations. Default {@link Variant#SOAP}, which never steps in a basis that knows the gradient.
         *
         * @param value the variant
         * @return this
         */
        public Builder variant(Variant value) {
            this.variant = value;
            return this;
        }

        /**
         * Decay of the first moments. Default 0.95 (reference implementation).
         *
         * @param value in [0, 1)
         * @return this
         */
        public Builder beta1(double value) {
            this.beta1 = value;
            return this;
        }

        /**
         * Decay of the second moments. Default 0.95 (reference implementation).
         *
         * @param value in [0, 1)
         * @return this
         */
        public Builder beta2(double value) {
            this.beta2 = value;
            return this;
        }

        /**
         * Decay of the factors, per statistics step. Default {@link #beta2} (reference implementation).
         *
         * @param value in [0, 1)
         * @return this
         */
        public Builder factorDecay(double value) {
            this.factorDecay = Require.nonNegative(value, "factorDecay");
            return this;
        }

        /**
         * Added to the root of the second moments. Default 1e-8 (reference implementation).
         *
         * @param value greater than 0
         * @return this
         */
        public Builder epsilon(double value) {
            this.epsilon = value;
            return this;
        }

        /**
         * Whether the blocks of a matrix are refreshed in turn until the next refresh is due, so that no step is slow.
         * Default yes; otherwise all in the step that the period names.
         *
         * @param value false for all at once
         * @return this
         */
        public Builder spreadRefreshes(boolean value) {
            this.spreadRefreshes = value;
            return this;
        }

        private Settings settings() {
            return new Settings(
                    variant,
                    beta1,
                    beta2,
                    Double.isNaN(factorDecay) ? beta2 : factorDecay,
                    epsilon,
                    blockSize(),
                    maxDimension(),
                    statistics(),
                    refresh(),
                    spreadRefreshes,
                    failures(),
                    fallbackOr(1, new Adam(1, beta1, beta2, epsilon)));
        }

        @Override
        public Soap build() {
            return new Soap(this);
        }
    }
}
