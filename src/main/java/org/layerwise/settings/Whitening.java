package org.layerwise.settings;

import java.io.Serializable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * How a factor Q of PSGD follows the gradients (Li 2024, arXiv 2402.11858; psgd_torch). With H = P G and, for each side, T = H H'
 * or H' H and c the other side's length, the criterion's gradient is T - c I in a geometry of choice, divided by an upper bound of
 * its Lipschitz constant: L = max(decay L + (1 - decay) (|T| + c), |T| + c).
 *
 * <p>The published algorithm adds noise of size {@code damping} to G, so that P stays below about 1 / damping where no gradient
 * goes. Here the noise enters by its mean, damping^2 |P_other|^2 P^2 in T: the same bound, and nothing random.
 *
 * @param geometry in which Q moves
 * @param rate of the factors, mu, in (0, 1)
 * @param lipschitzDecay decay of L, in [0, 1)
 * @param damping at least 0, in units of the gradient
 */
public record Whitening(
        @JsonProperty("geometry") Geometry geometry,

        @JsonProperty(value = "rate", required = true) @RequiredInJson
        double rate,

        @JsonProperty(value = "lipschitzDecay", required = true) @RequiredInJson
        double lipschitzDecay,

        @JsonProperty(value = "damping", required = true) @RequiredInJson
        double damping)
        implements Serializable {
    /** The direction in which a factor moves; the names are the reference implementation's. */
    public enum Geometry {
        /** Q0.5EQ1.5: Q - mu / L (T - c) Q, then a rotation towards a symmetric Q. The reference's choice. */
        Q05EQ15,
        /** QEQ: Q - mu / L Q (T - c). */
        QEQ,
        /** QUAD: half a step from either side, Q stays symmetric. */
        QUAD
    }

    /** Checks the values. {@inheritDoc} */
    public Whitening {
        Require.present(geometry, "geometry");
        Require.argument(rate > 0 && rate < 1, "preconditionerRate must be in (0, 1), but is %s", rate);
        Require.argument(
                lipschitzDecay >= 0 && lipschitzDecay < 1,
                "lipschitzDecay must be in [0, 1), but is %s",
                lipschitzDecay);
        Require.nonNegative(damping, "damping");
    }
}
