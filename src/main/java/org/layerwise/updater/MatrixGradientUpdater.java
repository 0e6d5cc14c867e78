package org.layerwise.updater;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.ParameterLayout;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.Diagnostics;
import org.layerwise.precondition.Scratch;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * Drives an updater that needs gradients alone. Bound to a layer it gets the layer's flat gradient and a view for its
 * state. In SameDiff it serves one variable: the gradient comes in the variable's shape and any order, and the state is an
 * array of its own that SameDiff saves.
 */
final class MatrixGradientUpdater implements GradientUpdater<GradientOnlyUpdater> {
    private static final String STATE = "state";

    private final GradientOnlyUpdater config;
    private @Nullable INDArray state;
    private boolean variable;
    private @Nullable MatrixDriver driver;
    private Diagnostics diagnostics = new Diagnostics();

    MatrixGradientUpdater(GradientOnlyUpdater config, @Nullable INDArray view, boolean initialize) {
        this.config = config;
        this.state = view;
        ParameterLayout layout = config.layout();
        if (view != null && layout != null) {
            this.driver = new MatrixDriver(config, layout, Place.layer(layout.layer()), view, initialize);
        }
    }

    void connect(Diagnostics counters) {
        this.diagnostics = counters;
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        if (variable || (config.layout() == null && gradient.rank() > 1)) {
            applyToVariable(gradient, iteration, epoch);
            return;
        }
        Require.state(
                config.layout() != null,
                "The %s updater of this network does not know its layers' matrices. %s",
                config.getClass().getSimpleName(),
                LayerSession.REMEDY);
        java.util.Objects.requireNonNull(config.layout()).check(gradient);
        Require.state(driver != null, "%s has no state. %s", config, LayerSession.REMEDY);
        java.util.Objects.requireNonNull(driver).step(gradient, iteration, epoch, diagnostics);
    }

    private void applyToVariable(INDArray gradient, int iteration, int epoch) {
        MatrixDriver known = driver;
        if (known == null) {
            known = open(gradient.shape(), gradient);
        }
        // 'f' order of [fanIn, fanOut] is what the matrices have; a gradient may come in any order.
        long fanOut = gradient.rank() < 2 ? gradient.length() : gradient.size(-1);
        int rows = (int) (gradient.length() / fanOut);
        INDArray canonical = Scratch.ofThread(gradient.dataType()).matrix("variable", rows, (int) fanOut);
        INDArray matrix = gradient.rank() == 2 ? gradient : gradient.reshape('c', rows, fanOut);
        canonical.assign(matrix);
        known.step(canonical.reshape('f', new long[] {gradient.length()}), iteration, epoch, diagnostics);
        gradient.assign(canonical.reshape('c', gradient.shape()));
    }

    private MatrixDriver open(long[] shape, INDArray like) {
        ParameterLayout layout = ParameterLayout.ofVariable("variable", shape);
        INDArray saved = state;
        long length = config.contents(layout).length();
        Place place = Place.variable(shape);
        Require.state(
                saved == null || saved.length() == length,
                "The updater state of %s has %s elements, but that of %s has %s. %s",
                place.name(),
                saved == null ? 0 : saved.length(),
                config,
                length,
                place.remedy());
        INDArray array = saved == null ? Nd4j.createUninitializedDetached(like.dataType(), length) : saved;
        MatrixDriver opened = new MatrixDriver(config, layout, place, array, saved == null);
        this.state = array;
        this.driver = opened;
        this.variable = true;
        return opened;
    }

    @Override
    public GradientOnlyUpdater getConfig() {
        return config;
    }

    @Override
    public Map<String, INDArray> getState() {
        return state == null ? Map.of() : Map.of(STATE, state);
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        Require.argument(
                stateMap.size() <= 1 && (stateMap.isEmpty() || stateMap.containsKey(STATE)),
                "The saved state of %s holds %s, expected '%s'. It was saved with another updater.",
                config,
                stateMap.keySet(),
                STATE);
        INDArray saved = stateMap.get(STATE);
        this.state = initialize || saved == null ? null : saved;
        this.driver = null;
        this.variable = true;
    }

    @Override
    public void setStateViewArray(
            @Nullable INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
        this.state = initialize ? null : viewArray;
        this.driver = null;
        this.variable = true;
    }
}
