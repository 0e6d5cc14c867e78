package org.layerwise.precondition;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.layerwise.linalg.NumericalException;
import org.layerwise.linalg.NumericalException.Reason;
import org.layerwise.precondition.Diagnostics.Event;
import org.layerwise.precondition.EigenbasisState.Side;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Finds and follows the eigenbasis of one side of a block: at first by an eigendecomposition, then by one step of orthogonal
 * iteration, Q = qr(A Q), columns sorted by descending diag(Q' A Q). What fails is tried once more in double precision;
 * if that fails too, the basis stays as it is.
 */
final class Eigenbasis {
    private final Kernels kernels;
    private final Scratch scratch;
    private final Failures failures;

    Eigenbasis(MatrixMethod.Memory memory) {
        this.kernels = memory.kernels();
        this.scratch = memory.scratch();
        this.failures = memory.failures();
    }

    /** Overwrites the basis by the factor's eigenvectors, largest eigenvalue first; by the identity if that fails. */
    void build(Side side) {
        Block factor = side.factor();
        int n = factor.rows();
        INDArray vectors = scratch.matrix("vectors", n, n);
        INDArray values = scratch.matrix("values", n, 1).reshape(n);
        double trace = Arrays.stream(diagonal(factor)).sum();
        FailurePolicy policy = new FailurePolicy(kernels, failures.name(), failures.strict(), failures.diagnostics());
        try {
            // Ascending eigenvalues of -A are the descending ones of A.
            policy.diagonalise(
                    side.ofColumns() ? "right" : "left",
                    out -> kernels.transfer(factor, -1, Block.of(out), false),
                    trace,
                    vectors,
                    values);
        } catch (NumericalException failure) {
            failures.survive(
                    Event.NOT_ROTATED,
                    failure.reason(),
                    "a block is not rotated for want of an eigenbasis: " + failure.getMessage());
            vectors.assign(0);
            kernels.addDiagonal(vectors, 1);
            restart(factor);
        }
        kernels.transfer(Block.of(vectors), 1, side.basis(), false);
    }

    private double[] diagonal(Block square) {
        return kernels.diagonal(square.array(), square.offset(), square.rows(), square.leadingDimension() + 1);
    }

    /** A factor that is not finite would stay so. */
    private void restart(Block factor) {
        INDArray zero =
                scratch.matrix("vectors copy", factor.rows(), factor.columns()).assign(0);
        kernels.transfer(Block.of(zero), 1, factor, false);
    }

    /**
     * Refreshes the basis, rotates the first moments into it and permutes the second moments with its columns.
     *
     * @param side of the block
     * @param m first moments in the old basis; updated
     * @param v second moments; updated
     */
    void refresh(Side side, Block m, Block v) {
        int n = side.factor().rows();
        INDArray next = scratch.matrix("next basis", n, n);
        INDArray work = scratch.matrix("product with basis", n, n);
        int[] order;
        try {
            order = follow(side.factor(), side.basis(), Block.of(next), Block.of(work));
        } catch (NumericalException failure) {
            order = followInDouble(side, next, failure);
        }
        if (order.length == 0) {
            return;
        }
        kernels.multiply(next, true, matrix(side.basis()), false, work); // new' old
        kernels.transfer(Block.of(next), 1, side.basis(), false);
        Block moved = Block.of(scratch.matrix("moved", m.rows(), m.columns()));
        if (side.ofColumns()) {
            kernels.multiply(1, m, false, Block.of(work), true, 0, moved);
        } else {
            kernels.multiply(1, Block.of(work), false, m, false, 0, moved);
        }
        kernels.transfer(moved, 1, m, false);
        if (!isSorted(order)) {
            for (int to = 0; to < n; to++) {
                kernels.transfer(slice(v, side.ofColumns(), order[to]), 1, slice(moved, side.ofColumns(), to), false);
            }
            kernels.transfer(moved, 1, v, false);
        }
    }

    private INDArray matrix(Block block) {
        INDArray copy = scratch.matrix("basis", block.rows(), block.columns());
        kernels.transfer(block, 1, Block.of(copy), false);
        return copy;
    }

    private static Block slice(Block block, boolean column, int index) {
        return column ? block.part(0, index, block.rows(), 1) : block.part(index, 0, 1, block.columns());
    }

    private static boolean isSorted(int[] order) {
        return IntStream.range(0, order.length).allMatch(i -> order[i] == i);
    }

    /** next = qr(A Q), columns sorted; returns their order, or nothing if A is zero. */
    private int[] follow(Block factor, Block basis, Block next, Block work) {
        int n = factor.rows();
        kernels.multiplyLeft(factor, basis, work);
        kernels.multiply(1, basis, true, work, false, 0, next);
        double[] spectrum = diagonal(next);
        double trace = Arrays.stream(spectrum).sum();
        if (!(Math.abs(trace) <= Double.MAX_VALUE)) {
            throw new NumericalException(
                    Reason.NOT_FINITE,
                    String.format("a %s by %s factor is not finite: its trace in the basis is %s", n, n, trace));
        }
        if (!(trace > 0)) {
            return new int[0];
        }
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -spectrum[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int to = 0; to < n; to++) {
            kernels.transfer(slice(work, true, order[to]), 1, slice(next, true, to), false);
        }
        kernels.orthonormalize(next);
        return order;
    }

    private int[] followInDouble(Side side, INDArray next, NumericalException first) {
        try {
            return repeat(side, next, first);
        } catch (NumericalException again) {
            failures.survive(Event.INVERSE_KEPT, again.reason(), "a block keeps its eigenbasis: " + again.getMessage());
            restart(side.factor());
            return new int[0];
        }
    }

    private int[] repeat(Side side, INDArray next, NumericalException first) {
        if (next.dataType() == DataType.DOUBLE || failures.strict()) {
            throw first;
        }
        int n = next.rows();
        INDArray factor = matrix(side.factor()).castTo(DataType.DOUBLE).dup('f');
        INDArray basis = matrix(side.basis()).castTo(DataType.DOUBLE).dup('f');
        INDArray wide = Nd4j.create(DataType.DOUBLE, new long[] {n, n}, 'f');
        INDArray work = Nd4j.create(DataType.DOUBLE, new long[] {n, n}, 'f');
        int[] order = follow(Block.of(factor), Block.of(basis), Block.of(wide), Block.of(work));
        next.assign(wide);
        failures.diagnostics().record(Event.DOUBLE_PRECISION);
        return order;
    }
}
