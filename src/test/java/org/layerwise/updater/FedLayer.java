package org.layerwise.updater;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.curvature.BatchStatistics;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.internal.step.LayerGradientUpdater;
import org.layerwise.internal.step.NetworkStep;
import org.layerwise.internal.step.StepHost;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Matrix;
import org.layerwise.method.Observer;
import org.layerwise.settings.Role;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One dense layer's updater block, fed by hand instead of by a network. */
final class FedLayer implements StepHost {
    final BlockConfiguration bound;
    final DataType type;
    final double reduction;
    final boolean miniBatch;
    final INDArray view;
    final NetworkStep network = new NetworkStep();
    final Diagnostics diagnostics = new Diagnostics();
    final LayerGradientUpdater updater;
    final BatchStatistics statistics;
    private final LayerwiseUpdater<KroneckerSettings> wish;
    private final ParameterLayout layout;
    private int iteration;
    private int examples = 1;

    private FedLayer(
            LayerwiseUpdater<KroneckerSettings> wish,
            ParameterLayout layout,
            DataType type,
            double reduction,
            boolean miniBatch,
            @Nullable INDArray saved) {
        this.wish = wish;
        this.layout = layout;
        this.bound = wish.bind(layout, this);
        this.type = type;
        this.reduction = reduction;
        this.miniBatch = miniBatch;
        this.view = saved == null ? Nd4j.create(type, bound.stateSize(layout.length())) : saved;
        this.updater = (LayerGradientUpdater) bound.instantiate(view, saved == null);
        Matrix matrix = layout.matrices().get(0);
        this.statistics = (BatchStatistics) Objects.requireNonNull(
                Objects.requireNonNull(bound.settings().method(matrix)).statistics(matrix, type));
    }

    /** The layout of a dense layer in DL4J's order: weights column by column, then the bias. */
    static ParameterLayout layout(String name, int nIn, int nOut) {
        Matrix weights = Matrix.contiguous("W", 0, nIn, nOut, Role.HIDDEN, 1);
        return ParameterLayout.of(name, List.of(weights.withBias((long) nIn * nOut)));
    }

    static FedLayer start(LayerwiseUpdater<KroneckerSettings> updater, ParameterLayout layout, DataType type) {
        return start(updater, layout, type, 1, true);
    }

    static FedLayer start(
            LayerwiseUpdater<KroneckerSettings> updater,
            ParameterLayout layout,
            DataType type,
            double reduction,
            boolean miniBatch) {
        return new FedLayer(updater, layout, type, reduction, miniBatch, null);
    }

    /** New objects over the same view. */
    FedLayer restored() {
        FedLayer restored = new FedLayer(wish, layout, type, reduction, miniBatch, view);
        restored.iteration = iteration;
        return restored;
    }

    @Override
    public boolean owns(LayerGradientUpdater any) {
        return true;
    }

    @Override
    public LayerContext enter(LayerGradientUpdater any) {
        return layerContext();
    }

    private LayerContext layerContext() {
        double scale = miniBatch ? reduction : reduction / examples;
        return new LayerContext(network, diagnostics, scale, matrix -> statistics, new Observer() {});
    }

    boolean statisticsDue() {
        return updater.samplesDue(layerContext());
    }

    /** Fills the coming step's statistics with seeded examples. */
    void observe(long seed, int count) {
        RandomMatrices random = new RandomMatrices(1000 + seed);
        Matrix matrix = layout.matrices().get(0);
        observe(random.gaussian(count, matrix.rows() - 1), random.gaussian(count, matrix.columns()));
    }

    /** Fills the coming step's statistics with examples. */
    void observe(double[][] x, double[][] g) {
        INDArray inputs = Loops.array(x, type, 'c');
        INDArray gradients = Loops.array(g, type, 'c');
        begin(x.length);
        statistics.addInput(inputs, 1.0 / x.length);
        statistics.addOutput(gradients, 1.0 / x.length);
        statistics.addSquares(inputs, gradients, 1.0 / x.length);
    }

    /** Begins a step of some examples without statistics yet. */
    void begin(int count) {
        examples = count;
        statistics.clear();
        updater.samplesDue(layerContext());
        updater.prepare(layerContext());
    }

    /** Takes a step. */
    void take(INDArray gradient) {
        network.begin(1, Double.NaN);
        updater.applyUpdater(gradient, iteration++, 0);
    }
}
