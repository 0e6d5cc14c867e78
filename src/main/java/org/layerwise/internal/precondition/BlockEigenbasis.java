package org.layerwise.internal.precondition;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.SoapState.RotatedSide;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.StepContext;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Finds and follows the eigenbasis of one side of a block: at first by an eigendecomposition, then by one step of orthogonal
 * iteration, Q = qr(A Q), columns sorted by descending diag(Q' A Q). What fails is tried once more in double precision;
 * if that fails too, the basis stays as it is.
 */
final class BlockEigenbasis {
    private final Kernels kernels;
    private final StepContext context;

    BlockEigenbasis(Kernels kernels, StepContext context) {
        this.kernels = kernels;
        this.context = context;
    }

    /** Overwrites the basis by the factor's eigenvectors, largest eigenvalue first; by the identity if that fails. */
    void build(RotatedSide side) {
        build(side, -1); // ascending eigenvalues of -A are the descending ones of A
    }

    /** As {@link #build}, smallest eigenvalue first. */
    void buildAscending(RotatedSide side) {
        build(side, 1);
    }

    private void build(RotatedSide side, int sign) {
        try {
            kernels.transfer(Block.of(vectors(side, sign)), 1, side.basis(), false);
        } catch (NumericalException failure) {
            context.report(
                    Event.NOT_ROTATED,
                    failure.reason(),
                    "a block is not rotated for want of an eigenbasis: " + failure.getMessage());
            setIdentity(side);
            restart(side.factor());
        }
    }

    /** Overwrites the basis by the identity. */
    void setIdentity(RotatedSide side) {
        int n = side.basis().rows();
        INDArray identity = context.scratch("vectors", n, n).assign(0);
        kernels.addDiagonal(identity, 1);
        kernels.transfer(Block.of(identity), 1, side.basis(), false);
    }

    /** Overwrites the basis by the factor's eigenvectors, smallest eigenvalue first; keeps the old one if that fails. */
    void rebuildAscending(RotatedSide side) {
        try {
            kernels.transfer(Block.of(vectors(side, 1)), 1, side.basis(), false);
        } catch (NumericalException failure) {
            keep(side, failure);
        }
    }

    /**
     * One step of the QR algorithm from the basis: B = Q' (A + epsilon I) Q = Q_i R_i, Q = Q Q_i, columns then sorted by
     * ascending diag(R_i Q_i). Keeps the old basis if it fails.
     */
    void iterateAscending(RotatedSide side, double epsilon) {
        int n = side.basis().rows();
        INDArray next = context.scratch("next basis", n, n);
        int[] order = attempt(side, next, (factor, basis, out, work, spare) -> {
            kernels.multiplyLeft(factor, basis, Block.of(work));
            kernels.multiply(1, basis, true, Block.of(work), false, 0, Block.of(out)); // B
            requireFinite(Arrays.stream(diagonal(Block.of(out))).sum(), n);
            kernels.addDiagonal(out, epsilon);
            kernels.axpby(1, out, 0, spare);
            kernels.orthonormalize(Block.of(spare)); // Q_i
            kernels.multiply(spare, true, out, false, work);
            kernels.multiply(work, false, spare, false, out);
            int[] ascending = order(diagonal(Block.of(out)), 1);
            kernels.multiply(1, basis, false, Block.of(spare), false, 0, Block.of(out));
            return ascending;
        });
        for (int to = 0; to < order.length; to++) {
            kernels.transfer(slice(Block.of(next), true, order[to]), 1, slice(side.basis(), true, to), false);
        }
    }

    private void keep(RotatedSide side, NumericalException failure) {
        context.report(Event.INVERSE_KEPT, failure.reason(), "a block keeps its eigenbasis: " + failure.getMessage());
        restart(side.factor());
    }

    /** Eigenvectors of sign A by ascending eigenvalue, in working memory. */
    private INDArray vectors(RotatedSide side, int sign) {
        Block factor = side.factor();
        int n = factor.rows();
        INDArray vectors = context.scratch("vectors", n, n);
        INDArray values = context.scratch("values", n, 1).reshape(n);
        double trace = Arrays.stream(diagonal(factor)).sum();
        long start = System.nanoTime();
        new FailurePolicy(kernels, context, "Lower the learning rate")
                .diagonalise(
                        name(side),
                        out -> kernels.transfer(factor, sign, Block.of(out), false),
                        trace,
                        vectors,
                        values);
        context.refreshed(name(side), System.nanoTime() - start, Double.NaN);
        return vectors;
    }

    private static String name(RotatedSide side) {
        return side.ofColumns() ? "right" : "left";
    }

    /** Indices by ascending sign times value; equal ones stay in order. */
    private static int[] order(double[] values, int sign) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> sign * values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static void requireFinite(double trace, int n) {
        if (!(Math.abs(trace) <= Double.MAX_VALUE)) {
            throw new NumericalException(
                    Reason.NOT_FINITE,
                    String.format("a %s by %s factor is not finite: its trace in the basis is %s", n, n, trace));
        }
    }

    private double[] diagonal(Block square) {
        return kernels.diagonal(square.array(), square.offset(), square.rows(), square.leadingDimension() + 1);
    }

    /** A factor that is not finite would stay so; of a sound one nothing is forgotten. */
    private void restart(Block factor) {
        if (kernels.norm(matrix(factor)) <= Double.MAX_VALUE) {
            return;
        }
        INDArray zero =
                context.scratch("vectors copy", factor.rows(), factor.columns()).assign(0);
        kernels.transfer(Block.of(zero), 1, factor, false);
    }

    /**
     * Refreshes the basis, rotates the first moments into it and permutes the second moments with its columns.
     *
     * @param side of the block
     * @param m first moments in the old basis; updated
     * @param v second moments; updated
     */
    void refresh(RotatedSide side, Block m, Block v) {
        int n = side.factor().rows();
        INDArray next = context.scratch("next basis", n, n);
        INDArray work = context.scratch("product with basis", n, n);
        int[] order = attempt(side, next, this::follow);
        if (order.length == 0) {
            return;
        }
        kernels.multiply(next, true, matrix(side.basis()), false, work); // new' old
        kernels.transfer(Block.of(next), 1, side.basis(), false);
        Block moved = Block.of(context.scratch("moved", m.rows(), m.columns()));
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
        INDArray copy = context.scratch("basis", block.rows(), block.columns());
        kernels.transfer(block, 1, Block.of(copy), false);
        return copy;
    }

    private static Block slice(Block block, boolean column, int index) {
        return column ? block.part(0, index, block.rows(), 1) : block.part(index, 0, 1, block.columns());
    }

    private static boolean isSorted(int[] order) {
        return IntStream.range(0, order.length).allMatch(i -> order[i] == i);
    }

    /** One step of an iteration; all arrays have one type, and the last three are overwritten. */
    private interface Iteration {
        /** Writes the next basis; returns the order of its columns, or nothing if there is no next. */
        int[] run(Block factor, Block basis, INDArray next, INDArray work, INDArray spare);
    }

    /** next = qr(A Q), columns sorted; returns their order, or nothing if A is zero. */
    private int[] follow(Block factor, Block basis, INDArray next, INDArray work, INDArray spare) {
        int n = factor.rows();
        kernels.multiplyLeft(factor, basis, Block.of(work));
        kernels.multiply(1, basis, true, Block.of(work), false, 0, Block.of(next));
        double[] spectrum = diagonal(Block.of(next));
        double trace = Arrays.stream(spectrum).sum();
        requireFinite(trace, n);
        if (!(trace > 0)) {
            return new int[0];
        }
        int[] order = order(spectrum, -1);
        for (int to = 0; to < n; to++) {
            kernels.transfer(slice(Block.of(work), true, order[to]), 1, slice(Block.of(next), true, to), false);
        }
        kernels.orthonormalize(Block.of(next));
        return order;
    }

    /** In the state's precision, then in double; nothing if the basis stays. */
    private int[] attempt(RotatedSide side, INDArray next, Iteration iteration) {
        int n = next.rows();
        long start = System.nanoTime();
        try {
            int[] order = iteration.run(
                    side.factor(),
                    side.basis(),
                    next,
                    context.scratch("product with basis", n, n),
                    context.scratch("vectors", n, n));
            context.refreshed(name(side), System.nanoTime() - start, Double.NaN);
            return order;
        } catch (NumericalException first) {
            try {
                int[] order = attemptInDouble(side, next, iteration, first);
                context.refreshed(name(side), System.nanoTime() - start, Double.NaN);
                return order;
            } catch (NumericalException hopeless) {
                keep(side, hopeless);
                return new int[0];
            }
        }
    }

    private int[] attemptInDouble(RotatedSide side, INDArray next, Iteration iteration, NumericalException first) {
        if (next.dataType() == DataType.DOUBLE || context.strict()) {
            throw first;
        }
        int n = next.rows();
        INDArray factor = matrix(side.factor()).castTo(DataType.DOUBLE).dup('f');
        INDArray basis = matrix(side.basis()).castTo(DataType.DOUBLE).dup('f');
        INDArray wide = Nd4j.create(DataType.DOUBLE, new long[] {n, n}, 'f');
        int[] order;
        try {
            order = iteration.run(Block.of(factor), Block.of(basis), wide, wide.dup('f'), wide.dup('f'));
        } catch (NumericalException again) {
            first.addSuppressed(again);
            throw first;
        }
        next.assign(wide);
        context.report(
                Event.DOUBLE_PRECISION,
                first.reason(),
                "double precision was taken for a basis: " + first.getMessage());
        return order;
    }
}
