package org.layerwise.updater;

import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What the builders of all updaters have in common. Combinations are checked when the updater is built.
 *
 * @param <B> the builder itself
 */
public abstract sealed class UpdaterBuilder<B extends UpdaterBuilder<B>>
        permits BlockBuilder, KroneckerBuilder, Muon.Builder, Scion.Builder {
    private double learningRate;
    private @Nullable ISchedule schedule;
    private boolean strict;
    private @Nullable IUpdater fallback;

    UpdaterBuilder(double learningRate) {
        this.learningRate = learningRate;
    }

    abstract B self();

    /**
     * The learning rate.
     *
     * @param value at least 0
     * @return this
     */
    public final B learningRate(double value) {
        this.learningRate = Require.nonNegative(value, "learningRate");
        this.schedule = null;
        return self();
    }

    /**
     * A learning-rate schedule instead of a constant.
     *
     * @param value gives the learning rate of an iteration and epoch
     * @return this
     */
    public final B learningRate(ISchedule value) {
        this.learningRate = Double.NaN;
        this.schedule = value;
        return self();
    }

    /**
     * Whether numerical failures are thrown instead of survived. Default no.
     *
     * @param value true to throw
     * @return this
     */
    public final B strict(boolean value) {
        this.strict = value;
        return self();
    }

    /**
     * Updater of the parameters that cannot be preconditioned, with a learning rate of its own. Default Adam; each updater
     * says with which settings. Beside an updater that needs gradients alone the default's learning rate is a multiple of the
     * updater's own and follows its schedule and {@code net.setLearningRate}.
     *
     * @param value one of DL4J's updaters
     * @return this
     */
    public final B fallback(IUpdater value) {
        this.fallback = value;
        return self();
    }

    final double constantLearningRate() {
        return learningRate;
    }

    final @Nullable ISchedule schedule() {
        return schedule;
    }

    final boolean strict() {
        return strict;
    }

    /** The fallback that was asked for, else {@code other}. */
    final IUpdater fallbackOr(IUpdater other) {
        return fallback == null ? other : fallback;
    }

    /** The fallback that was asked for, else {@code other} at a multiple of this learning rate or schedule. */
    final Fallback fallbackOr(double multiple, IUpdater other) {
        return fallback == null ? Fallback.following(multiple, other) : Fallback.own(fallback);
    }
}
