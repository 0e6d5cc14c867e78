package org.layerwise.precondition;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The inverse of a layer's damped curvature, as it is applied to a gradient. */
sealed interface CurvatureInverse permits FactoredInverse, EigenbasisInverse {
    /**
     * Computes the inverse anew. On failure the previous one stays in use.
     *
     * @param fromSnapshot whether from the snapshots, to rebuild what was, rather than from the running factors
     * @throws org.layerwise.linalg.NumericalException if every remedy failed
     */
    void compute(boolean fromSnapshot);

    /**
     * Applies the inverse.
     *
     * @param d gradient, [dA, dG]; read
     * @param v preconditioned gradient, [dA, dG]; overwritten
     */
    void apply(INDArray d, INDArray v);
}
