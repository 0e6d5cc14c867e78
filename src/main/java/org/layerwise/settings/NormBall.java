package org.layerwise.settings;

import java.io.Serializable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A ball in some norm of a matrix, from which {@code Scion} takes its steps.
 *
 * @param norm which norm
 * @param radius greater than 0
 * @param normalized whether the norm is relative to the number of inputs, so that a step changes outputs by the same amount
 *     at any width
 */
public record NormBall(
        @JsonProperty("norm") Norm norm,

        @JsonProperty(value = "radius", required = true) @RequiredInJson
        double radius,

        @JsonProperty(value = "normalized", required = true) @RequiredInJson
        boolean normalized)
        implements Serializable {
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

    /** Checks the radius. {@inheritDoc} */
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
}
