package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.layerwise.internal.precondition.ShampooMethod;
import org.layerwise.method.Coverage;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
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
public final class Shampoo extends LayerwiseUpdater<Shampoo.Settings> {
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
        super(builder, builder.settings());
    }

    @JsonCreator
    @SuppressWarnings("UnusedMethod") // JSON
    private Shampoo(
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
            @JsonProperty("configuredRate") @Nullable Double configuredRate,
            @JsonProperty("settings") @Nullable Settings settings) {
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

    /**
     * Everything about the updater but its learning rate. See {@link Builder} for the meaning of each value.
     *
     * @param momentum decay of the gradient's average
     * @param lookAhead decay with which the newest gradient is averaged in
     * @param factorDecay decay of the factors
     * @param grafting whose step length is taken over
     * @param root how the factors' roots are computed
     * @param inputExponent of the inputs' side
     * @param outputExponent of the outputs' side
     * @param traceScaling whether factors are divided by the root of their trace
     * @param blockSize most rows and columns of a block
     * @param maxDimension largest side of a matrix that is preconditioned
     * @param startStep step of the first roots; 0 for the first that {@code refresh} has
     * @param statistics when factors are updated
     * @param refresh when roots are computed
     * @param failures what happens when numbers fail
     * @param fallback updater of all other parameters
     */
    public record Settings(
            @JsonProperty(value = "momentum", required = true) @RequiredInJson
            double momentum,

            @JsonProperty(value = "lookAhead", required = true) @RequiredInJson
            double lookAhead,

            @JsonProperty(value = "factorDecay", required = true) @RequiredInJson
            double factorDecay,

            @JsonProperty("grafting") Grafting grafting,
            @JsonProperty("root") InverseRoot root,

            @JsonProperty(value = "inputExponent", required = true) @RequiredInJson
            double inputExponent,

            @JsonProperty(value = "outputExponent", required = true) @RequiredInJson
            double outputExponent,

            @JsonProperty(value = "traceScaling", required = true) @RequiredInJson
            boolean traceScaling,

            @JsonProperty(value = "blockSize", required = true) @RequiredInJson
            int blockSize,

            @JsonProperty(value = "maxDimension", required = true) @RequiredInJson
            int maxDimension,

            @JsonProperty(value = "startStep", required = true) @RequiredInJson
            int startStep,

            @JsonProperty("statistics") Period statistics,
            @JsonProperty("refresh") Period refresh,
            @JsonProperty("failures") FailureHandling failures,
            @JsonProperty("fallback") Fallback fallback)
            implements UpdaterSettings, Serializable {
        /** With the identity on the other side, AdaGrad's square root is all on this one. */
        private static final double ONE_SIDED = 0.5;

        /** Checks every value. {@inheritDoc} */
        public Settings {
            Require.present(grafting, "grafting");
            Require.present(root, "root");
            Require.present(statistics, "statistics");
            Require.present(refresh, "refresh");
            Require.present(failures, "failures");
            Require.present(fallback, "fallback");
            BlockLimits.requireDecay(momentum, "momentum");
            BlockLimits.requireDecay(lookAhead, "lookAhead");
            Require.argument(
                    lookAhead == 0 || momentum > 0,
                    "lookAhead %s needs momentum > 0, but it is %s",
                    lookAhead,
                    momentum);
            Require.argument(
                    factorDecay >= 0 && factorDecay <= 1, "factorDecay must be in [0, 1], but is %s", factorDecay);
            requireExponent(root, inputExponent, "inputExponent");
            requireExponent(root, outputExponent, "outputExponent");
            BlockLimits.requireValid(blockSize, maxDimension);
            Require.argument(startStep >= 0, "startStep must be at least 0, but is %s", startStep);
        }

        private static void requireExponent(InverseRoot root, double exponent, String name) {
            if (Require.nonNegative(exponent, name) > 0) {
                root.requireExponent(exponent);
            }
        }

        @Override
        public String methodName() {
            return "shampoo";
        }

        @Override
        public @Nullable Method method(Matrix matrix) {
            if (matrix.role() == Role.VECTOR) {
                return null;
            }
            boolean input = BlockLimits.allowsInputs(matrix, maxDimension);
            boolean output = matrix.columns() <= maxDimension;
            return new ShampooMethod(new ShampooMethod.Rules(
                    momentum,
                    lookAhead,
                    factorDecay,
                    grafting,
                    root(),
                    exponent(inputExponent, input, output),
                    exponent(outputExponent, output, input),
                    traceScaling(),
                    blockSize,
                    startStep == 0 ? refresh.next(0) : startStep,
                    statistics,
                    refresh));
        }

        @Override
        public Coverage coverage(Matrix matrix) {
            Coverage within = BlockLimits.coverage(matrix, maxDimension, blockSize);
            return within.any()
                    ? Coverage.of(
                            within.inputs() && inputExponent > 0,
                            within.outputs() && outputExponent > 0,
                            "steps by the graft alone")
                    : within;
        }

        /** A side that is left alone hands its part of the root to the other. */
        private static double exponent(double asked, boolean thisSide, boolean otherSide) {
            if (!thisSide || asked == 0) {
                return 0;
            }
            return otherSide ? asked : ONE_SIDED;
        }
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
        protected Builder self() {
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

        private Settings settings() {
            return new Settings(
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

        @Override
        public Shampoo build() {
            return new Shampoo(this);
        }
    }
}
