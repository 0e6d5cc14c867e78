package org.layerwise.internal.precondition;

import java.util.List;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Section;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.PolarIteration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * NorMuon (Li et al. 2025, arXiv 2510.05491, algorithm 1; written there for [fanOut, fanIn]): momentum, orthogonalised, each
 * output divided by the root of its running mean square, brought back to the length that it had.
 */
public final class NorMuonMethod implements Method {
    private static final String MOMENTUM = "momentum";
    private static final String MEAN_SQUARES = "output mean squares";

    /** The authors'; what keeps an output that never moved from 0 / 0. */
    private static final double EPSILON = 1e-10;

    private final Kernels kernels = Kernels.forBackend();
    private final MomentumStep momentum;
    private final Orthogonalizer orthogonalizer;
    private final double scale;
    private final double beta2;

    /**
     * The method of one matrix.
     *
     * @param momentum of the gradient
     * @param iteration the polynomials
     * @param epsilon added to the momentum's Frobenius norm
     * @param scale factor of the result
     * @param beta2 decay of the mean squares, in [0, 1)
     */
    public NorMuonMethod(Momentum momentum, PolarIteration iteration, double epsilon, double scale, double beta2) {
        this.momentum = new MomentumStep(momentum);
        this.orthogonalizer = new Orthogonalizer(iteration, epsilon);
        this.scale = scale;
        this.beta2 = beta2;
    }

    @Override
    public List<Section> sections(Matrix matrix) {
        return List.of(
                momentum.section(MOMENTUM, matrix.length()),
                new Section(MEAN_SQUARES, matrix.columns(), Section.Kind.MEAN));
    }

    @Override
    public long flops(Matrix matrix) {
        return orthogonalizer.flops(matrix.rows(), matrix.columns(), DataType.FLOAT);
    }

    @Override
    public double step(INDArray gradient, INDArray v, StepContext context) {
        momentum.apply(gradient, context.state(MOMENTUM), v, kernels);
        orthogonalizer.apply(v, kernels, context);
        double length = kernels.norm(v);
        normalizeOutputs(v, context.state(MEAN_SQUARES));
        v.muli(scale * length / (kernels.norm(v) + EPSILON));
        return InnerProduct.of(v, gradient, kernels, context);
    }

    private void normalizeOutputs(INDArray o, INDArray meanSquares) {
        INDArray lengths = o.norm2(0);
        INDArray current = lengths.muli(lengths).muli(1.0 / o.rows());
        kernels.axpby(1 - beta2, current, beta2, meanSquares);
        o.diviRowVector(Transforms.sqrt(meanSquares, true).addi(EPSILON));
    }
}
