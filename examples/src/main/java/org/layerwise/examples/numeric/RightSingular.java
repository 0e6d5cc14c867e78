package org.layerwise.examples.numeric;

import org.layerwise.internal.linalg.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Singular values and right singular vectors of a matrix, from the eigenvectors of its Gram matrix. Large singular
 * values are exact to machine precision; those near zero to its square root, relative to the largest.
 */
public final class RightSingular {
    private final SymmetricEigen gram;

    private RightSingular(SymmetricEigen gram) {
        this.gram = gram;
    }

    /** Those of {@code matrix} [rows, columns], of which there are as many as columns. */
    public static RightSingular of(INDArray matrix) {
        try (INDArray gram = matrix.transpose().mmul(matrix)) {
            return new RightSingular(SymmetricEigen.of(gram));
        }
    }

    /** How many: the columns of the matrix. */
    public int count() {
        return (int) gram.values().length();
    }

    /** The singular value of this rank; rank 0 is the largest. */
    public double value(int rank) {
        return Math.sqrt(Math.max(0, gram.values().getDouble(index(rank))));
    }

    /** Its right singular vector, [columns], of length 1; the sign is arbitrary. */
    public INDArray vector(int rank) {
        return gram.vectors().getColumn(index(rank));
    }

    /** Squared alignments of all right singular vectors with {@code direction} [columns], by rank; their sum is 1. */
    public double[] alignments(INDArray direction) {
        double[] projections = Draws.values(gram.vectors().transpose().mmul(direction.reshape(count(), 1)));
        double length = direction.norm2Number().doubleValue();
        double[] alignments = new double[count()];
        for (int rank = 0; rank < alignments.length; rank++) {
            double cosine = projections[index(rank)] / length;
            alignments[rank] = cosine * cosine;
        }
        return alignments;
    }

    private int index(int rank) {
        if (rank < 0 || rank >= count()) {
            throw new IllegalArgumentException("rank is " + rank + ": must be in [0, " + (count() - 1) + "]");
        }
        return count() - 1 - rank;
    }
}
