package org.layerwise.internal.step;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.precondition.Scratch;
import org.layerwise.internal.step.StepHost.LayerContext;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.UpdaterSettings;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * What DL4J calls, for every updater of this library. Bound to an updater block it gets the block's flat gradient and a view
 * for its state. In SameDiff it serves one variable: the gradient comes in the variable's shape and any order, and the state
 * is an array of its own that SameDiff saves.
 */
public final class LayerGradientUpdater implements GradientUpdater<BlockConfiguration> {
    private static final String STATE = "state";

    private final BlockConfiguration config;
    private final Diagnostics own = new Diagnostics();
    private @Nullable INDArray state;
    private boolean variable;
    private @Nullable LayerStep step;

    /**
     * Creates the updater of a block.
     *
     * @param config bound to a block, or not bound
     * @param view for the state; null if there is none
     * @param initialize whether to begin anew instead of keeping what the view holds
     */
    public LayerGradientUpdater(BlockConfiguration config, @Nullable INDArray view, boolean initialize) {
        this.config = config;
        this.state = view;
        ParameterLayout layout = config.layout();
        if (layout != null && view != null) {
            long length = layout.matrices().isEmpty() ? view.length() / config.stateSize(1) : layout.length();
            this.step = layerStep(sized(layout, length), view.dataType(), initialize);
        }
    }

    /** Where the fallback serves everything, one configuration may serve several blocks of a layer. */
    private static ParameterLayout sized(ParameterLayout layout, long length) {
        return layout.matrices().isEmpty() && length != layout.length()
                ? new ParameterLayout(layout.layer(), length, layout.matrices())
                : layout;
    }

    private LayerStep layerStep(ParameterLayout layout, DataType type, boolean initialize) {
        LayerStep.BlockLabel label = new LayerStep.BlockLabel("layer " + layout.layer(), false);
        return new LayerStep(config, layout, label, type, state, initialize);
    }

    /**
     * Elements of state that a block needs.
     *
     * @param settings of its updater
     * @param layout of the block
     * @return at least 0
     */
    public static long stateLength(UpdaterSettings settings, ParameterLayout layout) {
        return LayerStep.contents(settings, layout).length();
    }

    /**
     * Whether the coming step wants samples of any matrix.
     *
     * @param context of the layer
     * @return false if the step is not due for statistics
     */
    public boolean samplesDue(LayerContext context) {
        LayerStep layer = step;
        if (layer == null) {
            return false;
        }
        layer.open();
        boolean due = false;
        for (MatrixStep matrix : layer.matrices()) {
            due |= matrix.samplesDue(context);
        }
        return due;
    }

    /**
     * Makes the methods ready for samples.
     *
     * @param context of the layer
     */
    public void prepare(LayerContext context) {
        if (step != null) {
            Objects.requireNonNull(step).matrices().forEach(matrix -> matrix.prepare(context));
        }
    }

    /**
     * Steps that the first matrix has taken.
     *
     * @return at least 0
     */
    public long steps() {
        LayerStep layer = step;
        return layer == null || layer.matrices().isEmpty()
                ? 0
                : layer.matrices().get(0).steps();
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        ParameterLayout layout = config.layout();
        if (variable
                || (layout == null && gradient.rank() > 1 && !config.settings().needsSamples())) {
            applyToVariable(gradient, iteration, epoch);
            return;
        }
        Require.state(
                layout != null,
                "The %s updater of this network does not know its layers' matrices. %s",
                config.getClass().getSimpleName(),
                BlockConfiguration.REMEDY);
        ParameterLayout block = sized(Objects.requireNonNull(layout), gradient.length());
        block.check(gradient);
        LayerStep layer = step;
        if (layer == null) {
            layer = layerStep(block, gradient.dataType(), true);
            step = layer;
        }
        layer.step(gradient, iteration, epoch, layerContext(layer, layout));
    }

