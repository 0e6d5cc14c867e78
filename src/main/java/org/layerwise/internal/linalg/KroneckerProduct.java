package org.layerwise.internal.linalg;

import org.layerwise.settings.NumericalException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Kronecker product G (x) A of two symmetric matrices as a value, acting on matrices D of shape [dA, dG] in DL4J's
 * orientation: with column-major vec, (G (x) A) vec(D) = vec(A D G).
 *
 * @param input A, [dA, dA]
 * @param output G, [dG, dG]
 */
public record KroneckerProduct(INDArray input, INDArray output) {
    /**
     * Applies the product.
     *
     * @param d [dA, dG]; not changed
     * @return A D G, a new array [dA, dG]
     */
    public INDArray multiply(INDArray d) {
        return input.mmul(d).mmul(output);
    }

    /**
     * The inverse product; both factors must be positive definite.
     *
     * @return G^-1 (x) A^-1
     * @throws NumericalException if a factor is not positive definite
     */
    public KroneckerProduct inverse() {
        return new KroneckerProduct(
                Cholesky.factor(input).inverse(), Cholesky.factor(output).inverse());
    }

    /**
     * The trace.
     *
     * @return tr(A) tr(G)
     */
    public double trace() {
        return trace(input) * trace(output);
    }

    private static double trace(INDArray a) {
        double sum = 0;
        for (int i = 0; i < a.rows(); i++) {
            sum += a.getDouble(i, i);
        }
        return sum;
    }

    /**
     * The matrix itself, for tests and small problems.
     *
     * @return [dA dG, dA dG]; row and column i + dA j belong to entry (i, j) of D
     */
    public INDArray dense() {
        int a = input.rows();
        int g = output.rows();
        INDArray dense = Nd4j.create(input.dataType(), (long) a * g, (long) a * g);
        for (int j = 0; j < g; j++) {
            for (int l = 0; l < g; l++) {
                dense.get(
                                org.nd4j.linalg.indexing.NDArrayIndex.interval((long) j * a, (long) (j + 1) * a),
                                org.nd4j.linalg.indexing.NDArrayIndex.interval((long) l * a, (long) (l + 1) * a))
                        .assign(input.mul(output.getDouble(j, l)));
            }
        }
        return dense;
    }
}
