package org.layerwise.internal.precondition;

import java.util.List;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.method.Section;
import org.layerwise.method.Section.Kind;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where the methods in eigenbases keep what: counters of each block, the moments m and v of all blocks, block after block, and
 * for each side of each block its factor and, at the same place of another array, its basis.
 */
final class SoapLayout {
    static final String AGES = "ages";
    static final String FIRST_MOMENTS = "first moments";
    static final String SECOND_MOMENTS = "second moments";
    static final String FACTORS = "factors";
    static final String BASES = "bases";

    private final List<Tile> tiles;
    private final boolean left;
    private final boolean right;
    private final String words;
    private final long[] starts;
    private final long[] factors;
    private final long elements;
    private final long factorElements;

    /**
     * Plans the arrays.
     *
     * @param rows of the matrix
     * @param columns of the matrix
     * @param blockSize largest side of a block that is rotated on this side
     * @param left whether the rows' side is rotated; a side that is not is not cut either
     * @param right whether the columns' side is rotated
     */
    SoapLayout(int rows, int columns, int blockSize, boolean left, boolean right) {
        int height = left ? blockSize : rows;
        int width = right ? blockSize : columns;
        this.tiles = Tile.partition(rows, columns, height, width);
        this.left = left;
        this.right = right;
        this.words = Tile.layout(rows, columns, height, width)
                + (left ? ", rows rotated" : "")
                + (right ? ", columns rotated" : "");
        this.starts = new long[tiles.size()];
        this.factors = new long[tiles.size()];
        long element = 0;
        long factor = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = element;
            factors[i] = factor;
            element += tiles.get(i).length();
            factor += factorLength(i, false) + factorLength(i, true);
        }
        this.elements = element;
        this.factorElements = factor;
    }

    /** Elements of a side's factor, and of its basis; a side of one element has nothing to rotate. */
    private long factorLength(int tile, boolean ofColumns) {
        long d = ofColumns ? tiles.get(tile).columns() : tiles.get(tile).rows();
        return (ofColumns ? right : left) && d > 1 ? d * d : 0;
    }

    /** The arrays of state. */
    List<Section> sections() {
        return List.of(
                new Section(AGES, words, (long) BlockAges.PER_BLOCK * tiles.size(), Kind.COUNTER),
                new Section(FIRST_MOMENTS, words, elements, Kind.MEAN),
                new Section(SECOND_MOMENTS, words, elements, Kind.MEAN),
                new Section(FACTORS, words, factorElements, Kind.MEAN),
                new Section(BASES, words, factorElements, Kind.DERIVED));
    }

    List<Tile> tiles() {
        return tiles;
    }

    /** Number of elements of all blocks. */
    long elements() {
        return elements;
    }

    /** Index of a block's first element among all blocks' elements. */
    long start(int tile) {
        return starts[tile];
    }

    /** A block inside an array of all blocks' elements. */
    Block block(INDArray array, int tile) {
        Tile shape = tiles.get(tile);
        return new Block(array, starts[tile], shape.rows(), shape.columns(), shape.rows());
    }

    /** Whether a side of a block is rotated. */
    boolean isRotated(int tile, boolean ofColumns) {
        return factorLength(tile, ofColumns) > 0;
    }

    /** The place of a side's factor, or of its basis. */
    Block square(INDArray array, int tile, boolean ofColumns) {
        int d = ofColumns ? tiles.get(tile).columns() : tiles.get(tile).rows();
        long at = factors[tile] + (ofColumns ? factorLength(tile, false) : 0);
        return new Block(array, at, d, d, d);
    }
}
