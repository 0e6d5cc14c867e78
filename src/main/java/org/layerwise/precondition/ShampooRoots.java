package org.layerwise.precondition;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.InverseRoot;
import org.layerwise.linalg.InverseRoot.Floor;
import org.layerwise.linalg.InverseRoot.Work;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.layerwise.linalg.NumericalException;
import org.layerwise.precondition.Diagnostics.Event;
import org.layerwise.precondition.MatrixMethod.Memory;
import org.layerwise.precondition.ShampooState.Cell;
import org.layerwise.precondition.ShampooState.Side;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The refresh of a block's roots. A factor whose root fails is tried again in double precision; if that fails too, both
 * sides of the block keep their last roots, or the block goes on without.
 */
final class ShampooRoots {
    private final InverseRoot root;
    private final boolean traceScaling;

    ShampooRoots(InverseRoot root, boolean traceScaling) {
        this.root = root;
        this.traceScaling = traceScaling;
    }

    /**
     * Computes the roots of a block.
     *
     * @param cell the block
     * @param correction what the factors are divided by
     * @param ready whether the block has roots
     * @param memory its state is updated
     * @return whether the block has roots now
     */
    boolean refresh(Cell cell, double correction, boolean ready, Memory memory) {
        if (isEmpty(cell.input(), memory) || isEmpty(cell.output(), memory)) {
            return ready;
        }
        try {
            INDArray input = compute(cell.input(), correction, memory);
            INDArray output = compute(cell.output(), correction, memory);
            commit(input, cell.input(), memory);
            commit(output, cell.output(), memory);
            return true;
        } catch (NumericalException failure) {
            String what = String.format(
                    "%s. The block at [%s, %s] %s. Raise the epsilon of the root, or lower the learning rate",
                    failure.getMessage(),
                    cell.tile().row(),
                    cell.tile().column(),
                    ready ? "keeps its last roots" : "steps by the graft alone");
            memory.failures().survive(ready ? Event.INVERSE_KEPT : Event.PLAIN_GRADIENT, failure.reason(), what);
            return ready;
        }
    }

    /** Whether a factor has no scale that its floor could be relative to. */
    private boolean isEmpty(@Nullable Side side, Memory memory) {
        if (side == null || root.floor() == Floor.ABSOLUTE) {
            return false;
        }
        return trace(side, memory) == 0;
    }

    private static double trace(Side side, Memory memory) {
        return Arrays.stream(memory.kernels().diagonal(memory.state(), side.at(), side.size(), side.size() + 1))
                .sum();
    }

    /** The root of one side in working memory of its own. */
    private @Nullable INDArray compute(@Nullable Side side, double correction, Memory memory) {
        if (side == null) {
            return null;
        }
        int n = side.size();
        INDArray factor = scratch(memory, "factor", n);
        INDArray out = scratch(memory, side.name() + " root", n);
        INDArray values = memory.scratch().matrix("values", n, 1).reshape(n);
        Work work = new Work(
                scratch(memory, "root a", n), scratch(memory, "root b", n), scratch(memory, "root c", n), values);
        Kernels kernels = memory.kernels();
        load(side, correction, factor, memory);
        try {
            root.compute(kernels, factor, side.exponent(), out, work);
        } catch (NumericalException failure) {
            if (out.dataType() == DataType.DOUBLE) {
                throw failure;
            }
            load(side, correction, factor, memory);
            INDArray wide = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', n, n);
            root.compute(
                    kernels,
                    factor.castTo(DataType.DOUBLE).dup('f'),
                    side.exponent(),
                    wide,
                    Work.allocate(DataType.DOUBLE, n));
            out.assign(wide);
            memory.failures()
                    .survive(
                            Event.DOUBLE_PRECISION,
                            failure.reason(),
                            failure.getMessage() + ". The " + side.name() + " root was computed in double precision");
        }
        return out;
    }

    private static INDArray scratch(Memory memory, String name, int n) {
        return memory.scratch().matrix(name, n, n);
    }

    private void load(Side side, double correction, INDArray factor, Memory memory) {
        memory.kernels().transfer(side.factor(memory.state()), 1, Block.of(factor), false);
        double divisor = correction * (traceScaling ? rootOfTrace(side, correction, memory) : 1);
        if (divisor != 1) {
            factor.divi(divisor);
        }
    }

    /** The root of the corrected factor's trace; 1 for a factor of zeros, which stays one. */
    private static double rootOfTrace(Side side, double correction, Memory memory) {
        double trace = trace(side, memory) / correction;
        return trace == 0 ? 1 : Math.sqrt(trace);
    }

    private static void commit(@Nullable INDArray computed, @Nullable Side side, Memory memory) {
        if (computed != null && side != null) {
            memory.kernels().transfer(Block.of(computed), 1, side.root(memory.state()), false);
        }
    }
}
