package org.layerwise.updater;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
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
     * Creates what a builder was told.
     *
     * @param builder learning rate or schedule
     * @param settings everything else
     */
    protected LayerwiseUpdater(Builder<?> builder, S settings) {
        this(builder.learningRate, builder.schedule, settings);
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
        return settings.fallback().updaterAtRate(learningRate, learningRateSchedule);
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

    /**
     * What the builders of all updaters have in common; base of a builder of one's own. Combinations are checked when the updater
     * is built.
     *
     * @param <B> the builder itself
     */
    public abstract static class Builder<B extends Builder<B>> {
        private double learningRate;
        private @Nullable ISchedule schedule;
        private boolean strict;
        private int patience = FailureHandling.DEFAULT_PATIENCE;
        private boolean halts;
        private @Nullable IUpdater fallback;

        /**
         * Starts from the defaults.
         *
         * @param learningRate the default learning rate
         */
        protected Builder(double learningRate) {
            this.learningRate = learningRate;
        }

        /**
         * The builder in its own type.
         *
         * @return this
         */
        protected abstract B self();

        /**
         * Builds the configuration.
         *
         * @return the updater
         * @throws IllegalArgumentException if a value or a combination is not valid
         */
        public abstract LayerwiseUpdater<?> build();

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
         * Whether numerical failures are thrown instead of counted. Default no.
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

        /**
         * What was chosen for numerical failures.
         *
         * @return the handling
         */
        protected final FailureHandling failures() {
            return new FailureHandling(strict, patience, halts);
        }

        /**
         * The fallback that was chosen, else a default.
         *
         * @param multiple of the learning rate, greater than 0
         * @param other the default, whose own rate is not read
         * @return the fallback
         */
        protected final Fallback fallbackOr(double multiple, IUpdater other) {
            return fallback == null ? Fallback.following(multiple, other) : Fallback.own(fallback);
        }
    }
}
