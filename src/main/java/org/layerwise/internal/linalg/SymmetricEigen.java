package org.layerwise.internal.linalg;

import org.layerwise.internal.Require;
import org.layerwise.settings.NumericalException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The eigendecomposition A = V diag(w) V' of a symmetric matrix.
 *
 * @param values w, [n], ascending
 * @param vectors V, [n, n] in 'f' order, one eigenvector a column
 */
public record SymmetricEigen(INDArray values, INDArray vectors) {
    /**
     * Decomposes a matrix.
     *
     * @param a symmetric, [n, n], FLOAT or DOUBLE, any order; its upper triangle is read, not changed
     * @return the decomposition
     * @throws NumericalException if {@code a} is not finite or the iteration does not converge
     */
    public static SymmetricEigen of(INDArray a) {
        Require.argument(
                a.rank() == 2 && a.rows() == a.columns(),
                "An eigendecomposition needs a square matrix, but got shape %s",
                java.util.Arrays.toString(a.shape()));
        INDArray vectors = a.dup('f');
        INDArray values = Nd4j.create(a.dataType(), a.rows());
        Kernels.forBackend().eigen(vectors, values);
        return new SymmetricEigen(values, vectors);
    }

    /**
     * Recomposes a function of A.
     *
     * @param spectrum f(w), [n]
     * @return V diag(f(w)) V', a new array [n, n]
     */
    public INDArray compose(INDArray spectrum) {
        INDArray row = spectrum.castTo(vectors.dataType()).reshape(1, spectrum.length());
        return vectors.mulRowVector(row).mmul(vectors.transpose());
    }

    /**
     * The condition number of a positive definite A.
     *
     * @return the ratio of the largest to the smallest eigenvalue; infinite or negative if A is not positive definite
     */
    public double condition() {
        INDArray w = values.castTo(DataType.DOUBLE);
        return w.getDouble(w.length() - 1) / w.getDouble(0);
    }
}
