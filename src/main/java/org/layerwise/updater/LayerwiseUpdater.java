package org.layerwise.updater;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.MatrixLayout;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.KroneckerState;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What all updaters of this library have in common as DL4J configurations: a learning rate or schedule, which DL4J may
 * set, immutable settings, and the layout of the one layer that {@code Layerwise.attach} binds a copy to. Equality covers
 * the layout, so that DL4J never merges two layers into one updater block.
 */
public abstract sealed class LayerwiseUpdater implements IUpdater permits Kfac, Foof {
    private double learningRate;
    private @Nullable ISchedule learningRateSchedule;
    private KroneckerSettings settings;
    private @Nullable MatrixLayout layout;

    LayerwiseUpdater(
            double learningRate,
            @Nullable ISchedule learningRateSchedule,
            KroneckerSettings settings,
            @Nullable MatrixLayout layout) {
        if (learningRateSchedule == null) {
            Require.nonNegative(learningRate, "learningRate");
        }
        this.learningRate = learningRate;
        this.learningRateSchedule = learningRateSchedule;
        this.settings = settings;
        this.layout = layout;
    }

    /**
     * A copy with another layout.
     *
     * @param layout the layer to bind to; null for none
     * @return the copy
     */
    abstract LayerwiseUpdater copy(@Nullable MatrixLayout layout);

    /**
     * A copy of this configuration bound to one layer. Called by {@code Layerwise.attach}.
     *
     * @param layout the layer's matrix
     * @return the copy
     */
    public final LayerwiseUpdater bind(MatrixLayout layout) {
        return copy(layout);
    }

    /**
     * The settings but for the learning rate.
     *
     * @return immutable settings
     */
    public final KroneckerSettings settings() {
        return settings;
    }

    /**
     * The layer that this configuration is bound to.
     *
     * @return its matrix; null if not bound
     */
    public final @Nullable MatrixLayout layout() {
        return layout;
    }

    /**
     * What the bound layer's state holds.
     *
     * @return the contents
     * @throws IllegalStateException if not bound
     */
    public final KroneckerState.Contents contents() {
        MatrixLayout matrix = layout;
        Require.state(matrix != null, "%s is not bound to a layer. %s", this, LayerSession.REMEDY);
        Objects.requireNonNull(matrix);
        return new KroneckerState.Contents(
                settings.sides(),
                matrix.inputDimension(),
                matrix.outputDimension(),
                settings.eigenvalueCorrected(),
                settings.momentum() > 0);
    }

    /**
     * {@inheritDoc}
     *
     * <p>DL4J asks for each parameter of a layer and adds the answers, so the layer's state is spread evenly over its
     * parameters and rounded up. Zero if not bound.
     */
    @Override
    public final long stateSize(long numParams) {
        if (layout == null) {
            return 0;
        }
        long parameters = layout.length();
        return numParams * ((contents().length() + parameters - 1) / parameters);
    }

    @Override
    public final GradientUpdater<?> instantiate(@Nullable INDArray viewArray, boolean initializeViewArray) {
        return new KroneckerGradientUpdater(this, viewArray, initializeViewArray);
    }

    @Override
    public final GradientUpdater<?> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        throw new UnsupportedOperationException(getClass().getSimpleName()
                + " needs a DL4J network to take statistics from; SameDiff is not supported");
    }

    @Override
    public final double getLearningRate(int iteration, int epoch) {
        return learningRateSchedule == null ? learningRate : learningRateSchedule.valueAt(iteration, epoch);
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
    public final LayerwiseUpdater clone() {
        return copy(layout);
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof LayerwiseUpdater that
                && getClass() == that.getClass()
                && Double.compare(learningRate, that.learningRate) == 0
                && Objects.equals(learningRateSchedule, that.learningRateSchedule)
                && settings.equals(that.settings)
                && Objects.equals(layout, that.layout);
    }

    @Override
    public final int hashCode() {
        return Objects.hash(getClass(), learningRate, learningRateSchedule, settings, layout);
    }

    @Override
    public final String toString() {
        return String.format(
                "%s(learningRate=%s, %s%s)",
                getClass().getSimpleName(),
                learningRateSchedule == null ? learningRate : learningRateSchedule,
                settings,
                layout == null ? "" : ", " + layout);
    }
}
