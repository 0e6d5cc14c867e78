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
            context.survive(
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
        keepIfItFails(side, () -> kernels.transfer(Block.of(vectors(side, 1)), 1, side.basis(), false));
    }

    /**
     * One step of the QR algorithm from the basis: B = Q' (A + epsilon I) Q = Q_i R_i, Q = Q Q_i, columns then sorted by
     * ascending diag(R_i Q_i). Keeps the old basis if it fails.
     */
    void iterateAscending(RotatedSide side, double epsilon) {
        keepIfItFails(side, () -> {
            Block basis = side.basis();
            int n = basis.rows();
            INDArray b = context.scratch("rotated factor", n, n);
            INDArray work = context.scratch("product with basis", n, n);
            kernels.multiplyLeft(side.factor(), basis, Block.of(work));
            kernels.multiply(1, basis, true, Block.of(work), false, 0, Block.of(b));
            requireFinite(Arrays.stream(diagonal(Block.of(b))).sum(), n);
            kernels.addDiagonal(b, epsilon);
            INDArray rotation = context.scratch("vectors", n, n);
            kernels.axpby(1, b, 0, rotation);
            kernels.orthonormalize(Block.of(rotation));
            kernels.multiply(rotation, true, b, false, work);
            kernels.multiply(work, false, rotation, false, b);
            INDArray next = context.scratch("next basis", n, n);
            kernels.multiply(1, basis, false, Block.of(rotation), false, 0, Block.of(next));
            int[] order = order(diagonal(Block.of(b)), 1);
            for (int to = 0; to < n; to++) {
                kernels.transfer(slice(Block.of(next), true, order[to]), 1, slice(basis, true, to), false);
            }
        });
    }

    private void keepIfItFails(RotatedSide side, Runnable change) {
        try {
            change.run();
        } catch (NumericalException failure) {
            keep(side, failure);
        }
    }

    private void keep(RotatedSide side, NumericalException failure) {
        context.survive(Event.INVERSE_KEPT, failure.reason(), "a block keeps its eigenbasis: " + failure.getMessage());
        restart(side.factor());
    }

    /** Eigenvectors of sign A by ascending eigenvalue, in working memory. */
    private INDArray vectors(RotatedSide side, int sign) {
        Block factor = side.factor();
        int n = factor.rows();
        INDArray vectors = context.scratch("vectors", n, n);
        INDArray values = context.scratch("values", n, 1).reshape(n);
        double trace = Arrays.stream(diagonal(factor)).sum();
        FailurePolicy policy = new FailurePolicy(kernels, place(), context.strict(), context.diagnostics());
        policy.diagonalise(
                side.ofColumns() ? "right" : "left",
                out -> kernels.transfer(factor, sign, Block.of(out), false),
                trace,
                vectors,
                values);
        return vectors;
    }

    /** The matrix's name in the middle of a sentence. */
    private String place() {
        String place = context.place();
        return Character.toLowerCase(place.charAt(0)) + place.substring(1);
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

    /** A factor that is not finite would stay so. */
    private void restart(Block factor) {
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

    /** next = qr(A Q), columns sorted; returns their order, or nothing if A is zero. */
    private int[] follow(Block factor, Block basis, Block next, Block work) {
        int n = factor.rows();
        kernels.multiplyLeft(factor, basis, work);
        kernels.multiply(1, basis, true, work, false, 0, next);
        double[] spectrum = diagonal(next);
        double trace = Arrays.stream(spectrum).sum();
        requireFinite(trace, n);
        if (!(trace > 0)) {
            return new int[0];
        }
        int[] order = order(spectrum, -1);
        for (int to = 0; to < n; to++) {
            kernels.transfer(slice(work, true, order[to]), 1, slice(next, true, to), false);
        }
        kernels.orthonormalize(next);
        return order;
    }

    private int[] followInDouble(RotatedSide side, INDArray next, NumericalException first) {
        try {
            return repeat(side, next, first);
        } catch (NumericalException again) {
            keep(side, again);
            return new int[0];
        }
    }

    private int[] repeat(RotatedSide side, INDArray next, NumericalException first) {
        if (next.dataType() == DataType.DOUBLE || context.strict()) {
            throw first;
        }
        int n = next.rows();
        INDArray factor = matrix(side.factor()).castTo(DataType.DOUBLE).dup('f');
        INDArray basis = matrix(side.basis()).castTo(DataType.DOUBLE).dup('f');
        INDArray wide = Nd4j.create(DataType.DOUBLE, new long[] {n, n}, 'f');
        INDArray work = Nd4j.create(DataType.DOUBLE, new long[] {n, n}, 'f');
        int[] order = follow(Block.of(factor), Block.of(basis), Block.of(wide), Block.of(work));
        next.assign(wide);
        context.diagnostics().record(Event.DOUBLE_PRECISION);
        return order;
    }
}
