package org.layerwise.internal.precondition;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.linalg.InverseRoots;
import org.layerwise.internal.linalg.InverseRoots.Buffers;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.ShampooLayout.RootedBlock;
import org.layerwise.internal.precondition.ShampooLayout.RootedSide;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.StepContext;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.InverseRoot.Floor;
import org.layerwise.settings.NumericalException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The refresh of a block's roots. A factor whose root fails is tried again in double precision; if that fails too, both
 * sides of the block keep their last roots, or the block goes on without.
 */
final class ShampooRoots {
    private final Kernels kernels;
    private final InverseRoot root;
    private final boolean traceScaling;

    ShampooRoots(Kernels kernels, InverseRoot root, boolean traceScaling) {
        this.kernels = kernels;
        this.root = root;
        this.traceScaling = traceScaling;
    }

    /**
     * Computes the roots of a block.
     *
     * @param block the block
     * @param correction what the factors are divided by
     * @param ready whether the block has roots
     * @param context its state is updated
     * @return whether the block has roots now
     */
    boolean refresh(RootedBlock block, double correction, boolean ready, StepContext context) {
        if (isEmpty(block.input(), context) || isEmpty(block.output(), context)) {
            return ready;
        }
        try {
            INDArray input = compute(block.input(), correction, context);
            INDArray output = compute(block.output(), correction, context);
            commit(input, block.input(), context);
            commit(output, block.output(), context);
            return true;
        } catch (NumericalException failure) {
            String what = String.format(
                    "%s. The block at [%s, %s] %s. Raise the epsilon of the root, or lower the learning rate",
                    failure.getMessage(),
                    block.tile().row(),
                    block.tile().column(),
                    ready ? "keeps its last roots" : "steps by the graft alone");
            context.report(ready ? Event.INVERSE_KEPT : Event.PLAIN_GRADIENT, failure.reason(), what);
            return ready;
        }
    }

    /** Whether a factor has no scale that its floor could be relative to. */
    private boolean isEmpty(@Nullable RootedSide side, StepContext context) {
        if (side == null || root.floor() == Floor.ABSOLUTE) {
            return false;
        }
        return trace(side, context) == 0;
    }

    private double trace(RootedSide side, StepContext context) {
        return Arrays.stream(
                        kernels.diagonal(context.state(ShampooLayout.FACTORS), side.at(), side.size(), side.size() + 1))
                .sum();
    }

    /** The root of one side in working memory of its own. */
    private @Nullable INDArray compute(@Nullable RootedSide side, double correction, StepContext context) {
        if (side == null) {
            return null;
        }
        int n = side.size();
        INDArray factor = context.scratch("factor", n, n);
        INDArray out = context.scratch(side.name() + " root", n, n);
        INDArray values = context.scratch("values", n, 1).reshape(n);
        Buffers work = new Buffers(
                context.scratch("root a", n, n),
                context.scratch("root b", n, n),
                context.scratch("root c", n, n),
                values);
        load(side, correction, factor, context);
        long start = System.nanoTime();
        try {
            InverseRoots.compute(root, kernels, factor, side.exponent(), out, work);
        } catch (NumericalException failure) {
            if (out.dataType() == DataType.DOUBLE || context.strict()) {
                throw failure;
            }
            load(side, correction, factor, context);
            INDArray wide = Nd4j.createUninitializedDetached(DataType.DOUBLE, 'f', n, n);
            InverseRoots.compute(
                    root,
                    kernels,
                    factor.castTo(DataType.DOUBLE).dup('f'),
                    side.exponent(),
                    wide,
                    Buffers.allocate(DataType.DOUBLE, n));
            out.assign(wide);
            context.report(
                    Event.DOUBLE_PRECISION,
                    failure.reason(),
                    failure.getMessage() + ". The " + side.name() + " root was computed in double precision");
        }
        context.refreshed(side.name(), System.nanoTime() - start, Double.NaN);
        return out;
    }

    private void load(RootedSide side, double correction, INDArray factor, StepContext context) {
        kernels.transfer(side.factor(context), 1, Block.of(factor), false);
        double divisor = correction * (traceScaling ? rootOfTrace(side, correction, context) : 1);
        if (divisor != 1) {
            factor.divi(divisor);
        }
    }

    /** The root of the corrected factor's trace; 1 for a factor of zeros, which stays one. */
    private double rootOfTrace(RootedSide side, double correction, StepContext context) {
        double trace = trace(side, context) / correction;
        return trace == 0 ? 1 : Math.sqrt(trace);
    }

    private void commit(@Nullable INDArray computed, @Nullable RootedSide side, StepContext context) {
        if (computed != null && side != null) {
            kernels.transfer(Block.of(computed), 1, side.root(context), false);
        }
    }
}
