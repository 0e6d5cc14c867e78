package org.layerwise.internal.precondition;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Section;
import org.layerwise.method.Section.Kind;
import org.layerwise.method.StepContext;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Where PSGD keeps what: for each block a mark and two Lipschitz bounds, the momentum, then for each side of each block the
 * factor Q and, at the same place of another array, P = Q' Q, square or, for a diagonal side, as vectors.
 */
final class PsgdLayout {
    static final String MARKS = "marks";
    static final String LIPSCHITZ = "Lipschitz bounds";
    static final String MOMENTUM = "momentum";
    static final String FACTORS = "factors";
    static final String WHITENING = "whitening";

    private final PsgdMethod.Rules rules;
    private final List<Tile> tiles;
    private final int rows;
    private final int columns;

    /**
     * One side of a block over the arrays of state.
     *
     * @param ofColumns whether it acts from the right
     * @param dense whether Q and P are square rather than diagonal
     * @param lipschitz index of the Lipschitz bound
     * @param q factor, [n, n] or [n, 1]
     * @param p Q' Q, shaped as {@code q}
     */
    record WhitenedSide(boolean ofColumns, boolean dense, int lipschitz, INDArray q, INDArray p) {
        int size() {
            return q.rows();
        }

        /** Starts at Q = scale I. */
        void start(double scale, Kernels kernels) {
            q.assign(0);
            p.assign(0);
            if (dense) {
                kernels.addDiagonal(q, scale);
                kernels.addDiagonal(p, scale * scale);
            } else {
                q.addi(scale);
                p.addi(scale * scale);
            }
        }

        /** Brings P up to date with Q. */
        void square(Kernels kernels) {
            if (dense) {
                kernels.multiply(q, true, q, false, p);
            } else {
                q.mul(q, p);
            }
        }
    }

    /**
     * A block over the arrays of state.
     *
     * @param tile its place in the matrix
     * @param left side of the rows
     * @param right side of the columns
     */
    record WhitenedBlock(Tile tile, WhitenedSide left, WhitenedSide right) {}

    PsgdLayout(PsgdMethod.Rules rules, int rows, int columns) {
        this.rules = rules;
        this.rows = rows;
        this.columns = columns;
        int height = rules.cutRows() ? rules.blockSize() : rows;
        int width = rules.cutColumns() ? rules.blockSize() : columns;
        this.tiles = Tile.partition(rows, columns, height, width);
    }

    /** A long side of a narrow block is diagonal, so that no factor is larger than the block itself. */
    boolean isDense(Tile tile, boolean ofColumns) {
        long size = ofColumns ? tile.columns() : tile.rows();
        boolean cut = ofColumns ? rules.cutColumns() : rules.cutRows();
        return cut && size > 1 && (double) size * size <= rules.maxSkew() * tile.length();
    }

    private long factorLength(Tile tile, boolean ofColumns) {
        long size = ofColumns ? tile.columns() : tile.rows();
        return isDense(tile, ofColumns) ? size * size : size;
    }

    List<Tile> tiles() {
        return tiles;
    }

    /** The arrays of state. The words say how many sides are dense, which the largest skew decides, and what factors are like. */
    List<Section> sections() {
        String cut =
                Tile.layout(rows, columns, tiles.get(0).rows(), tiles.get(0).columns());
        long left = tiles.stream().filter(tile -> isDense(tile, false)).count();
        long right = tiles.stream().filter(tile -> isDense(tile, true)).count();
        String factors = cut + ", " + left + " dense sides of rows and " + right + " of columns, factors "
                + rules.fit().geometry().name();
        long factorElements = tiles.stream()
                .mapToLong(tile -> factorLength(tile, false) + factorLength(tile, true))
                .sum();
        boolean averaged = rules.momentum() > 0;
        return List.of(
                new Section(MARKS, cut, tiles.size(), Kind.COUNTER),
                new Section(LIPSCHITZ, cut, 2L * tiles.size(), Kind.MEAN),
                new Section(
                        MOMENTUM,
                        averaged ? "momentum" : "no momentum",
                        averaged ? (long) rows * columns : 0,
                        Kind.MEAN),
                new Section(FACTORS, factors, factorElements, Kind.MEAN),
                new Section(WHITENING, factors, factorElements, Kind.DERIVED));
    }

    /** Lays the blocks over the arrays of state. */
    List<WhitenedBlock> blocks(StepContext context) {
        List<WhitenedBlock> blocks = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < tiles.size(); i++) {
            WhitenedSide left = side(context, at, i, false);
            at += left.q.length();
            WhitenedSide right = side(context, at, i, true);
            at += right.q.length();
            blocks.add(new WhitenedBlock(tiles.get(i), left, right));
        }
        return blocks;
    }

    private WhitenedSide side(StepContext context, long at, int block, boolean ofColumns) {
        Tile tile = tiles.get(block);
        boolean dense = isDense(tile, ofColumns);
        int size = ofColumns ? tile.columns() : tile.rows();
        int width = dense ? size : 1;
        INDArray q = matrix(context.state(FACTORS), at, size, width);
        INDArray p = matrix(context.state(WHITENING), at, size, width);
        return new WhitenedSide(ofColumns, dense, 2 * block + (ofColumns ? 1 : 0), q, p);
    }

    private static INDArray matrix(INDArray array, long at, int size, int width) {
        return array.get(NDArrayIndex.interval(at, at + (long) size * width)).reshape('f', size, width);
    }
}
