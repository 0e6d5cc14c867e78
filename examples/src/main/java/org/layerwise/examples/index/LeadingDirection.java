package org.layerwise.examples.index;

import org.layerwise.linalg.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a matrix is mostly about. */
public final class LeadingDirection {
    private LeadingDirection() {}

    /**
     * Right singular vector of the largest singular value, from the smaller Gram matrix.
     *
     * @param matrix M, [m, d]
     * @return [d], of any sign and length
     */
    public static INDArray of(INDArray matrix) {
        INDArray transposed = matrix.transpose();
        if (matrix.columns() <= matrix.rows()) {
            return top(transposed, matrix).reshape(matrix.columns());
        }
        INDArray left = top(matrix, transposed);
        return transposed.mmul(left).reshape(matrix.columns());
    }

    /** Leading eigenvector of the symmetric matrix {@code a b}, as a column. */
    private static INDArray top(INDArray a, INDArray b) {
        try (INDArray gram = a.mmul(b)) {
            INDArray vectors = SymmetricEigen.of(gram).vectors();
            return vectors.getColumn(vectors.columns() - 1, true).dup();
        }
    }
}
