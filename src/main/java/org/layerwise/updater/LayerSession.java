package org.layerwise.updater;

import org.jspecify.annotations.Nullable;
import org.layerwise.curvature.BatchStatistics;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.Diagnostics;
import org.layerwise.precondition.KroneckerState;
import org.layerwise.precondition.Scratch;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * The port between one layer of an attached network and its updater: the network's taps fill {@link #statistics}, the
 * updater absorbs them at its next step.
 */
public final class LayerSession {
    static final String REMEDY = "Call Layerwise.attach(net) after net.init(), and again on a network that was loaded,"
            + " cloned, transferred or detached.";

    private final KroneckerUpdater updater;
    private final DataType type;
    private final StepCoordinator coordinator;
    private final Scratch scratch;
    private final double reduction;
    private final boolean miniBatch;
    private final Kernels kernels = Kernels.forBackend();
    private final Diagnostics diagnostics = new Diagnostics();
    private final BatchStatistics statistics;
    private @Nullable KroneckerState state;
    private int batchSize = 1;
    private boolean begun;

    /**
     * Opens a session.
     *
     * @param updater bound configuration of the layer
     * @param type of the network's parameters, FLOAT or DOUBLE
     * @param coordinator shared by the network's layers
     * @param scratch shared by the network's layers
     * @param reduction what the loss divides each example's summed loss by: canonical gradients are larger by this
     * @param miniBatch whether DL4J divides the gradient by the batch size
     */
    public LayerSession(
            KroneckerUpdater updater,
            DataType type,
            StepCoordinator coordinator,
            Scratch scratch,
            double reduction,
            boolean miniBatch) {
        this.updater = updater;
        this.type = type;
        this.coordinator = coordinator;
        this.scratch = scratch;
        this.reduction = Require.positive(reduction, "Loss reduction");
        this.miniBatch = miniBatch;
        KroneckerState.Contents contents = updater.contents();
        this.statistics = new BatchStatistics(
                kernels,
                type,
                contents.sides(),
                contents.inputDimension(),
                contents.outputDimension(),
                java.util.Objects.requireNonNull(updater.layout()).bias(),
                contents.scales());
        coordinator.join(updater.settings().klClip() > 0);
    }

    /**
     * The accumulators that the taps fill.
     *
     * @return this layer's batch statistics
     */
    public BatchStatistics statistics() {
        return statistics;
    }

    /**
     * The layer's configuration.
     *
     * @return the bound updater
     */
    public KroneckerUpdater updater() {
        return updater;
    }

    /**
     * Failure counts.
     *
     * @return live counters
     */
    public Diagnostics diagnostics() {
        return diagnostics;
    }

    /**
     * Whether the coming step wants statistics.
     *
     * @return true if they are due
     */
    public boolean statisticsDue() {
        return state != null && updater.settings().statistics().due(state.step(), state.lastStatistics());
    }

    /**
     * The coming step's number.
     *
     * @return steps taken so far with this state
     */
    public long step() {
        return state == null ? 0 : state.step();
    }

    /**
     * Connects the layer's updater, which DL4J may have created anew since the last step.
     *
     * @param gradientUpdater as DL4J's updater block holds it
     */
    public void connect(GradientUpdater<?> gradientUpdater) {
        Require.argument(
                gradientUpdater instanceof KroneckerGradientUpdater,
                "Layer %s is updated by %s, expected %s. %s",
                java.util.Objects.requireNonNull(updater.layout()).layer(),
                gradientUpdater,
                updater.getClass().getSimpleName(),
                REMEDY);
        ((KroneckerGradientUpdater) gradientUpdater).connect(this);
    }

    /**
     * Announces a training step; the updater refuses steps that were not announced.
     *
     * @param examples number of examples that the gradient is made of, at least 1
     */
    public void begin(int examples) {
        this.batchSize = Math.max(1, examples);
        this.begun = true;
    }

    void requireBegun() {
        Require.state(
                begun,
                "Layer %s got a gradient but no statistics: the listener of Layerwise is gone, probably because"
                        + " net.setListeners(...) replaced it. Use net.addListeners(...), or call Layerwise.attach(net)"
                        + " after setListeners; the updater's state is kept.",
                java.util.Objects.requireNonNull(updater.layout()).layer());
        begun = false;
    }

    /** What a network gradient is multiplied by to be that of the canonical loss: summed outputs, mean over examples. */
    double canonicalScale() {
        return miniBatch ? reduction : reduction / batchSize;
    }

    void adopt(KroneckerState newState) {
        this.state = newState;
    }

    DataType type() {
        return type;
    }

    Kernels kernels() {
        return kernels;
    }

    StepCoordinator coordinator() {
        return coordinator;
    }

    Scratch scratch() {
        return scratch;
    }
}
