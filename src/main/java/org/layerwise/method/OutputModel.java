package org.layerwise.method;

import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The predictive distribution that an output layer's loss is the negative logarithm of: what the Monte-Carlo and exact Fisher
 * matrices need of a loss. Loss and vectors are summed over outputs.
 */
public interface OutputModel {
    /**
     * The gradient of each example's loss for a label drawn from the distribution.
     *
     * @param output network output [n, k], after the activation; read
     * @param random where draws come from, one row after the other
     * @return [n, k], a new array
     */
    INDArray sample(INDArray output, RandomGenerator random);

    /**
     * A column of a factor S of each example's Hessian H = S S'.
     *
     * @param output network output [n, k], after the activation; read
     * @param c index of the column, in [0, k)
     * @return [n, k], a new array
     */
    INDArray column(INDArray output, int c);

    /**
     * Whether vectors are gradients with respect to the pre-activation, as for losses that are fused with their activation.
     *
     * @return false if they are with respect to the network's output
     */
    boolean fused();
}
