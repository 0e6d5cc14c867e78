package org.layerwise.internal.step;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.method.UpdaterSettings;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * The part of an updater's configuration that users do not see: the updater block that it is bound to, and the network that
 * it is attached to. The layout is saved with the network; the network is not.
 */
public abstract class BlockConfiguration implements IUpdater {
    /** What to do about an updater that knows nothing of its layer. */
    public static final String REMEDY =
            "Call Layerwise.attach(net) after net.init(), and again on a network that was loaded,"
                    + " cloned, transferred or detached.";

    private @Nullable ParameterLayout layout;
    private transient @Nullable StepHost host;

    /** Creates a configuration that is not bound. */
    protected BlockConfiguration() {}

    /**
     * Copies a configuration, bound where it is bound, but not attached.
     *
     * @param from what to copy
     */
    protected BlockConfiguration(BlockConfiguration from) {
        this.layout = from.layout;
    }

    /**
     * Everything but the learning rate.
     *
     * @return the settings
     */
    public abstract UpdaterSettings settings();

    /**
     * The rate of a step, checked, since schedules may turn negative or NaN.
     *
     * @param place where, in the middle of a sentence
     * @param iteration of the step
     * @param epoch of the step
     * @return at least 0
     */
    public abstract double checkedLearningRate(String place, int iteration, int epoch);

    /**
     * The fallback's rate beside a rate of the preconditioned parameters.
     *
     * @param learningRate of the step
     * @param iteration of the step
     * @param epoch of the step
     * @return 0 where {@code learningRate} is 0
     */
    public abstract double fallbackRate(double learningRate, int iteration, int epoch);

    @Override
    public abstract BlockConfiguration clone();

    /**
     * The updater block that the configuration is bound to.
     *
     * @return its layout; null if not bound
     */
    public final @Nullable ParameterLayout layout() {
        return layout;
    }

    /**
     * The network that the configuration is attached to.
     *
     * @return the host of its steps; null if not attached
     */
    public final @Nullable StepHost host() {
        return host;
    }

    /**
     * A copy that is bound to one updater block and attached to a network.
     *
     * @param newLayout of the block
     * @param newHost the network; null for none
     * @return the copy
     */
    public final BlockConfiguration bind(ParameterLayout newLayout, @Nullable StepHost newHost) {
        BlockConfiguration copy = clone();
        copy.layout = newLayout;
        copy.host = newHost;
        return copy;
    }

    /**
     * A copy that is bound to one updater block.
     *
     * @param newLayout of the block
     * @return the copy
     */
    public final BlockConfiguration bind(ParameterLayout newLayout) {
        return bind(newLayout, null);
    }

    /** Lets go of the network; the layout stays. */
    public final void release() {
        this.host = null;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Zero if not bound: in SameDiff the updater allocates its state itself. DL4J asks for each parameter array by its
     * length alone and adds the answers, and takes every state apart into whole multiples of the parameters when it rebuilds
     * its updater blocks ({@code net.setLearningRate}): so the state is spread evenly and rounded up.
     */
    @Override
    public final long stateSize(long numParams) {
        ParameterLayout block = layout;
        if (block == null) {
            return 0;
        }
        long state = LayerGradientUpdater.stateLength(settings(), block);
        return numParams * ((state + block.length() - 1) / block.length());
    }

    @Override
    public final GradientUpdater<?> instantiate(@Nullable INDArray viewArray, boolean initializeViewArray) {
        return new LayerGradientUpdater(this, viewArray, initializeViewArray);
    }

    @Override
    public final GradientUpdater<?> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        LayerGradientUpdater updater = new LayerGradientUpdater(this, null, false);
        updater.setState(updaterState, initializeStateArrays);
        return updater;
    }
}
