package org.layerwise.updater;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.method.UpdaterSettings;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What all updaters of this library have in common as DL4J configurations: a learning rate or schedule, which DL4J may set,
 * and immutable settings. {@code Layerwise.attach} binds a copy to each updater block; equality covers the block, so that
 * DL4J never merges two layers.
 *
 * <p>A new updater extends this class with its settings and needs a constructor for users, a copying one for {@link #clone},
 * and one for JSON, which hands on what was {@link Saved}.
 *
 * @param <S> the settings
 */
public abstract class LayerwiseUpdater<S extends UpdaterSettings> extends BlockConfiguration {
    private double learningRate;
    private @Nullable ISchedule learningRateSchedule;
    private final double configuredRate;
    private final S settings;

    /**
     * Creates a configuration.
     *
     * @param learningRate finite and at least 0; not read where there is a schedule
     * @param learningRateSchedule gives the rate of an iteration and epoch; null for a constant
     * @param settings everything else
     */
    protected LayerwiseUpdater(double learningRate, @Nullable ISchedule learningRateSchedule, S settings) {
        this(new Saved<>(
                learningRate,
                learningRateSchedule,
                learningRateSchedule == null ? learningRate : Double.NaN,
                settings));
    }

    /**
     * Restores a configuration. A missing value is refused, so that a file of another build does not pass as half of its own.
     *
     * @param saved what JSON holds
     */
    protected LayerwiseUpdater(Saved<S> saved) {
        Require.present(saved.settings, "settings");
        Require.present(saved.learningRate, "learningRate");
        Require.present(saved.configuredRate, "configuredRate");
        this.settings = Objects.requireNonNull(saved.settings);
        this.learningRate = Objects.requireNonNull(saved.learningRate);
        this.configuredRate = Objects.requireNonNull(saved.configuredRate);
        this.learningRateSchedule = saved.learningRateSchedule;
        if (learningRateSchedule == null) {
            Require.nonNegative(learningRate, "learningRate");
        }
    }

    /**
     * Copies a configuration, bound where it is bound, but not attached.
     *
     * @param from what to copy
     */
    protected LayerwiseUpdater(LayerwiseUpdater<S> from) {
        super(from);
        this.learningRate = from.learningRate;
        this.learningRateSchedule = from.learningRateSchedule == null ? null : from.learningRateSchedule.clone();
        this.configuredRate = from.configuredRate;
        this.settings = from.settings;
    }

    /**
     * A configuration as JSON holds it.
     *
     * @param <S> the settings
     * @param learningRate NaN where there is a schedule
     * @param learningRateSchedule null for a constant rate
     * @param configuredRate the rate that was built with; NaN for a schedule
     * @param settings everything else
     */
    public record Saved<S extends UpdaterSettings>(
            @Nullable Double learningRate,
            @Nullable ISchedule learningRateSchedule,
            @Nullable Double configuredRate,
            @Nullable S settings) {}

    /**
     * The settings but for the learning rate.
     *
     * @return immutable settings
     */
    @Override
    public final S settings() {
        return settings;
    }

    @Override
    public abstract LayerwiseUpdater<S> clone();

    /**
     * The updater of the parameters that cannot be preconditioned, with the rate that it has beside this one's.
     *
     * @return one of DL4J's updaters; not a copy where its rate is its own
     */
    public final IUpdater fallback() {
        return settings.fallback().beside(learningRate, learningRateSchedule);
    }

    /**
     * Whether another updater is equal but for the learning rate, which is not part of the state.
     *
     * @param other any updater
     * @return true if both have the same class, settings and layout
     */
    public final boolean sameMethod(@Nullable IUpdater other) {
        return other instanceof LayerwiseUpdater<?> that
                && getClass() == that.getClass()
                && settings.equals(that.settings)
                && Objects.equals(layout(), that.layout());
    }

    @Override
    public final double getLearningRate(int iteration, int epoch) {
        return learningRateSchedule == null ? learningRate : learningRateSchedule.valueAt(iteration, epoch);
    }

    @Override
    public final double checkedLearningRate(String place, int iteration, int epoch) {
        return Require.nonNegative(
                getLearningRate(iteration, epoch), "The learning rate of " + place + " at iteration " + iteration);
    }

    @Override
    public final double fallbackRate(double rate, int iteration, int epoch) {
        return settings.fallback().rate(rate, configuredRate, iteration, epoch);
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

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof LayerwiseUpdater<?> that
                && sameMethod(that)
                && Double.compare(learningRate, that.learningRate) == 0
                && Objects.equals(learningRateSchedule, that.learningRateSchedule);
    }

    @Override
    public final int hashCode() {
        return Objects.hash(getClass(), learningRate, learningRateSchedule, settings, layout());
    }

    @Override
    public final String toString() {
        return String.format(
                "%s(learningRate=%s, %s%s)",
                getClass().getSimpleName(),
                learningRateSchedule == null ? learningRate : learningRateSchedule,
                settings,
                layout() == null ? "" : ", " + layout());
    }
}
