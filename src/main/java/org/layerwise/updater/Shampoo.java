package org.layerwise.updater;

import org.jspecify.annotations.Nullable;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.Period;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Shampoo with grafting (Gupta et al. 2018, arXiv 1802.09568; Anil et al. 2020, arXiv 2002.09018; as in Meta's Distributed
 * Shampoo, Shi et al. 2023, arXiv 2309.06497), block by block:
 *
 * <pre>
 *   A = average of G G',   B = average of G' G,   Gb = average of G          (corrected for their start at zero)
 *   P = A^-1/4 Gb B^-1/4
 *   W = W - lr P |D| / |P|                                                   D: what Adam, say, would step along
 * </pre>
 *
 * <p>G has shape [fanIn, fanOut]: A belongs to the inputs, B to the outputs. Each matrix is cut into blocks, which are
 * preconditioned and grafted on their own. The factors are updated every few steps and their roots computed more rarely; a
 * step costs two products. Blocks take turns, so that no step computes all roots, where the schedule leaves room. Before its
 * first roots a block steps along D alone; so does one whose gradient has been zero, and one whose roots fail. Roots of exponent
 * 0 leave a side alone; if both are 0, all steps are those of the graft.
 *
 * <p>An embedding, one row a word, is preconditioned on the side of its fan-out only, P = Gb B^-1/2, with one B for all words:
 * a word without gradient moves with its momentum alone. Other wide sides need no limit by default, since blocks keep work and
 * state in proportion to the weights.
 *
 * <p>With Adam's graft the learning rate that suits Adam suits Shampoo. Biases and gains are served by the fallback updater, by
 * default Adam with the same learning rate.
 *
 * <p>Weight decay is DL4J's: {@code .weightDecay(0.1)} on a layer (DL4J M2.1 applies one of the network twice) subtracts lr *
 * 0.1 * W beside the step, with W from before the step: the reference's decoupled decay.
 *
 * <p><b>When to use:</b> in place of Adam, for fewer steps at a small cost per step: half the products of the methods that work
 * in an eigenbasis. <b>When not:</b> layers of a few thousand weights, which need little; gradients in single precision far
 * below 1e-15, whose squares vanish (such blocks step by the graft alone).
 */
public final class Shampoo extends LayerwiseUpdater<ShampooSettings> {
    /** Default learning rate, that of DL4J's Adam, whose step lengths are grafted. */
    public static final double DEFAULT_LEARNING_RATE = 0.001;

    /** Creates the updater with all defaults. */
    public Shampoo() {
        this(DEFAULT_LEARNING_RATE);
    }

    /**
     * Creates the updater with a learning rate.
     *
     * @param learningRate at least 0
     */
    public Shampoo(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    /**
     * Creates the updater with a learning-rate schedule.
     *
     * @param learningRateSchedule gives the learning rate of an iteration and epoch
     */
    public Shampoo(ISchedule learningRateSchedule) {
        this(builder().learningRate(learningRateSchedule));
    }

    private Shampoo(Builder builder) {
        super(builder.constantLearningRate(), builder.schedule(), builder.settings());
    }

    @JsonCreator
    @SuppressWarnings("UnusedMethod") // JSON
    private Shampoo(
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
            @JsonProperty("configuredRate") @Nullable Double configuredRate,
            @JsonProperty("settings") @Nullable ShampooSettings settings) {
        super(new Saved<>(learningRate, learningRateSchedule, configuredRate, settings));
    }

    private Shampoo(Shampoo from) {
        super(from);
    }

    @Override
    public Shampoo clone() {
        return new Shampoo(this);
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
     * Starts a configuration as Meta recommends it in place of Adam: blocks up to 8192, statistics at every step with decay
     * 0.999, roots every 100 steps, the first at step 100, an absolute epsilon of 1e-12.
     *
     * @return a builder
     */
    public static Builder published() {
        return new Builder()
                .blockSize(8192)
                .factorDecay(0.999)
                .statistics(Period.every(1))
                .refresh(Period.every(100))
                .root(InverseRoot.absolute(1e-12));
    }

    /** Builds a {@link Shampoo}; every value is checked by {@link #build}. */
    public static final class Builder extends RootBuilder<Builder> {
        private double momentum = 0.9;
        private @Nullable Double lookAhead;
        private double factorDecay = 0.99;
        private Grafting grafting = Grafting.adam(0.999, 1e-8);

        /** Other parameters: DL4J's Adam with the same learning rate. */
        private Builder() {
            super(DEFAULT_LEARNING_RATE, 128, Integer.MAX_VALUE);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Decay of the gradient's average, corrected for its start at zero. Default 0.9 (Adam, Meta).
         *
         * @param value in [0, 1); 0 for none
         * @return this
         */
        public Builder momentum(double value) {
            this.momentum = value;
            return this;
        }

        /**
         * Decay with which the newest gradient is averaged into the momentum of the step before, Meta's beta3. Default as
         * {@link #momentum}, which is the ordinary average; the square of the momentum gives NAdam's look-ahead.
         *
         * @param value in [0, 1)
         * @return this
         */
        public Builder lookAhead(double value) {
            this.lookAhead = value;
            return this;
        }

        /**
         * Decay of the factors between two statistics; 1 for sums, as in AdaGrad. Averages are corrected for their start at
         * zero. Default 0.99: with statistics every 10 steps about Adam's 0.999 a step, which Meta recommends.
         *
         * @param value in [0, 1]
         * @return this
         */
        public Builder factorDecay(double value) {
            this.factorDecay = value;
            return this;
        }

        /**
         * Whose step length is taken over. Default Adam's, with decay 0.999 and epsilon 1e-8. Meta's advice is the method that
         * the learning rate was tuned for.
         *
         * @param value the method
         * @return this
         */
        public Builder grafting(Grafting value) {
            this.grafting = value;
            return this;
        }

        private ShampooSettings settings() {
            return new ShampooSettings(
                    momentum,
                    lookAhead == null ? momentum : lookAhead,
                    factorDecay,
                    grafting,
                    root(),
                    inputExponent(),
                    outputExponent(),
                    traceScaling(),
                    blockSize(),
                    maxDimension(),
                    startStep(),
                    statistics(),
                    refresh(),
                    failures(),
                    fallbackOr(1, new Adam()));
        }

        /**
         * Builds the configuration.
         *
         * @return the updater
         * @throws IllegalArgumentException if a value or a combination is not valid
         */
        public Shampoo build() {
            return new Shampoo(this);
        }
    }
}
