package org.layerwise.internal.precondition;

import java.util.List;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Section;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.NormBall;
import org.layerwise.settings.PolarIteration;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Momentum, then the steepest direction of the result in some norm: Muon and Scion. */
public final class SteepestDescentMethod implements Method {
    private static final String MOMENTUM = "momentum";

    private final Kernels kernels = Kernels.forBackend();
    private final MomentumStep momentum;
    private final SteepestDirection direction;

    private SteepestDescentMethod(Momentum momentum, SteepestDirection direction) {
        this.momentum = new MomentumStep(momentum);
        this.direction = direction;
    }

    /**
     * Steepest descent in the spectral norm: the approximate polar factor.
     *
     * @param momentum of the gradient
     * @param iteration the polynomials
     * @param epsilon added to the Frobenius norm
     * @param scale factor of the result
     * @return the method
     */
    public static SteepestDescentMethod spectral(
            Momentum momentum, PolarIteration iteration, double epsilon, double scale) {
        return new SteepestDescentMethod(momentum, new SteepestDirection.Spectral(iteration, epsilon, scale));
    }

    /**
     * Steps to the surface of a norm ball.
     *
     * @param momentum of the gradient
     * @param ball the ball
     * @param matrix the matrix served
     * @return the method
     */
    public static SteepestDescentMethod inBall(Momentum momentum, NormBall ball, Matrix matrix) {
        return new SteepestDescentMethod(momentum, NormBalls.direction(ball, matrix));
    }

    @Override
    public List<Section> sections(Matrix matrix) {
        return List.of(momentum.section(MOMENTUM, matrix.length()));
    }

    @Override
    public long flops(Matrix matrix) {
        return direction.flops(matrix.rows(), matrix.columns());
    }

    @Override
    public double step(INDArray gradient, INDArray v, StepContext context) {
        momentum.apply(gradient, context.state(MOMENTUM), v, kernels);
        direction.apply(v, kernels, context);
        return InnerProduct.of(v, gradient, kernels, context);
    }
}
