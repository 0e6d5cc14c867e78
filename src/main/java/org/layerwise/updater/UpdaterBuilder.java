package org.layerwise.updater;

import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What the builders of all updaters have in common. Combinations are checked when the updater is built.
 *
 * @param <B> the builder itself
 */
abstract class UpdaterBuilder<B extends UpdaterBuilder<B>> {
    private double learningRate;
    private @Nullable ISchedule schedule;
    private boolean strict;
    private int patience = FailureHandling.DEFAULT_PATIENCE;
    private boolean halts;
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
        Require.present(value, "learningRate");
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
     * How many steps in a row a layer may skip before that is an error in the log. Default
     * {@value FailureHandling#DEFAULT_PATIENCE}.
     *
     * @param value at least 1
     * @return this
     */
    public final B patience(int value) {
        Require.argument(value >= 1, "patience must be at least 1 step, but is %s", value);
        this.patience = value;
        return self();
    }

    /**
     * Whether training ends with an exception when patience does. Default no.
     *
     * @param value true to throw
     * @return this
     */
    public final B haltWhenStalled(boolean value) {
        this.halts = value;
        return self();
    }

    /**
     * Updater of the parameters that cannot be preconditioned, with a learning rate of its own. Default Adam; each updater
     * says with which settings, and with which multiple of the learning rate, schedules and {@code net.setLearningRate}
     * included.
     *
     * @param value one of DL4J's updaters
     * @return this
     */
    public final B fallback(IUpdater value) {
        Require.present(value, "fallback");
        this.fallback = value;
        return self();
    }

    final double constantLearningRate() {
        return learningRate;
    }

    final @Nullable ISchedule schedule() {
        return schedule;
    }

    final FailureHandling failures() {
        return new FailureHandling(strict, patience, halts);
    }

    /** The fallback that was chosen, else one at a multiple of the learning rate. */
    final Fallback fallbackOr(double multiple, IUpdater other) {
        return fallback == null ? Fallback.following(multiple, other) : Fallback.own(fallback);
    }
}
