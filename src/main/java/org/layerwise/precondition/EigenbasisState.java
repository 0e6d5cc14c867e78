package org.layerwise.precondition;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Where a {@link SoapMethod} keeps what inside its part of the updater state: three counters and the bases' seal for each
 * block, the moments m and v of all blocks, block after block, then for each side of each block its factor and its basis.
 */
final class EigenbasisState {
    private static final int AT_SEAL = 3 * Counter.LENGTH;
    private static final int PER_TILE = AT_SEAL + 1;

    private final List<Tile> tiles;
    private final boolean left;
    private final boolean right;
    private final long elements;
    private final long[] starts;
    private final long[] factors;
    private final long length;

    /**
     * One side of a block.
     *
     * @param ofColumns whether it acts from the right
     * @param factor averaged Gramian, upper
     * @param basis Q, an eigenvector a column
     */
    record Side(boolean ofColumns, Block factor, Block basis) {}

    /**
     * Plans the state.
     *
     * @param tiles blocks of the matrix
     * @param left whether the rows' side is rotated
     * @param right whether the columns' side is rotated
     */
    EigenbasisState(List<Tile> tiles, boolean left, boolean right) {
        this.tiles = tiles;
        this.left = left;
        this.right = right;
        this.starts = new long[tiles.size()];
        this.factors = new long[tiles.size()];
        long at = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = at;
            at += tiles.get(i).length();
        }
        this.elements = at;
        at = header() + 2 * elements;
        for (int i = 0; i < starts.length; i++) {
            factors[i] = at;
            at += pairLength(tiles.get(i), false) + pairLength(tiles.get(i), true);
        }
        this.length = at;
    }

    private int header() {
        return PER_TILE * tiles.size();
    }

    /** Elements of factor and basis; a side of one element has nothing to rotate. */
    private long pairLength(Tile tile, boolean ofColumns) {
        long d = ofColumns ? tile.columns() : tile.rows();
        return (ofColumns ? right : left) && d > 1 ? 2 * d * d : 0;
    }

    long length() {
        return length;
    }

    List<Tile> tiles() {
        return tiles;
    }

    /** Number of elements of all blocks. */
    long elements() {
        return elements;
    }

    /** The place of a block's first element among all blocks' elements. */
    long start(int tile) {
        return starts[tile];
    }

    /** Index of the first moments' first element. */
    long firstMoments() {
        return header();
    }

    /** Index of the second moments' first element. */
    long secondMoments() {
        return header() + elements;
    }

    /** A block inside an array of all blocks' elements that begins at an offset. */
    Block block(INDArray array, long offset, int tile) {
        Tile shape = tiles.get(tile);
        return new Block(array, offset + starts[tile], shape.rows(), shape.columns(), shape.rows());
    }

    /** Sets both moments of a block to zero. */
    void clearMoments(INDArray state, int tile) {
        for (long moments : new long[] {firstMoments(), secondMoments()}) {
            long from = moments + starts[tile];
            state.get(NDArrayIndex.interval(from, from + tiles.get(tile).length()))
                    .assign(0);
        }
    }

    /** The sides of a block that are rotated, left first; none to two. */
    List<Side> sides(INDArray state, int tile) {
        List<Side> sides = new ArrayList<>(2);
        long at = factors[tile];
        for (boolean ofColumns : new boolean[] {false, true}) {
            long pair = pairLength(tiles.get(tile), ofColumns);
            if (pair > 0) {
                int d = ofColumns ? tiles.get(tile).columns() : tiles.get(tile).rows();
                sides.add(new Side(ofColumns, new Block(state, at, d, d, d), new Block(state, at + pair / 2, d, d, d)));
                at += pair;
            }
        }
        return sides;
    }

    /** The counters of all blocks as they are before a step. */
    Ages ages(Kernels kernels, INDArray state, long steps) {
        return new Ages(kernels.diagonal(state, 0, header(), 1), state, steps);
    }

    /** Counters of the blocks; ages are steps with a basis, and the moments' too. */
    static final class Ages {
        private final double[] header;
        private final INDArray state;
        private final long steps;

        private Ages(double[] header, INDArray state, long steps) {
            this.header = header;
            this.state = state;
            this.steps = steps;
        }

        private long birth(int tile) {
            return Counter.read(header, tile * PER_TILE);
        }

        /** Whether the block has a basis. */
        boolean born(int tile) {
            return birth(tile) > 0;
        }

        /** The number of the step that is being taken, from 1, for a block that has a basis. */
        long age(int tile) {
            return steps + 1 - birth(tile);
        }

        /** Age at which statistics were taken last. */
        long lastStatistics(int tile) {
            return Counter.read(header, tile * PER_TILE + Counter.LENGTH);
        }

        /** Age at which the basis was refreshed last. */
        long lastRefresh(int tile) {
            return Counter.read(header, tile * PER_TILE + 2 * Counter.LENGTH);
        }

        /** The seal of the block's bases. */
        double seal(int tile) {
            return header[tile * PER_TILE + AT_SEAL];
        }

        /** Notes the seal of the block's bases, which a float holds exactly. */
        void setSeal(int tile, double seal) {
            int at = tile * PER_TILE + AT_SEAL;
            state.putScalar(at, seal);
            header[at] = seal;
        }

        /** The first block after this one that has another age. */
        int endOfAge(int tile) {
            int end = tile + 1;
            while (end * PER_TILE < header.length && age(end) == age(tile)) {
                end++;
            }
            return end;
        }

        /** Notes that the block's first basis was built in this step, which has age 0. */
        void bear(int tile) {
            begin(tile, steps + 1);
        }

        /** Notes that the block starts anew with a basis, so that this step has age 1. */
        void restart(int tile) {
            begin(tile, steps);
        }

        private void begin(int tile, long birth) {
            write(tile * PER_TILE, birth);
            write(tile * PER_TILE + Counter.LENGTH, 0);
            write(tile * PER_TILE + 2 * Counter.LENGTH, 0);
        }

        /** Notes that statistics were taken in this step. */
        void countStatistics(int tile) {
            write(tile * PER_TILE + Counter.LENGTH, age(tile));
        }

        /** Notes that the basis was refreshed in this step, or that it was tried. */
        void countRefresh(int tile) {
            write(tile * PER_TILE + 2 * Counter.LENGTH, age(tile));
        }

        private void write(int at, long value) {
            Counter.write(state, at, value);
            header[at] = state.getDouble(at);
            header[at + 1] = state.getDouble(at + 1);
        }
    }
}