    private LayerContext layerContext(LayerStep layer, ParameterLayout layout) {
        StepHost host = config.host();
        if (host != null && host.owns(this)) {
            return host.enter(this);
        }
        Require.state(
                !config.settings().needsSamples() || layer.matrices().isEmpty(),
                "The %s updater of layer %s is not connected to its network. %s",
                config.getClass().getSimpleName(),
                layout.layer(),
                BlockConfiguration.REMEDY);
        return LayerContext.alone(own);
    }

    private void applyToVariable(INDArray gradient, int iteration, int epoch) {
        LayerStep known = step;
        if (known == null) {
            known = open(gradient.shape(), gradient.dataType());
        }
        // 'f' order of [fanIn, fanOut] is what the matrices have; a gradient may come in any order.
        long fanOut = gradient.rank() < 2 ? gradient.length() : gradient.size(-1);
        int rows = (int) (gradient.length() / fanOut);
        INDArray canonical = Scratch.ofThread(gradient.dataType()).matrix("variable", rows, (int) fanOut);
        INDArray matrix = gradient.rank() == 2 ? gradient : gradient.reshape('c', rows, fanOut);
        canonical.assign(matrix);
        INDArray flat = canonical.reshape('f', new long[] {gradient.length()});
        known.step(flat, iteration, epoch, LayerContext.alone(own));
        gradient.assign(canonical.reshape('c', gradient.shape()));
    }

    private LayerStep open(long[] shape, DataType type) {
        ParameterLayout layout = ParameterLayout.ofVariable("variable", shape);
        INDArray saved = state;
        long length = stateLength(config.settings(), layout);
        LayerStep.BlockLabel label =
                new LayerStep.BlockLabel("a SameDiff variable of shape " + java.util.Arrays.toString(shape), true);
        Require.state(
                saved == null || saved.length() == length,
                "The updater state of %s has %s elements, but that of %s has %s. %s",
                label.name(),
                saved == null ? 0 : saved.length(),
                config,
                length,
                label.remedy());
        INDArray array = saved == null && length > 0 ? Nd4j.createUninitializedDetached(type, length) : saved;
        LayerStep opened = new LayerStep(config, layout, label, type, array, saved == null);
        this.state = array;
        this.step = opened;
        this.variable = true;
        return opened;
    }

    @Override
    public BlockConfiguration getConfig() {
        return config;
    }

    @Override
    public Map<String, INDArray> getState() {
        return state == null ? Map.of() : Map.of(STATE, state);
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        requireVariables();
        Require.argument(
                stateMap.size() <= 1 && (stateMap.isEmpty() || stateMap.containsKey(STATE)),
                "The saved state of %s holds %s, expected '%s'. It was saved with another updater.",
                config,
                stateMap.keySet(),
                STATE);
        INDArray saved = stateMap.get(STATE);
        this.state = initialize || saved == null ? null : saved;
        this.step = null;
        this.variable = true;
    }

    @Override
    public void setStateViewArray(
            @Nullable INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
        requireVariables();
        this.state = initialize ? null : viewArray;
        this.step = null;
        this.variable = true;
    }

    private void requireVariables() {
        if (config.settings().needsSamples()) {
            throw new UnsupportedOperationException(config.getClass().getSimpleName()
                    + " needs a DL4J network to take statistics from; SameDiff is not supported");
        }
    }

    /**
     * An array of a matrix's state.
     *
     * @param matrix index among the preconditioned matrices of the block
     * @param section its name
     * @return one-dimensional view
     */
    public INDArray section(int matrix, String section) {
        return Objects.requireNonNull(step).matrices().get(matrix).state(section);
    }

    /**
     * Whether the step waits for other layers.
     *
     * @return false if the step rule does not couple layers, or nothing is preconditioned
     */
    public boolean couplesLayers() {
        LayerStep layer = step;
        return layer != null && !layer.matrices().isEmpty() && layer.rule().couplesLayers();
    }
}
