package org.layerwise.precondition;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.Kernels.Block;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Where Shampoo's state of one matrix lies: a mark for each block, the momentum, the graft's V, then factors and roots of
 * each block's sides.
 */
final class ShampooState {
    private final List<Cell> cells = new ArrayList<>();
    private final int marks;
    private final long momentum;
    private final long squares;
    private final long length;

    /**
     * One side of a block: a factor, then its root.
     *
     * @param name for messages
     * @param at offset of the factor
     * @param size of factor and root
     * @param exponent of the root
     */
    record Side(String name, long at, int size, double exponent) {
        Block factor(INDArray state) {
            return new Block(state, at, size, size, size);
        }

        Block root(INDArray state) {
            return new Block(state, at + (long) size * size, size, size, size);
        }

        long length() {
            return 2L * size * size;
        }
    }

    /** A block of the matrix. A side without preconditioner is null. */
    record Cell(Tile tile, @Nullable Side input, @Nullable Side output) {}

    ShampooState(ShampooMethod.Rules rules, int rows, int columns) {
        // A side without preconditioner needs no cuts.
        int height = rules.inputExponent() == 0 ? rows : rules.blockSize();
        int width = rules.outputExponent() == 0 ? columns : rules.blockSize();
        List<Tile> tiles = Tile.partition(rows, columns, height, width);
        long elements = (long) rows * columns;
        this.marks = tiles.size();
        this.momentum = rules.momentum() > 0 ? elements : 0;
        this.squares = rules.grafting().usesSquares() ? elements : 0;
        long at = marks + momentum + squares;
        for (Tile tile : tiles) {
            Side input = side("input", at, tile.rows(), rules.inputExponent());
            at += input == null ? 0 : input.length();
            Side output = side("output", at, tile.columns(), rules.outputExponent());
            at += output == null ? 0 : output.length();
            cells.add(new Cell(tile, input, output));
        }
        this.length = at;
    }

    private static @Nullable Side side(String name, long at, int size, double exponent) {
        return exponent == 0 ? null : new Side(name, at, size, exponent);
    }

    List<Cell> cells() {
        return cells;
    }

    long length() {
        return length;
    }

    /** The blocks, which averages are kept, and of which factors the roots are which. */
    String layout(ShampooMethod.Rules rules) {
        Tile first = cells.get(0).tile();
        return String.format(
                Locale.ROOT,
                "blocks of %s by %s, %s, %s, factors as %s%s, exponents %.6f and %.6f",
                first.rows(),
                first.columns(),
                momentum > 0 ? "momentum" : "no momentum",
                rules.grafting().layout(),
                rules.factorDecay() == 1 ? "sums" : "means",
                rules.traceScaling() ? " scaled by their trace" : "",
                rules.inputExponent(),
                rules.outputExponent());
    }

    /** Number of marks, which come first. */
    int marks() {
        return marks;
    }

    INDArray momentum(INDArray state) {
        return state.get(NDArrayIndex.interval(marks, marks + momentum));
    }

    INDArray squares(INDArray state) {
        return state.get(NDArrayIndex.interval(marks + momentum, marks + momentum + squares));
    }
}
