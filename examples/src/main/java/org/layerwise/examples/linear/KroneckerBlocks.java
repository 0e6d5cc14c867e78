package org.layerwise.examples.linear;

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
    void features(double[][] left, double[][] right) {
        for (int a = 0; a < hidden; a++) {
            for (int i = 0; i < inputs; i++) {
                int row = (a * inputs + i) * size;
                for (int b = 0; b < hidden; b++) {
                    for (int j = 0; j < inputs; j++) {
                        values[row + b * inputs + j] = left[a][b] * right[i][j];
                    }
                }
            }
        }
    }

    /** Blocks (G, F) and (F, G): {@code head^T kron cross} with head [dY, dh], cross [dX, dh]. */
    void mixed(double[][] head, double[][] cross) {
        for (int a = 0; a < hidden; a++) {
            for (int i = 0; i < inputs; i++) {
                int row = a * inputs + i;
                for (int k = 0; k < outputs; k++) {
                    for (int b = 0; b < hidden; b++) {
                        int column = hidden * inputs + k * hidden + b;
                        double value = head[k][a] * cross[i][b];
                        values[row * size + column] = value;
                        values[column * size + row] = value;
                    }
                }
            }
        }
    }

    /** Block (F, F): {@code I kron moment} with moment [dh, dh]. */
    void head(double[][] moment) {
        for (int k = 0; k < outputs; k++) {
            int start = hidden * (inputs + k);
            for (int a = 0; a < hidden; a++) {
                System.arraycopy(moment[a], 0, values, (start + a) * size + start, hidden);
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
    static INDArray perExample(
            double[][] backpropagated, double[][] inputs, double[][] residual, double[][] activations) {
        int examples = inputs.length;
        int split = backpropagated[0].length * inputs[0].length;
        int size = split + residual[0].length * activations[0].length;
        double[] gradients = new double[examples * size];
        for (int i = 0; i < examples; i++) {
            outer(backpropagated[i], inputs[i], gradients, i * size);
            outer(residual[i], activations[i], gradients, i * size + split);
        }
        return Draws.matrix(gradients, examples, size);
    }

    private static void outer(double[] left, double[] right, double[] target, int offset) {
        int index = offset;
        for (double a : left) {
            for (double b : right) {
                target[index++] = a * b;
            }
        }
    }
}
