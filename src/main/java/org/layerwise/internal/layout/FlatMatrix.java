package org.layerwise.internal.layout;

import java.util.List;
import java.util.stream.IntStream;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.method.Matrix;
import org.layerwise.method.Matrix.Band;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The map between a matrix's elements in a flat vector and the matrix [rows, columns] in 'f' order. */
public final class FlatMatrix {
    private final Kernels kernels;
    private final Matrix matrix;

    /**
     * Creates the map.
     *
     * @param kernels kernels of the backend
     * @param matrix where its bands lie
     */
    public FlatMatrix(Kernels kernels, Matrix matrix) {
        this.kernels = kernels;
        this.matrix = matrix;
    }

    /**
     * The matrix inside the flat vector, without a copy.
     *
     * @param flat dense, one-dimensional
     * @return view [rows, columns] in 'f' order of a contiguous matrix
     */
    public INDArray view(INDArray flat) {
        Band band = matrix.bands().get(0);
        return flat.get(NDArrayIndex.interval(band.offset(), band.end())).reshape('f', matrix.rows(), matrix.columns());
    }

    /**
     * D = scale * matrix(flat).
     *
     * @param flat dense, one-dimensional; read
     * @param scale factor
     * @param d [rows, columns] in 'f' order; overwritten
     */
    public void gather(INDArray flat, double scale, INDArray d) {
        int row = 0;
        for (Band band : matrix.bands()) {
            for (Band part : parts(band)) {
                kernels.transfer(inFlat(flat, part), scale, inMatrix(d, row, part), false);
                row += part.rows();
            }
        }
    }

    /**
     * Puts flat = scale * D or flat += scale * D at the matrix's elements: the adjoint of {@link #gather}.
     *
     * @param d [rows, columns] in 'f' order; read
     * @param scale factor
     * @param flat dense, one-dimensional; updated
     * @param add whether to add
     */
    public void scatter(INDArray d, double scale, INDArray flat, boolean add) {
        int row = 0;
        for (Band band : matrix.bands()) {
            for (Band part : parts(band)) {
                kernels.transfer(inMatrix(d, row, part), scale, inFlat(flat, part), add);
                row += part.rows();
            }
        }
    }

    /** A band by columns: itself, or each of its rows. */
    private static List<Band> parts(Band band) {
        if (!band.byRows()) {
            return List.of(band);
        }
        return IntStream.range(0, band.rows())
                .mapToObj(i -> new Band(band.offset() + (long) i * band.leadingDimension(), 1, band.columns(), 1))
                .toList();
    }

    private static Block inFlat(INDArray flat, Band band) {
        return new Block(flat, band.offset(), band.rows(), band.columns(), band.leadingDimension());
    }

    private Block inMatrix(INDArray d, int row, Band band) {
        return new Block(d, row, band.rows(), band.columns(), matrix.rows());
    }
}
