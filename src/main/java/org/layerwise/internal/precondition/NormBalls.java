package org.layerwise.internal.precondition;

import org.layerwise.internal.precondition.SteepestDirection.Group;
import org.layerwise.method.Matrix;
import org.layerwise.settings.NormBall;
import org.layerwise.settings.NormBall.Norm;
import org.layerwise.settings.PolarIteration;
import org.layerwise.settings.Role;

/** From the centre of a norm ball to its surface, for a matrix. */
final class NormBalls {
    private static final double NORM_EPSILON = 1e-8;
    private static final double SPECTRAL_EPSILON = 1e-7;
    private static final int SPECTRAL_STEPS = 5;

    private NormBalls() {}

    /**
     * The linear minimisation oracle of a ball, but for the sign.
     *
     * @param ball the ball
     * @param matrix whose gradient is mapped
     * @return along which the loss falls fastest, as long as the radius
     */
    static SteepestDirection direction(NormBall ball, Matrix matrix) {
        double fanIn = matrix.rows();
        double fanOut = matrix.columns();
        double radius = ball.radius();
        boolean normalized = ball.normalized();
        return switch (ball.norm()) {
            case SPECTRAL, SPECTRAL_MAX ->
                new SteepestDirection.Spectral(
                        PolarIteration.newtonSchulz(SPECTRAL_STEPS),
                        SPECTRAL_EPSILON,
                        radius * spectralFactor(ball, matrix));
            case SIGN -> new SteepestDirection.Sign(normalized ? radius / fanIn : radius);
            case PER_OUTPUT ->
                new SteepestDirection.GroupNorm(Group.OUTPUT, normalized ? Math.sqrt(fanIn) : 1, NORM_EPSILON, radius);
            case PER_INPUT ->
                new SteepestDirection.GroupNorm(
                        Group.INPUT, (normalized ? fanIn : 1) / Math.sqrt(fanOut), NORM_EPSILON, radius);
            case ROOT_MEAN_SQUARE ->
                new SteepestDirection.GroupNorm(Group.ALL, 1 / Math.sqrt(fanIn * fanOut), NORM_EPSILON, radius);
        };
    }

    private static double spectralFactor(NormBall ball, Matrix matrix) {
        double channels = (double) matrix.rows() / matrix.kernelArea();
        double factor = Math.sqrt(matrix.columns() / (ball.normalized() ? channels : 1));
        double bounded = ball.norm() == Norm.SPECTRAL_MAX ? Math.max(1, factor) : factor;
        return matrix.role() == Role.CONVOLUTION ? bounded / matrix.kernelArea() : bounded;
    }
}
