package org.layerwise.internal.precondition;

import org.layerwise.method.StepContext;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The inverse of a layer's damped curvature, as it is applied to a gradient. */
sealed interface CurvatureInverse permits FactoredInverse, EigenbasisInverse {
    /**
     * Computes the inverse anew. On failure the previous one stays in use.
     *
     * @param fromSnapshot whether from the snapshots, to rebuild what was, rather than from the running factors
     * @param context of the step
     * @throws org.layerwise.settings.NumericalException if every remedy failed
     */
    void compute(boolean fromSnapshot, StepContext context);

    /**
     * Applies the inverse.
     *
     * @param d gradient, [dA, dG]; read
     * @param v preconditioned gradient, [dA, dG]; overwritten
     * @param context of the step
     */
    void apply(INDArray d, INDArray v, StepContext context);
}
