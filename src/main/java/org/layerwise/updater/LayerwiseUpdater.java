package org.layerwise.updater;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What all updaters of this library have in common as DL4J configurations: a learning rate or schedule, which DL4J may
 * set, immutable settings, and the layout of the one layer that {@code Layerwise.attach} binds a copy to. Equality covers
 * the layout, so that DL4J never merges two layers into one updater block.
 */
public abstract sealed class LayerwiseUpdater implements IUpdater permits KroneckerUpdater, GradientOnlyUpdater {
    private double learningRate;
    private @Nullable ISchedule learningRateSchedule;

    LayerwiseUpdater(double learningRate, @Nullable ISchedule learningRateSchedule) {
        if (learningRateSchedule == null) {
            Require.nonNegative(learningRate, "learningRate");
        }
        this.learningRate = learningRate;
        this.learningRateSchedule = learningRateSchedule;
    }

    /**
     * The settings but for the learning rate.
     *
     * @return immutable settings
     */
    public abstract Record settings();

    /**
     * The layer that this configuration is bound to.
     *
     * @return its layout; null if not bound
     */
    public abstract @Nullable Record layout();

    /**
     * The updater of the parameters that cannot be preconditioned.
     *
     * @return one of DL4J's updaters; not a copy
     */
    public abstract IUpdater fallback();

    /**
     * Whether another updater is equal but for the learning rate, which is not part of the state.
     *
     * @param other any updater
     * @return true if both have the same class, settings and layout
     */
    public final boolean sameMethod(@Nullable IUpdater other) {
        return other instanceof LayerwiseUpdater that
                && getClass() == that.getClass()
                && settings().equals(that.settings())
                && Objects.equals(layout(), that.layout());
    }

    @Override
    public final double getLearningRate(int iteration, int epoch) {
        return learningRateSchedule == null ? learningRate : learningRateSchedule.valueAt(iteration, epoch);
    }

    /**
     * The part of a layer's state that is attributed to some of its parameters. DL4J asks for each parameter array by its
     * length alone and adds the answers, and takes every state apart into whole multiples of the parameters when it rebuilds
     * its updater blocks ({@code net.setLearningRate}): so the state is spread evenly and rounded up.
     */
    static long spread(long state, long parameters, long some) {
        return some * ((state + parameters - 1) / parameters);
    }

    static void requirePlain(IUpdater fallback) {
        Require.argument(
                !(fallback instanceof LayerwiseUpdater),
                "The fallback updater must be one of DL4J's, but is %s",
                fallback);
    }

    /** The learning rate of a step, checked, since schedules may turn negative or NaN. */
    final double checkedLearningRate(String place, int iteration, int epoch) {
        return Require.nonNegative(
                getLearningRate(iteration, epoch), "The learning rate of " + place + " at iteration " + iteration);
    }

    @Override
    public final boolean hasLearningRate() {
        return true;
    }

    @Override
    public final void setLrAndSchedule(double lr, @Nullable ISchedule lrSchedule) {
        this.learningRate = lr;
        this.learningRateSchedule = lrSchedule;
    }

    final double constantLearningRate() {
        return learningRate;
    }

    final @Nullable ISchedule schedule() {
        return learningRateSchedule == null ? null : learningRateSchedule.clone();
    }

    @Override
    public abstract LayerwiseUpdater clone();

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof LayerwiseUpdater that
                && sameMethod(that)
                && Double.compare(learningRate, that.learningRate) == 0
                && Objects.equals(learningRateSchedule, that.learningRateSchedule);
    }

    @Override
    public final int hashCode() {
        return Objects.hash(getClass(), learningRate, learningRateSchedule, settings(), layout());
    }

    @Override
    public final String toString() {
        Record layout = layout();
        return String.format(
                "%s(learningRate=%s, %s%s)",
                getClass().getSimpleName(),
                learningRateSchedule == null ? learningRate : learningRateSchedule,
                settings(),
                layout == null ? "" : ", " + layout);
    }
}
