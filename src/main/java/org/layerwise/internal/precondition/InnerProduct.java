package org.layerwise.internal.precondition;

import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.StepContext;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a step returns. */
final class InnerProduct {
    private InnerProduct() {}

    /** &lt;V, D&gt;; 0 where the step rule does not read it. */
    static double of(INDArray direction, INDArray gradient, Kernels kernels, StepContext context) {
        return context.productNeeded() ? kernels.dot(direction, gradient) : 0;
    }
}
