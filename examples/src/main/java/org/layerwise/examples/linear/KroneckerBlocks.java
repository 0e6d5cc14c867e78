package org.layerwise.examples.linear;

import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Fills matrices over the parameters (rows of G, then rows of F) entry by entry: the blocks are Kronecker products with
 * one small factor, for which a loop is cheaper than hundreds of array operations.
 */
final class KroneckerBlocks {
    private final int hidden;
    private final int inputs;
    private final int outputs;
    private final int size;
    private final double[] values;

    KroneckerBlocks(int hidden, int inputs, int outputs) {
        this.hidden = hidden;
        this.inputs = inputs;
        this.outputs = outputs;
        size = hidden * (inputs + outputs);
        values = new double[size * size];
    }

    /** Block (G, G): {@code left kron right} with left [dh, dh], right [dX, dX]. */
    void features(double[] left, double[] right) {
        for (int a = 0; a < hidden; a++) {
            for (int i = 0; i < inputs; i++) {
                int row = (a * inputs + i) * size;
                for (int b = 0; b < hidden; b++) {
                    for (int j = 0; j < inputs; j++) {
                        values[row + b * inputs + j] = left[a * hidden + b] * right[i * inputs + j];
                    }
                }
            }
        }
    }

    /** Blocks (G, F) and (F, G): {@code head^T kron cross} with head [dY, dh], cross [dX, dh]. */
    void mixed(double[] head, double[] cross) {
        for (int a = 0; a < hidden; a++) {
            for (int i = 0; i < inputs; i++) {
                int row = a * inputs + i;
                for (int k = 0; k < outputs; k++) {
                    for (int b = 0; b < hidden; b++) {
                        int column = hidden * inputs + k * hidden + b;
                        double value = head[k * hidden + a] * cross[i * hidden + b];
                        values[row * size + column] = value;
                        values[column * size + row] = value;
                    }
                }
            }
        }
    }

    /** Block (F, F): {@code I kron moment} with moment [dh, dh]. */
    void head(double[] moment) {
        for (int k = 0; k < outputs; k++) {
            int start = hidden * (inputs + k);
            for (int a = 0; a < hidden; a++) {
                System.arraycopy(moment, a * hidden, values, (start + a) * size + start, hidden);
            }
        }
    }

    /** The matrix, [p, p]. */
    INDArray matrix() {
        return Draws.matrix(values, size, size);
    }

    /**
     * Per-example gradients, [n, p]: row i is {@code [vec(backpropagated_i x_i^T), vec(residual_i z_i^T)]}.
     *
     * @param backpropagated {@code F^T r_i}, [n, dh]
     * @param inputs x_i, [n, dX]
     * @param residual r_i, [n, dY]
     * @param activations z_i, [n, dh]
     */
    static INDArray perExample(INDArray backpropagated, INDArray inputs, INDArray residual, INDArray activations) {
        int examples = inputs.rows();
        int split = backpropagated.columns() * inputs.columns();
        int size = split + residual.columns() * activations.columns();
        double[] gradients = new double[examples * size];
        outer(backpropagated, inputs, gradients, 0);
        outer(residual, activations, gradients, split);
        return Draws.matrix(gradients, examples, size);
    }

    /** Writes the outer product of row i of both factors at {@code offset} of row i of {@code target}. */
    private static void outer(INDArray left, INDArray right, double[] target, int offset) {
        int stride = target.length / left.rows();
        double[] a = Draws.values(left);
        double[] b = Draws.values(right);
        for (int i = 0; i < left.rows(); i++) {
            int index = i * stride + offset;
            for (int j = i * left.columns(); j < (i + 1) * left.columns(); j++) {
                for (int k = i * right.columns(); k < (i + 1) * right.columns(); k++) {
                    target[index++] = a[j] * b[k];
                }
            }
        }
    }
}
