package org.layerwise.settings;

import java.io.Serializable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.annotation.JsonSubTypes;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/**
 * How a multiple of the identity is added to the curvature G (x) A before it is inverted. Values are on the canonical
 * scale (loss summed over outputs, averaged over examples), so they do not depend on batch size or loss reduction.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Damping.Factored.class, name = "factored"),
    @JsonSubTypes.Type(value = Damping.Exact.class, name = "exact"),
    @JsonSubTypes.Type(value = Damping.PerFactor.class, name = "perFactor"),
    @JsonSubTypes.Type(value = Damping.RelativeToTrace.class, name = "relativeToTrace")
})
public sealed interface Damping extends Serializable {
    /**
     * The multiples of the identity to add to each factor.
     *
     * @param factors traces and dimensions
     * @return amounts for A and G, at least 0
     */
    Amounts amounts(Factors factors);

    /**
     * Multiples of the identity.
     *
     * @param input added to A
     * @param output added to G
     */
    record Amounts(double input, double output) {}

    /**
     * What damping needs to know of the factors. A side that is not used has trace 1 and dimension 1.
     *
     * @param sides which factors are used
     * @param inputTrace tr A
     * @param inputDimension dA
     * @param outputTrace tr G
     * @param outputDimension dG
     */
    record Factors(Sides sides, double inputTrace, int inputDimension, double outputTrace, int outputDimension) {}

    /**
     * Factored Tikhonov damping (Martens and Grosse 2015, section 6.3): A + pi sqrt(lambda) I and G + sqrt(lambda)/pi I
     * with pi^2 = (tr A / dA) / (tr G / dG). A factor of dimension one takes no share; a zero trace gives pi = 1; with
     * one side only, that side takes lambda whole.
     *
     * @param lambda at least 0
     */
    record Factored(
            @JsonProperty(value = "lambda", required = true) @RequiredInJson
            double lambda) implements Damping {
        /** Checks the range. {@inheritDoc} */
        public Factored {
            Require.nonNegative(lambda, "Damping lambda");
        }

        @Override
        public Amounts amounts(Factors f) {
            if (f.sides() != Sides.BOTH) {
                return oneSided(f.sides(), lambda);
            }
            double a = f.inputTrace() / f.inputDimension();
            double g = f.outputTrace() / f.outputDimension();
            if (f.inputDimension() == 1 && a > 0) {
                return new Amounts(0, lambda / a);
            }
            if (f.outputDimension() == 1 && g > 0) {
                return new Amounts(lambda / g, 0);
            }
            double pi = pi(f);
            return new Amounts(pi * Math.sqrt(lambda), Math.sqrt(lambda) / pi);
        }

        /**
         * The split between the factors.
         *
         * @param f traces and dimensions
         * @return pi, 1 if a trace is not positive
         */
        public static double pi(Factors f) {
            double a = f.inputTrace() / f.inputDimension();
            double g = f.outputTrace() / f.outputDimension();
            double pi = Math.sqrt(a) / Math.sqrt(g);
            return a > 0 && g > 0 && pi > 0 && pi <= Double.MAX_VALUE ? pi : 1;
        }
    }

    /**
     * (G (x) A + lambda I) inverted exactly in the factors' eigenbases. Not comparable with the lambda of
     * {@link Factored}, whose cross terms damp more.
     *
     * @param lambda at least 0
     */
    record Exact(
            @JsonProperty(value = "lambda", required = true) @RequiredInJson
            double lambda) implements Damping {
        /** Checks the range. {@inheritDoc} */
        public Exact {
            Require.nonNegative(lambda, "Damping lambda");
        }

        @Override
        public Amounts amounts(Factors f) {
            return f.sides() == Sides.BOTH ? new Amounts(0, 0) : oneSided(f.sides(), lambda);
        }
    }

    /**
     * A + input I and G + output I.
     *
     * @param input at least 0
     * @param output at least 0
     */
    record PerFactor(
            @JsonProperty(value = "input", required = true) @RequiredInJson
            double input,

            @JsonProperty(value = "output", required = true) @RequiredInJson
            double output)
            implements Damping {
        /** Checks the ranges. {@inheritDoc} */
        public PerFactor {
            Require.nonNegative(input, "Input damping");
            Require.nonNegative(output, "Output damping");
        }

        @Override
        public Amounts amounts(Factors f) {
            return new Amounts(input, output);
        }
    }

    /**
     * A + c (tr A / dA) I and G + c (tr G / dG) I: invariant under rescaling inputs or loss. A zero trace counts as 1.
     *
     * @param ratio c, greater than 0
     */
    record RelativeToTrace(
            @JsonProperty(value = "ratio", required = true) @RequiredInJson
            double ratio) implements Damping {
        /** Checks the range. {@inheritDoc} */
        public RelativeToTrace {
            Require.positive(ratio, "Damping ratio");
        }

        @Override
        public Amounts amounts(Factors f) {
            return new Amounts(
                    ratio * meanOrOne(f.inputTrace(), f.inputDimension()),
                    ratio * meanOrOne(f.outputTrace(), f.outputDimension()));
        }

        private static double meanOrOne(double trace, int dimension) {
            return trace > 0 ? trace / dimension : 1;
        }
    }

    private static Amounts oneSided(Sides sides, double lambda) {
        return sides == Sides.INPUT ? new Amounts(lambda, 0) : new Amounts(0, lambda);
    }

    /**
     * Factored Tikhonov damping.
     *
     * @param lambda at least 0
     * @return the damping
     */
    static Damping factored(double lambda) {
        return new Factored(lambda);
    }

    /**
     * Exact damping in the eigenbasis.
     *
     * @param lambda at least 0
     * @return the damping
     */
    static Damping exact(double lambda) {
        return new Exact(lambda);
    }

    /**
     * Absolute damping of each factor.
     *
     * @param input added to A, at least 0
     * @param output added to G, at least 0
     * @return the damping
     */
    static Damping perFactor(double input, double output) {
        return new PerFactor(input, output);
    }

    /**
     * Damping relative to each factor's mean eigenvalue.
     *
     * @param ratio greater than 0
     * @return the damping
     */
    static Damping relativeToTrace(double ratio) {
        return new RelativeToTrace(ratio);
    }
}
