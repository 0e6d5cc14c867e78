package org.layerwise.settings;

import java.io.Serializable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * How the inverse root A^-e of a symmetric positive semidefinite matrix is computed, and what is done about its small
 * eigenvalues.
 *
 * @param solver the algorithm
 * @param floor what keeps small eigenvalues from blowing up
 * @param epsilon of the floor, at least 0
 */
public record InverseRoot(
        @JsonProperty("solver") Solver solver,
        @JsonProperty("floor") Floor floor,

        @JsonProperty(value = "epsilon", required = true) @RequiredInJson
        double epsilon)
        implements Serializable {
    /** Algorithms. */
    public enum Solver {
        /** Eigendecomposition; any exponent. */
        EIGEN,
        /**
         * The coupled Newton iteration of Shampoo's authors (Anil et al. 2020, arXiv 2002.09018), by matrix products alone; the
         * exponent must be the reciprocal of an integer.
         */
        COUPLED_NEWTON,
        /** One such step, then coupled steps of third order: fewer iterations, one product more in each. */
        THIRD_ORDER
    }

    /** What is done about small eigenvalues w. */
    public enum Floor {
        /** w - min(0, smallest w) + epsilon: the published Shampoo, where the result depends on the gradient's scale. */
        ABSOLUTE,
        /** w + epsilon * largest w: independent of the gradient's scale. Iterations use the Frobenius norm as the largest. */
        RELATIVE,
        /**
         * Eigenvalues up to epsilon * largest w count as zero, and so does their inverse root: directions without gradients stay
         * where they are. With epsilon 0 the bound is n times the precision of the elements. Eigendecomposition only.
         */
        PSEUDO_INVERSE
    }

    /** Checks the combination. {@inheritDoc} */
    public InverseRoot {
        Require.present(solver, "The solver of the inverse root");
        Require.present(floor, "The floor of the inverse root");
        Require.nonNegative(epsilon, "The epsilon of the inverse root");
        Require.argument(
                solver == Solver.EIGEN || floor != Floor.PSEUDO_INVERSE,
                "A pseudo-inverse root needs solver EIGEN, but it is %s",
                solver);
    }

    /**
     * An eigendecomposition with a floor added as it is.
     *
     * @param epsilon at least 0
     * @return the root
     */
    public static InverseRoot absolute(double epsilon) {
        return new InverseRoot(Solver.EIGEN, Floor.ABSOLUTE, epsilon);
    }

    /**
     * An eigendecomposition with a floor relative to the largest eigenvalue.
     *
     * @param epsilon at least 0
     * @return the root
     */
    public static InverseRoot relative(double epsilon) {
        return new InverseRoot(Solver.EIGEN, Floor.RELATIVE, epsilon);
    }

    /**
     * An eigendecomposition that drops small eigenvalues.
     *
     * @param cut relative to the largest eigenvalue; 0 for the precision of the elements
     * @return the root
     */
    public static InverseRoot pseudoInverse(double cut) {
        return new InverseRoot(Solver.EIGEN, Floor.PSEUDO_INVERSE, cut);
    }

    /**
     * The same root by another algorithm.
     *
     * @param other the algorithm
     * @return a copy
     */
    public InverseRoot by(Solver other) {
        return new InverseRoot(other, floor, epsilon);
    }

    /**
     * Checks that the algorithm has this exponent.
     *
     * @param exponent e, greater than 0
     */
    public void requireExponent(double exponent) {
        Require.positive(exponent, "The exponent of an inverse root");
        Require.argument(
                solver == Solver.EIGEN || Math.abs(1 / exponent - Math.rint(1 / exponent)) < 1e-9,
                "Solver %s needs an exponent 1/p with an integer p, but it is %s. Use EIGEN.",
                solver,
                exponent);
    }
}
