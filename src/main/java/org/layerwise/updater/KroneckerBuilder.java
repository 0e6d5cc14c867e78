package org.layerwise.updater;

import org.layerwise.internal.Require;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.Period;
import org.layerwise.settings.Sides;
import org.layerwise.settings.StepRule;
import org.nd4j.linalg.learning.config.Adam;

/**
 * What the builders of {@link Kfac} and {@link Foof} have in common. Combinations are checked when the updater is built.
 *
 * @param <B> the builder itself
 */
abstract class KroneckerBuilder<B extends KroneckerBuilder<B>> extends LayerwiseUpdater.Builder<B> {
    /** A dense factor of that size is inverted in about a tenth of a second. */
    private static final int DEFAULT_LARGEST_BLOCK = 2048;

    private double movingAverage = 0.95;
    private Period statistics = Period.growingTo(10);
    private Period refresh = Period.growingTo(50);
    private double momentum = 0.9;
    private boolean nesterov;
    private double klClip;
    private int largestBlock = DEFAULT_LARGEST_BLOCK;
    private final double defaultLearningRate;

    KroneckerBuilder(double learningRate, double klClip) {
        super(learningRate);
        this.defaultLearningRate = learningRate;
        this.klClip = klClip;
    }

    /**
     * Decay of the factors' exactly debiased moving average, per statistics step. Default 0.95; 0 uses each
     * statistics batch alone.
     *
     * @param value in [0, 1)
     * @return this
     */
    public final B movingAverage(double value) {
        this.movingAverage = value;
        return self();
    }

    /**
     * When statistics are taken. Default growing to every 10 steps.
     *
     * @param value the period
     * @return this
     */
    public final B statistics(Period value) {
        this.statistics = value;
        return self();
    }

    /**
     * When the inverse is computed. Default growing to every 50 steps.
     *
     * @param value the period
     * @return this
     */
    public final B refresh(Period value) {
        this.refresh = value;
        return self();
    }

    /**
     * Momentum on the preconditioned gradient. Default 0.9.
     *
     * @param value in [0, 1); 0 for none
     * @return this
     */
    public final B momentum(double value) {
        this.momentum = value;
        return self();
    }

    /**
     * Whether the momentum is Nesterov's. Default no.
     *
     * @param value true for Nesterov
     * @return this
     */
    public final B nesterov(boolean value) {
        this.nesterov = value;
        return self();
    }

    /**
     * Bound kappa of the step's squared Fisher length over the whole network, in units of the canonical loss. Default
     * {@value Kfac#DEFAULT_KL_CLIP} for K-FAC, {@value Foof#DEFAULT_KL_CLIP} for FOOF. Smaller for small batches, larger for losses summed over many
     * outputs.
     *
     * @param value greater than 0
     * @return this
     */
    public final B klClip(double value) {
        this.klClip = Require.positive(value, "klClip");
        return self();
    }

    /**
     * Turns the KL clip off.
     *
     * @return this
     */
    public final B withoutKlClip() {
        this.klClip = 0;
        return self();
    }

    /**
     * Largest block of a factor. A side of a matrix that is longer has a block-diagonal factor: equal blocks of consecutive
     * inputs or outputs, at most this long and at most twice as long as the other side (but not below 256), so that its state is
     * about two numbers a parameter. Default {@value #DEFAULT_LARGEST_BLOCK}. Exact damping and E-KFAC keep dense factors.
     *
     * @param value at least 1
     * @return this
     */
    public final B largestBlock(int value) {
        this.largestBlock = value;
        return self();
    }

    /**
     * Dense factors whatever their size, as published.
     *
     * @return this
     */
    public final B withoutBlocks() {
        return largestBlock(Integer.MAX_VALUE);
    }

    /** The default fallback has Adam's own default rate where the updater has its. */
    final KroneckerSettings settings(
            Sides sides, FisherEstimator fisher, Damping damping, boolean eigenvalueCorrected) {
        return new KroneckerSettings(
                sides,
                fisher,
                damping,
                movingAverage,
                statistics,
                refresh,
                new Momentum(momentum, false, nesterov),
                klClip > 0 ? StepRule.klClip(klClip) : StepRule.independent(),
                eigenvalueCorrected,
                largestBlock,
                failures(),
                fallbackOr(Adam.DEFAULT_ADAM_LEARNING_RATE / defaultLearningRate, new Adam()));
    }
}
