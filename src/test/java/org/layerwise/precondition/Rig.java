package org.layerwise.precondition;

import org.layerwise.curvature.BatchStatistics;
import org.layerwise.curvature.Damping;
import org.layerwise.curvature.Sides;
import org.layerwise.linalg.Kernels;
import org.layerwise.precondition.KroneckerPreconditioner.Rules;
import org.layerwise.precondition.KroneckerState.Contents;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A preconditioner over a view of its own, fed by hand. */
final class Rig {
    static final String LAYER = "dense7";

    final Kernels kernels = Kernels.forBackend();
    final DataType type;
    final Contents contents;
    final Rules rules;
    final INDArray view;
    final KroneckerState state;
    final BatchStatistics batch;
    final Diagnostics diagnostics = new Diagnostics();
    final KroneckerPreconditioner preconditioner;
    private double product;

    private Rig(DataType type, Contents contents, Rules rules, INDArray view, boolean initialize) {
        this.type = type;
        this.contents = contents;
        this.rules = rules;
        this.view = view;
        this.state = new KroneckerState(kernels, contents, view, initialize);
        this.batch = new BatchStatistics(
                kernels,
                type,
                contents.sides(),
                contents.inputDimension(),
                contents.outputDimension(),
                false,
                contents.scales());
        this.preconditioner =
                new KroneckerPreconditioner(LAYER, kernels, type, state, rules, new Scratch(type), diagnostics);
    }

    static Rig of(DataType type, Sides sides, int inputs, int outputs, Rules rules) {
        Contents contents = new Contents(sides, inputs, outputs, rules.eigenvalueCorrected(), false);
        INDArray view = RandomMatrices.offset(type, 1, Math.toIntExact(contents.length()));
        return new Rig(type, contents, rules, view, true);
    }

    static Rig of(DataType type, int inputs, int outputs, Damping damping) {
        return of(type, Sides.BOTH, inputs, outputs, rules(damping));
    }

    /** Decay 0: the running factors are those of the last batch. */
    static Rules rules(Damping damping) {
        return new Rules(damping, 0, false, false);
    }

    static Rules strict(Damping damping) {
        return new Rules(damping, 0, false, true);
    }

    static Rules ekfac(Damping damping, double decay) {
        return new Rules(damping, decay, true, false);
    }

    /** New objects over the same view, as DL4J makes them when a network is restored. */
    Rig resumed() {
        return new Rig(type, contents, rules, view, false);
    }

    /** Absorbs factors as one batch. */
    Rig absorb(double[][] a, double[][] g) {
        batch.clear();
        if (contents.sides().usesInput()) {
            batch.input().assign(Loops.array(a, type, 'f'));
        }
        if (contents.sides().usesOutput()) {
            batch.output().assign(Loops.array(g, type, 'f'));
        }
        preconditioner.absorb(batch);
        return this;
    }

    /** Absorbs the examples of one batch. */
    Rig absorbExamples(double[][] x, double[][] g) {
        batch.clear();
        double weight = 1.0 / x.length;
        batch.addInput(Loops.array(x, type, 'c'), weight);
        batch.addOutput(Loops.array(g, type, 'c'), weight);
        batch.addSquares(Loops.array(x, type, 'c'), Loops.array(g, type, 'c'), weight);
        preconditioner.absorb(batch);
        return this;
    }

    Rig refresh() {
        preconditioner.refresh(batch);
        return this;
    }

    /** The preconditioned gradient; the plain gradient would be scaled by 10. */
    double[][] apply(double[][] d) {
        INDArray v = RandomMatrices.offset(type, d.length, d[0].length);
        product = preconditioner.apply(Loops.array(d, type, 'f'), 10, v);
        return Loops.of(v);
    }

    /** What the last {@link #apply} returned. */
    double product() {
        return product;
    }

    long count(Diagnostics.Event event) {
        return diagnostics.count(event);
    }

    /** The damped curvature that the preconditioner inverts, read off its action on every unit matrix. */
    double[][] curvature() {
        int m = contents.inputDimension();
        int size = m * contents.outputDimension();
        double[][] inverse = new double[size][size];
        for (int k = 0; k < size; k++) {
            double[][] unit = new double[m][contents.outputDimension()];
            unit[k % m][k / m] = 1;
            double[][] column = Loops.vec(apply(unit));
            for (int i = 0; i < size; i++) {
                inverse[i][k] = column[i][0];
            }
        }
        return Loops.inverse(inverse);
    }
}
