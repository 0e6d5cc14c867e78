package org.layerwise.examples.linear;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Examples of one step.
 *
 * @param inputs X, [n, dX]
 * @param targets Y, [n, dY]
 */
public record Batch(INDArray inputs, INDArray targets) implements AutoCloseable {
    /**
     * The whole population in dX noise-free examples: {@code X^T X / n} is exactly Sigma. Turns every method into its
     * deterministic limit.
     */
    public static Batch population(LinearTask.Domain domain, INDArray features) {
        INDArray root = domain.covariance().root();
        INDArray inputs = root.mul(Math.sqrt(root.rows()));
        return new Batch(inputs, inputs.mmul(domain.map(features).transpose()));
    }

    /** Number of examples. */
    public int size() {
        return inputs.rows();
    }

    /** Second moment of the inputs, {@code X^T X / n}, [dX, dX]. */
    public INDArray secondMoment() {
        return Nd4j.gemm(inputs, inputs, true, false).divi(size());
    }

    /** Frees the arrays without waiting for the garbage collector. */
    @Override
    public void close() {
        inputs.close();
        targets.close();
    }
}
