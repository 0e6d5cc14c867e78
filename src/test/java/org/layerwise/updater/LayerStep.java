package org.layerwise.updater;

import org.layerwise.layout.MatrixLayout;
import org.layerwise.precondition.Scratch;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One layer with its session and updater, fed by hand instead of by a network. */
final class LayerStep {
    final KroneckerUpdater bound;
    final DataType type;
    final double reduction;
    final boolean miniBatch;
    final INDArray view;
    final StepCoordinator coordinator = new StepCoordinator();
    final LayerSession session;
    final KroneckerGradientUpdater updater;
    private int iteration;

    private LayerStep(
            KroneckerUpdater bound, DataType type, double reduction, boolean miniBatch, INDArray view, boolean fresh) {
        this.bound = bound;
        this.type = type;
        this.reduction = reduction;
        this.miniBatch = miniBatch;
        this.view = view;
        this.session = new LayerSession(bound, type, coordinator, new Scratch(type), reduction, miniBatch);
        this.updater = (KroneckerGradientUpdater) bound.instantiate(view, fresh);
        session.connect(updater);
        session.begin(1);
    }

    static LayerStep start(KroneckerUpdater updater, MatrixLayout layout, DataType type) {
        return start(updater, layout, type, 1, true);
    }

    static LayerStep start(
            KroneckerUpdater updater, MatrixLayout layout, DataType type, double reduction, boolean miniBatch) {
        KroneckerUpdater bound = updater.bind(layout);
        INDArray view = Nd4j.create(type, bound.stateSize(layout.length()));
        return new LayerStep(bound, type, reduction, miniBatch, view, true);
    }

    /** New objects over the same view. */
    LayerStep restored() {
        LayerStep restored = new LayerStep(bound, type, reduction, miniBatch, view, false);
        restored.iteration = iteration;
        return restored;
    }

    /** Fills the coming step's statistics with seeded examples. */
    void observe(long seed, int examples) {
        RandomMatrices random = new RandomMatrices(1000 + seed);
        MatrixLayout layout = java.util.Objects.requireNonNull(bound.layout());
        observe(random.gaussian(examples, layout.nIn()), random.gaussian(examples, layout.nOut()));
    }

    /** Fills the coming step's statistics with examples. */
    void observe(double[][] x, double[][] g) {
        INDArray inputs = Loops.array(x, type, 'c');
        INDArray gradients = Loops.array(g, type, 'c');
        session.connect(updater);
        session.begin(x.length);
        session.statistics().clear();
        session.statistics().addInput(inputs, 1.0 / x.length);
        session.statistics().addOutput(gradients, 1.0 / x.length);
        session.statistics().addSquares(inputs, gradients, 1.0 / x.length);
    }

    /** Takes the step that was announced. */
    void take(INDArray gradient) {
        updater.applyUpdater(gradient, iteration++, 0);
    }

    /** Takes a step that no statistics precede. */
    void announceAndTake(INDArray gradient) {
        session.connect(updater);
        session.begin(1);
        take(gradient);
    }
}
