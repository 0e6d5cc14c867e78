package org.layerwise.precondition;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.linalg.Kernels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Where PSGD's state of one matrix lies: for each block a mark and two Lipschitz constants, the momentum, then for each side
 * of each block the factor Q and P = Q' Q, square or, for a diagonal side, as vectors.
 */
final class PsgdState {
    private static final int PER_BLOCK = 3;

    private final PsgdMethod.Rules rules;
    private final List<Tile> tiles;
    private final int rows;
    private final int columns;
    private final long momentum;
    private final long length;

    /**
     * One side of a block over a state array.
     *
     * @param ofColumns whether it acts from the right
     * @param dense whether Q and P are square rather than diagonal
     * @param lipschitz index of the Lipschitz constant
     * @param q factor, [n, n] or [n, 1]
     * @param p Q' Q, shaped as {@code q}
     */
    record Side(boolean ofColumns, boolean dense, int lipschitz, INDArray q, INDArray p) {
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
     * A block over a state array.
     *
     * @param mark index of its mark
     * @param tile its place in the matrix
     * @param left side of the rows
     * @param right side of the columns
     */
    record Cell(int mark, Tile tile, Side left, Side right) {}

    PsgdState(PsgdMethod.Rules rules, int rows, int columns) {
        this.rules = rules;
        this.rows = rows;
        this.columns = columns;
        int height = rules.cutRows() ? rules.blockSize() : rows;
        int width = rules.cutColumns() ? rules.blockSize() : columns;
        this.tiles = Tile.partition(rows, columns, height, width);
        this.momentum = rules.momentum() > 0 ? (long) rows * columns : 0;
        long at = header() + momentum;
        for (Tile tile : tiles) {
            at += 2 * factorLength(tile, false) + 2 * factorLength(tile, true);
        }
        this.length = at;
    }

    private int header() {
        return PER_BLOCK * tiles.size();
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

    long length() {
        return length;
    }

    /** The blocks, how many sides are dense, which the largest skew decides, and what the factors are like. */
    String layout() {
        long left = tiles.stream().filter(tile -> isDense(tile, false)).count();
        long right = tiles.stream().filter(tile -> isDense(tile, true)).count();
        return Tile.layout(rows, columns, tiles.get(0).rows(), tiles.get(0).columns())
                + ", " + left + " dense sides of rows and " + right + " of columns, "
                + (momentum > 0 ? "momentum" : "no momentum")
                + ", factors " + rules.fit().geometry().name();
    }

    List<Tile> tiles() {
        return tiles;
    }

    /** The momentum, shaped as the matrix; not to be asked for without one. */
    INDArray momentum(INDArray state) {
        return state.get(NDArrayIndex.interval(header(), header() + momentum)).reshape('f', rows, columns);
    }

    /** Lays the blocks over a state array. */
    List<Cell> cells(INDArray state) {
        List<Cell> cells = new ArrayList<>();
        long at = header() + momentum;
        for (int i = 0; i < tiles.size(); i++) {
            Side left = side(state, at, i, false);
            at += 2 * left.q.length();
            Side right = side(state, at, i, true);
            at += 2 * right.q.length();
            cells.add(new Cell(i * PER_BLOCK, tiles.get(i), left, right));
        }
        return cells;
    }

    private Side side(INDArray state, long at, int block, boolean ofColumns) {
        Tile tile = tiles.get(block);
        boolean dense = isDense(tile, ofColumns);
        int size = ofColumns ? tile.columns() : tile.rows();
        int width = dense ? size : 1;
        long elements = (long) size * width;
        INDArray q = state.get(NDArrayIndex.interval(at, at + elements)).reshape('f', size, width);
        INDArray p = state.get(NDArrayIndex.interval(at + elements, at + 2 * elements))
                .reshape('f', size, width);
        return new Side(ofColumns, dense, PER_BLOCK * block + (ofColumns ? 2 : 1), q, p);
    }
}
