package org.layerwise.examples.index;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A sample of a task.
 *
 * @param inputs X, [n, dX]
 * @param labels y with noise, [n, 1]
 * @param clean {@code sigma*(beta*^T x)}, y without noise, [n, 1]
 */
public record Examples(INDArray inputs, INDArray labels, INDArray clean) implements AutoCloseable {
    /** n. */
    public int size() {
        return inputs.rows();
    }

    /** Frees the arrays without waiting for the garbage collector. */
    @Override
    public void close() {
        inputs.close();
        labels.close();
        clean.close();
    }
}
