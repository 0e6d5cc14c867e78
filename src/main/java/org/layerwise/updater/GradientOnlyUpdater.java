package org.layerwise.updater;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.ParameterLayout;
import org.layerwise.layout.Segment;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.Diagnostics;
import org.layerwise.precondition.MatrixMethod;
import org.layerwise.precondition.MatrixState;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * An updater that preconditions with nothing but gradients. It needs the shapes of the layer's matrices: {@code
 * Layerwise.attach} binds it to them, and a bound configuration keeps them when it is saved, so a loaded network trains on
 * without attaching. In SameDiff every variable shows its own shape, and nothing is to be attached.
 */
public abstract sealed class GradientOnlyUpdater extends LayerwiseUpdater permits Muon, PsgdKron, Scion, Shampoo, Soap {
    private @Nullable ParameterLayout layout;

    GradientOnlyUpdater(
            double learningRate, @Nullable ISchedule learningRateSchedule, @Nullable ParameterLayout layout) {
        super(learningRate, learningRateSchedule);
        this.layout = layout;
    }

    /**
     * A copy with another layout.
     *
     * @param newLayout the parameters to bind to; null for none
     * @return the copy
     */
    abstract GradientOnlyUpdater copy(@Nullable ParameterLayout newLayout);

    /** The settings as what they are to the driver. */
    abstract GradientOnlySettings rules();

    @Override
    public final GradientOnlyUpdater clone() {
        return copy(layout);
    }

    /**
     * A copy of this configuration bound to one layer. Called by {@code Layerwise.attach}.
     *
     * @param newLayout the layer's parameters
     * @return the copy
     */
    public final GradientOnlyUpdater bind(ParameterLayout newLayout) {
        return copy(newLayout);
    }

    @Override
    public final @Nullable ParameterLayout layout() {
        return layout;
    }

    @Override
    public final IUpdater fallback() {
        return rules().fallback().beside(constantLearningRate(), schedule());
    }

    /**
     * Whether the fallback's learning rate is a multiple of this updater's.
     *
     * @return false if it has one of its own
     */
    public final boolean fallbackFollows() {
        return rules().fallback().follows();
    }

    /**
     * The matrices of a layout that this updater's method serves; the fallback updater serves the others.
     *
     * @param parameters of a layer or variable
     * @return in the layout's order; may be empty
     */
    public final List<Segment> served(ParameterLayout parameters) {
        return parameters.segments().stream()
                .filter(segment -> rules().method(segment) != null)
                .toList();
    }

    /**
     * Which sides of a matrix are preconditioned.
     *
     * @param segment a matrix that the method serves
     * @return for the plan
     */
    public final MatrixSides sides(Segment segment) {
        return rules().sides(segment);
    }

    /**
     * What the state of a layout holds.
     *
     * @param parameters of a layer or variable
     * @return the contents
     */
    public final MatrixState.Contents contents(ParameterLayout parameters) {
        List<MatrixState.Part> parts = new ArrayList<>();
        long covered = 0;
        for (Segment segment : parameters.segments()) {
            MatrixMethod method = rules().method(segment);
            if (method != null) {
                int rows = segment.fanIn();
                int columns = segment.fanOut();
                parts.add(new MatrixState.Part(
                        rows, columns, method.stateLength(rows, columns), method.layout(rows, columns)));
                covered += segment.length();
            }
        }
        long others = parameters.length() - covered;
        long rest = others == 0 ? 0 : fallback().stateSize(others);
        String restLayout = rest == 0 ? "" : fallback().getClass().getSimpleName();
        return new MatrixState.Contents(rules().methodId(), parts, rest, restLayout);
    }

    /**
     * Operations of a step, for the plan.
     *
     * @param parameters of a layer or variable
     * @return floating-point operations of matrix products
     */
    public final long flops(ParameterLayout parameters) {
        long sum = 0;
        for (Segment segment : parameters.segments()) {
            MatrixMethod method = rules().method(segment);
            sum += method == null ? 0 : method.flops(segment.fanIn(), segment.fanOut());
        }
        return sum;
    }

    /**
     * Lets the updater of a layer count its failures where they outlive it, since DL4J makes updaters anew.
     *
     * @param gradientUpdater as DL4J's updater block holds it
     * @param diagnostics the layer's counters
     */
    public static void connect(GradientUpdater<?> gradientUpdater, Diagnostics diagnostics) {
        Require.argument(
                gradientUpdater instanceof MatrixGradientUpdater,
                "%s does not belong to an updater that needs gradients alone",
                gradientUpdater);
        ((MatrixGradientUpdater) gradientUpdater).connect(diagnostics);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Zero if not bound: in SameDiff the updater allocates its state itself.
     */
    @Override
    public final long stateSize(long numParams) {
        ParameterLayout parameters = layout;
        return parameters == null ? 0 : spread(contents(parameters).length(), parameters.length(), numParams);
    }

    @Override
    public final GradientUpdater<?> instantiate(@Nullable INDArray viewArray, boolean initializeViewArray) {
        return new MatrixGradientUpdater(this, viewArray, initializeViewArray);
    }

    @Override
    public final GradientUpdater<?> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        MatrixGradientUpdater updater = new MatrixGradientUpdater(this, null, false);
        updater.setState(updaterState, initializeStateArrays);
        return updater;
    }
}
