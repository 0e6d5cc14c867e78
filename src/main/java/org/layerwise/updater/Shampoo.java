package org.layerwise.updater;

import org.jspecify.annotations.Nullable;
import org.layerwise.layout.ParameterLayout;
import org.layerwise.linalg.InverseRoot;
import org.layerwise.precondition.Grafting;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;

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
public final class Shampoo extends GradientOnlyUpdater {
    /** Default learning rate, that of DL4J's Adam, whose step lengths are grafted. */
    public static final double DEFAULT_LEARNING_RATE = 0.001;

    private ShampooSettings settings;

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
        super(builder.constantLearningRate(), builder.schedule(), null);
        this.settings = builder.settings();
    }

    private Shampoo(Shampoo from, @Nullable ParameterLayout layout) {
        super(from.constantLearningRate(), from.schedule(), layout);
        this.settings = from.settings;
    }

    @Override
    Shampoo copy(@Nullable ParameterLayout newLayout) {
        return new Shampoo(this, newLayout);
    }

    @Override
    GradientOnlySettings rules() {
        return settings;
    }

    @Override
    public ShampooSettings settings() {
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
    public static final class Builder extends BlockBuilder<Builder> {
        private double momentum = 0.9;
        private @Nullable Double lookAhead;
        private double factorDecay = 0.99;
        private Grafting grafting = Grafting.adam(0.999, 1e-8);
        private InverseRoot root = InverseRoot.relative(1e-6);
        private double inputExponent = 0.25;
        private double outputExponent = 0.25;
        private boolean traceScaling;
        private int startStep;
        private Period statistics = Period.growingTo(10);
        private Period refresh = Period.geometric(8, 512);

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

        /**
         * How the factors' roots are computed. Default: by eigenvalues, with a floor of 1e-6 times the largest, as in Google's
         * implementation. Meta adds an absolute 1e-12, with which directions that gradients never took get steps that depend
         * on the floor alone.
         *
         * @param value the root
         * @return this
         */
        public Builder root(InverseRoot value) {
            this.root = value;
            return this;
        }

        /**
         * Exponents of both sides. Default 1/4; 1/2 is Shampoo squared (Morwani et al. 2024, arXiv 2406.17748).
         *
         * @param value at least 0
         * @return this
         */
        public Builder exponent(double value) {
            return inputExponent(value).outputExponent(value);
        }

        /**
         * Exponent of the inputs' side alone. With 0 Shampoo is one-sided, and the other side's exponent should be 1/2. A side
         * with exponent 0 is not cut into blocks.
         *
         * @param value at least 0
         * @return this
         */
        public Builder inputExponent(double value) {
            this.inputExponent = value;
            return this;
        }

        /**
         * Exponent of the outputs' side alone. Embeddings have 1/2 here and 0 on the inputs' side, unless this is 0: then they
         * step by the graft alone.
         *
         * @param value at least 0
         * @return this
         */
        public Builder outputExponent(double value) {
            this.outputExponent = value;
            return this;
        }

        /**
         * Divides each factor by the root of its trace before its root is taken. A and B have the same trace, so that the step
         * is (A x B / tr A)^-exponent G with x the Kronecker product: AdaGrad's full matrix, as well as A x B can match it
         * (Morwani et al. 2024). It sets the length of steps, which a graft overrides: of use with {@link Grafting#none}. Default
         * false.
         *
         * @param value whether to divide
         * @return this
         */
        public Builder traceScaling(boolean value) {
            this.traceScaling = value;
            return this;
        }

        /**
         * Step of the first roots, counted from 1. Default 0: the first step after the start that {@link #refresh} has,
         * that is 8 for the default, k for {@code every(k)}. A start of its own does not shift the later ones: after 3,
         * {@code every(2)} has 4, 6, 8, ..., as in Meta's implementation.
         *
         * @param value at least 0
         * @return this
         */
        public Builder startStep(int value) {
            this.startStep = value;
            return this;
        }

        /**
         * When the factors are updated, beginning with step 1. Default growing to every 10 steps: at every step until roots
         * are computed first, which then rest on 8 gradients; Meta does it at every step.
         *
         * @param value schedule
         * @return this
         */
        public Builder statistics(Period value) {
            this.statistics = value;
            return this;
        }

        /**
         * When roots are computed after the first time. Default steps 8, 16, 32, ..., at most 512 apart; Meta recommends every
         * 100 steps.
         *
         * @param value schedule
         * @return this
         */
        public Builder refresh(Period value) {
            this.refresh = value;
            return this;
        }

        private ShampooSettings settings() {
            return new ShampooSettings(
                    momentum,
                    lookAhead == null ? momentum : lookAhead,
                    factorDecay,
                    grafting,
                    root,
                    inputExponent,
                    outputExponent,
                    traceScaling,
                    blockSize(),
                    maxDimension(),
                    startStep,
                    statistics,
                    refresh,
                    strict(),
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
