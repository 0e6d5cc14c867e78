package org.layerwise.updater;

import org.jspecify.annotations.Nullable;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Sides;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * K-FAC: Kronecker-factored approximate curvature (Martens and Grosse 2015, arXiv 1503.05671).
 *
 * <p>For a layer with canonical gradient D [dA, dG] (weights [nIn, nOut] with the bias as last row), inputs x~ [dA] and
 * output gradients g [dG] of each example's own loss:
 *
 * <pre>
 *   A = E[x~ x~'],  G = E[g g']                      every {@code statistics} steps, averaged with {@code movingAverage}
 *   V = (A + alpha I)^-1 D (G + gamma I)^-1          inverses every {@code refresh} steps, alpha and gamma by {@code damping}
 *   nu = min(1, sqrt(klClip / sum over layers of lr^2 &lt;V, D&gt;))
 *   u = momentum u + lr nu V,   W = W - u
 * </pre>
 *
 * <p>Scales are canonical: the loss is summed over outputs and averaged over examples whatever DL4J's loss divides by, so
 * damping and clip mean the same for {@code LossMSE} and {@code LossL2}, and at every batch size.
 *
 * <p><b>When to use:</b> dense networks trained with batches of a few hundred or more, where Adam needs many steps:
 * autoencoders, regression, anisotropic inputs. <b>When not:</b> small batches on wide layers, where applying the inverse
 * costs more than the gradient (overhead about (dA + dG) / (3 batch) of a step), or losses that change abruptly.
 *
 * <p>Use: configure with {@code .updater(new Kfac(0.05))}, then call {@code Layerwise.attach(net)} after
 * {@code net.init()}. Layers that cannot be preconditioned use {@code fallback} (Adam).
 */
public final class Kfac extends LayerwiseUpdater<KroneckerSettings> {
    /** Default learning rate. */
    public static final double DEFAULT_LEARNING_RATE = 0.05;

    /** Default bound kappa of the KL clip. */
    public static final double DEFAULT_KL_CLIP = 0.01;

    /** Default damping lambda. */
    public static final double DEFAULT_DAMPING = 0.1;

    /** Creates the updater with all defaults. */
    public Kfac() {
        this(DEFAULT_LEARNING_RATE);
    }

    /**
     * Creates the updater with a learning rate.
     *
     * @param learningRate at least 0
     */
    public Kfac(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    /**
     * Creates the updater with a learning-rate schedule.
     *
     * @param learningRateSchedule gives the learning rate of an iteration and epoch
     */
    public Kfac(ISchedule learningRateSchedule) {
        this(builder().learningRate(learningRateSchedule));
    }

    private Kfac(Builder builder) {
        super(builder, builder.settings());
    }

    @JsonCreator
    @SuppressWarnings("UnusedMethod") // JSON
    private Kfac(
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
            @JsonProperty("configuredRate") @Nullable Double configuredRate,
            @JsonProperty("settings") @Nullable KroneckerSettings settings) {
        super(new Saved<>(learningRate, learningRateSchedule, configuredRate, settings));
    }

    private Kfac(Kfac from) {
        super(from);
    }

    @Override
    public Kfac clone() {
        return new Kfac(this);
    }

    /**
     * Starts a configuration from the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link Kfac}; every value is checked by {@link #build}. */
    public static final class Builder extends KroneckerBuilder<Builder> {
        private Sides sides = Sides.BOTH;
        private FisherEstimator fisher = FisherEstimator.monteCarlo(1, 42);
        private @Nullable Damping damping;
        private boolean eigenvalueCorrected;

        private Builder() {
            super(DEFAULT_LEARNING_RATE, DEFAULT_KL_CLIP);
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Which factors precondition. Default both.
         *
         * @param value both, input only or output only
         * @return this
         */
        public Builder sides(Sides value) {
            this.sides = value;
            return this;
        }

        /**
         * Whose gradients form the output factor. Default one Monte-Carlo sample. The Monte-Carlo and exact estimators
         * need losses with a known predictive distribution (MSE, L2, MCXENT or NLL with softmax, XENT with sigmoid); for
         * any other loss the empirical Fisher is used, and the plan says so.
         *
         * @param value the estimator
         * @return this
         */
        public Builder fisher(FisherEstimator value) {
            this.fisher = value;
            return this;
        }

        /**
         * Damping. Default factored Tikhonov with lambda {@value Kfac#DEFAULT_DAMPING}; exact with the same lambda for E-KFAC.
         *
         * @param value the damping
         * @return this
         */
        public Builder damping(Damping value) {
            this.damping = value;
            return this;
        }

        /**
         * Whether second moments in the eigenbasis replace the products of eigenvalues (E-KFAC, George et al. 2018,
         * arXiv 1806.03884). Default no. Needs {@link Damping#exact} or {@link Damping#relativeToTrace}.
         *
         * @param value true for E-KFAC
         * @return this
         */
        public Builder eigenvalueCorrected(boolean value) {
            this.eigenvalueCorrected = value;
            return this;
        }

        private KroneckerSettings settings() {
            Damping chosen = damping;
            if (chosen == null) {
                chosen = eigenvalueCorrected ? Damping.exact(DEFAULT_DAMPING) : Damping.factored(DEFAULT_DAMPING);
            }
            return settings(sides, fisher, chosen, eigenvalueCorrected);
        }

        @Override
        public Kfac build() {
            return new Kfac(this);
        }
    }
}
