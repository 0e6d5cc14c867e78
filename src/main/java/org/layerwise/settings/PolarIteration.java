package org.layerwise.settings;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A polynomial iteration that drives all singular values of a matrix towards one and so computes its polar factor, by matrix
 * products alone: X = G / (margin |G|), then X = a X + (b A + c A^2) X with A = X X' once for each step's (a, b, c).
 *
 * @param margin factor of the Frobenius norm, at least 1
 * @param steps the odd polynomials, at least one
 */
public record PolarIteration(
        @JsonProperty(value = "margin", required = true) @RequiredInJson
        double margin,

        @JsonProperty("steps") List<Quintic> steps)
        implements Serializable {
    private static final double POLAR_EXPRESS_MARGIN = 1.01;

    private static final Quintic KELLER_JORDAN = new Quintic(3.4445, -4.7750, 2.0315);

    private static final List<Quintic> POLAR_EXPRESS = List.of(
            new Quintic(8.28721201814563, -23.595886519098837, 17.300387312530933),
            new Quintic(4.107059111542203, -2.9478499167379106, .5448431082926601),
            new Quintic(3.9486908534822946, -2.908902115962949, .5518191394370137),
            new Quintic(3.3184196573706015, -2.488488024314874, .51004894012372),
            new Quintic(2.300652019954817, -1.6689039845747493, .4188073119525673),
            new Quintic(1.891301407787398, -1.2679958271945868, .37680408948524835),
            new Quintic(1.8750014808534479, -1.2500016453999487, .3750001645474248),
            new Quintic(1.875, -1.25, .375));

    /**
     * The odd polynomial a s + b s^3 + c s^5.
     *
     * @param a slope at zero
     * @param b cubic coefficient
     * @param c quintic coefficient
     */
    public record Quintic(
            @JsonProperty(value = "a", required = true) @RequiredInJson
            double a,

            @JsonProperty(value = "b", required = true) @RequiredInJson
            double b,

            @JsonProperty(value = "c", required = true) @RequiredInJson
            double c)
            implements Serializable {
        /** Checks the coefficients. {@inheritDoc} */
        public Quintic {
            Require.argument(
                    Double.isFinite(a) && Double.isFinite(b) && Double.isFinite(c),
                    "The coefficients of a polynomial must be finite, but are %s, %s, %s",
                    a,
                    b,
                    c);
        }

        /** The polynomial of s / margin. */
        private Quintic shrunk(double margin) {
            return new Quintic(a / margin, b / Math.pow(margin, 3), c / Math.pow(margin, 5));
        }

        private double at(double s) {
            return s * (a + s * s * (b + s * s * c));
        }
    }

    /** Checks the list. {@inheritDoc} */
    public PolarIteration {
        Require.argument(margin >= 1 && margin <= 2, "The norm's margin must be in [1, 2], but is %s", margin);
        Require.argument(
                steps != null
                        && !steps.isEmpty()
                        && steps.size() <= 100
                        && steps.stream().noneMatch(Objects::isNull),
                "A polar iteration needs 1 to 100 steps, but got %s",
                steps);
        steps = List.copyOf(steps);
    }

    /**
     * Keller Jordan's Newton-Schulz iteration (kellerjordan.github.io/posts/muon): fast growth of small singular values; after
     * five steps they are spread over about [0.68, 1.15] rather than equal to one.
     *
     * @param steps number of steps, usually 5
     * @return the iteration
     */
    public static PolarIteration newtonSchulz(int steps) {
        requireSteps(steps);
        return new PolarIteration(1, Collections.nCopies(steps, KELLER_JORDAN));
    }

    /**
     * Polar Express (Amsel et al. 2025, arXiv 2505.16932), the paper's list for singular values from 1e-3 with its safety
     * factor 1.01 on all but the last entry: each polynomial is the best one for what the earlier ones leave. Eight steps
     * give the polar factor of a well-conditioned matrix to rounding.
     *
     * @param steps number of steps, usually 5 to 8; the last polynomial is repeated beyond that
     * @return the iteration
     */
    public static PolarIteration polarExpress(int steps) {
        requireSteps(steps);
        List<Quintic> list = new ArrayList<>();
        int last = POLAR_EXPRESS.size() - 1;
        for (int i = 0; i < steps; i++) {
            list.add(i < last ? POLAR_EXPRESS.get(i).shrunk(POLAR_EXPRESS_MARGIN) : POLAR_EXPRESS.get(last));
        }
        return new PolarIteration(POLAR_EXPRESS_MARGIN, list);
    }

    /**
     * Any list of polynomials.
     *
     * @param steps the polynomials, in order
     * @return the iteration, without a margin of the norm
     */
    public static PolarIteration of(Quintic... steps) {
        return new PolarIteration(1, List.of(steps));
    }

    private static void requireSteps(int steps) {
        Require.argument(steps >= 1 && steps <= 100, "A polar iteration needs 1 to 100 steps, but got %s", steps);
    }

    /**
     * What the iteration makes of one singular value.
     *
     * @param s singular value of X, after the division by margin and norm
     * @return the value after all steps
     */
    public double map(double s) {
        double value = s;
        for (Quintic step : steps) {
            value = step.at(value);
        }
        return value;
    }
}
