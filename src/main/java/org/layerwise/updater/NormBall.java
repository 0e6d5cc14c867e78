package org.layerwise.updater;

import java.io.Serializable;
import org.layerwise.layout.Role;
import org.layerwise.layout.Segment;
import org.layerwise.linalg.PolarIteration;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.SteepestDirection;
import org.layerwise.precondition.SteepestDirection.Group;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A ball in some norm of a matrix, from which {@link Scion} takes its steps.
 *
 * @param norm which norm
 * @param radius greater than 0
 * @param normalized whether the norm is relative to the number of inputs, so that a step changes outputs by the same amount
 *     at any width
 */
public record NormBall(
        @JsonProperty("norm") Norm norm,
        @JsonProperty("radius") double radius,
        @JsonProperty("normalized") boolean normalized)
        implements Serializable {
    private static final double NORM_EPSILON = 1e-8;
    private static final double SPECTRAL_EPSILON = 1e-7;

    /** The norms; m is the momentum, [fanIn, fanOut]. */
    public enum Norm {
        /**
         * Spectral: sqrt(fanOut / fanIn) polar(m); for a convolution of channels cIn and cOut with k positions
         * sqrt(cOut / cIn) / k polar(m). Not normalised: without cIn and fanIn.
         */
        SPECTRAL,
        /** As {@link #SPECTRAL}, but the factor of m is at least 1 (before k): for first layers. */
        SPECTRAL_MAX,
        /** Largest element: sign(m) / fanIn, not normalised sign(m); for output layers. */
        SIGN,
        /** The weights into each output get the same length 1 / sqrt(fanIn), not normalised 1 (the reference's RowNorm). */
        PER_OUTPUT,
        /** The weights from each input get the root mean square 1 / fanIn, not normalised 1 (the reference's ColNorm). */
        PER_INPUT,
        /** All elements together get the root mean square 1; for biases and gains. */
        ROOT_MEAN_SQUARE
    }

    /**
     * Checks the radius.
     *
     * @param norm which norm
     * @param radius greater than 0
     * @param normalized whether the norm is relative to the number of inputs
     */
    public NormBall {
        Require.positive(radius, "radius");
        Require.argument(norm != null, "A norm ball needs a norm, but got null");
    }

    /**
     * A normalised ball.
     *
     * @param norm which norm
     * @param radius greater than 0
     * @return the ball
     */
    public static NormBall of(Norm norm, double radius) {
        return new NormBall(norm, radius, true);
    }

    /**
     * The ball whose norm does not depend on the number of inputs.
     *
     * @return a copy
     */
    public NormBall unnormalized() {
        return new NormBall(norm, radius, false);
    }

    /** The direction from the centre to the surface, for a matrix. */
    SteepestDirection direction(Segment segment) {
        double fanIn = segment.fanIn();
        double fanOut = segment.fanOut();
        return switch (norm) {
            case SPECTRAL, SPECTRAL_MAX ->
                new SteepestDirection.Spectral(
                        PolarIteration.newtonSchulz(5), SPECTRAL_EPSILON, radius * spectralFactor(segment));
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

    private double spectralFactor(Segment segment) {
        double channels = (double) segment.fanIn() / segment.kernelArea();
        double factor = Math.sqrt(segment.fanOut() / (normalized ? channels : 1));
        double bounded = norm == Norm.SPECTRAL_MAX ? Math.max(1, factor) : factor;
        return segment.role() == Role.CONVOLUTION ? bounded / segment.kernelArea() : bounded;
    }
}
