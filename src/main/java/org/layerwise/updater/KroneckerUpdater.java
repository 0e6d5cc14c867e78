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

/** An updater that preconditions with Kronecker factors of a layer's curvature, for which it needs statistics. */
public abstract sealed class KroneckerUpdater extends LayerwiseUpdater permits Kfac, Foof {
    private KroneckerSettings settings;
    private @Nullable MatrixLayout layout;

    KroneckerUpdater(
            double learningRate,
            @Nullable ISchedule learningRateSchedule,
            KroneckerSettings settings,
            @Nullable MatrixLayout layout) {
        super(learningRate, learningRateSchedule);
        this.settings = settings;
        this.layout = layout;
    }

    /**
     * A copy with another layout.
     *
     * @param newLayout the layer to bind to; null for none
     * @return the copy
     */
    abstract KroneckerUpdater copy(@Nullable MatrixLayout newLayout);

    @Override
    public final KroneckerUpdater clone() {
        return copy(layout);
    }

    /**
     * A copy of this configuration bound to one layer. Called by {@code Layerwise.attach}.
     *
     * @param newLayout the layer's matrix
     * @return the copy
     */
    public final KroneckerUpdater bind(MatrixLayout newLayout) {
        return copy(newLayout);
    }

    @Override
    public final KroneckerSettings settings() {
        return settings;
    }

    @Override
    public final @Nullable MatrixLayout layout() {
        return layout;
    }

    @Override
    public final IUpdater fallback() {
        return settings.fallback();
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
     * <p>Zero if not bound.
     */
    @Override
    public final long stateSize(long numParams) {
        return layout == null ? 0 : spread(contents().length(), layout.length(), numParams);
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
}
