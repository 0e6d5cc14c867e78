package org.layerwise.updater;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.learning.config.Adam;
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

    /** Without a default fallback, {@link #fallbackOrAdam} gives one with the rate of the updater that is built. */
    UpdaterBuilder(double learningRate, @Nullable IUpdater fallback) {
        this.learningRate = learningRate;
        this.fallback = fallback;
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
     * Updater of the parameters that cannot be preconditioned. Default Adam; each updater says with which
     * settings.
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

    final IUpdater fallback() {
        return Objects.requireNonNull(fallback);
    }

    /** The fallback that was asked for, else Adam with this learning rate or schedule. */
    final IUpdater fallbackOrAdam(double beta1, double beta2, double epsilon) {
        if (fallback != null) {
            return fallback;
        }
        return Adam.builder()
                .learningRate(learningRate)
                .learningRateSchedule(schedule)
                .beta1(beta1)
                .beta2(beta2)
                .epsilon(epsilon)
                .build();
    }
}
