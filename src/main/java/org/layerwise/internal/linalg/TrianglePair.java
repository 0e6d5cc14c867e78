package org.layerwise.internal.linalg;

import org.layerwise.internal.Require;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Two symmetric d by d matrices in one (d+1) by d column-major array: the <em>running</em> one in the lower triangle of
 * rows 1..d, the <em>snapshot</em> in the upper triangle of rows 0..d-1. Both keep their diagonal, nothing is stored
 * twice, and each is addressed directly by BLAS with leading dimension d+1.
 *
 * @param array backing array of shape [d+1, d], order 'f', dense; may be a view
 */
public record TrianglePair(INDArray array) {
    /** Wraps a backing array. {@inheritDoc} */
    public TrianglePair {
        Require.argument(
                array.rank() == 2
                        && array.rows() == array.columns() + 1
                        && array.stride(0) == 1
                        && array.stride(1) == array.rows(),
                "A triangle pair needs a dense [d+1, d] array in 'f' order, but got shape %s, order '%s'",
                java.util.Arrays.toString(array.shape()),
                array.ordering());
    }

    /**
     * Number of elements that a pair of the given dimension takes.
     *
     * @param dimension d, at least 1
     * @return d (d+1)
     */
    public static long length(long dimension) {
        return dimension * (dimension + 1);
    }

    /**
     * The dimension of both matrices.
     *
     * @return d
     */
    public int dimension() {
        return array.columns();
    }
}
