package org.layerwise.precondition;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.layerwise.precondition.PsgdState.Cell;
import org.layerwise.precondition.PsgdState.Side;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMin;
import org.nd4j.linalg.factory.Nd4j;

/**
 * PSGD with a Kronecker-factored whitening preconditioner (Li 2015, arXiv 1512.04202; Li 2024, arXiv
 * 2402.11858) on the blocks of one matrix: the direction is P_L X P_R with P = Q' Q, and each Q follows the gradient of a
 * criterion whose minimum makes P G white. No factorisation, no inverse: products alone.
 */
public final class PsgdMethod implements MatrixMethod {
    private final Rules rules;
    private final Clock updates;
    private @Nullable Views views;

    /**
     * What the method does.
     *
     * @param momentum largest decay of the gradient's average, in [0, 1)
     * @param whitenMomentum whether the average, rather than the gradient, is whitened
     * @param fit how a factor follows the gradients
     * @param initialScale of Q_L times that of Q_R at the start; 0 to take it from the first gradient
     * @param maxSkew a side of n is diagonal if n^2 exceeds this times the block's elements
     * @param blockSize largest side of a block
     * @param cutRows whether the rows' side is cut into blocks; if not, it is diagonal
     * @param cutColumns the same for the columns' side
     * @param updates when factors are updated, after step 1
     * @param largestRms the direction's root mean square is cut to this
     * @param largestElement then its elements are
     */
    public record Rules(
            double momentum,
            boolean whitenMomentum,
            Whitening fit,
            double initialScale,
            double maxSkew,
            int blockSize,
            boolean cutRows,
            boolean cutColumns,
            Schedule updates,
            double largestRms,
            double largestElement) {}

    /** Views of one state array. */
    private record Views(INDArray state, @Nullable INDArray momentum, List<Cell> cells) {}

    /**
     * Creates the method of one matrix.
     *
     * @param rules valid
     */
    public PsgdMethod(Rules rules) {
        this.rules = rules;
        this.updates = new Clock(rules.updates(), 1);
    }

    @Override
    public long stateLength(int rows, int columns) {
        return new PsgdState(rules, rows, columns).length();
    }

    @Override
    public String layout(int rows, int columns) {
        return new PsgdState(rules, rows, columns).layout();
    }

    @Override
    public long flops(int rows, int columns) {
        PsgdState plan = new PsgdState(rules, rows, columns);
        long sum = 0;
        for (Tile tile : plan.tiles()) {
            long sides =
                    (plan.isDense(tile, false) ? tile.rows() : 0L) + (plan.isDense(tile, true) ? tile.columns() : 0L);
            sum += 2 * sides * tile.length();
        }
        return sum;
    }

    @Override
    public void step(INDArray matrix, Memory memory) {
        Views open = open(matrix, memory);
        updates.set(memory.steps() + 1);
        INDArray whitened = matrix;
        INDArray moving = matrix;
        if (open.momentum != null) {
            moving = average(matrix, open.momentum, memory);
            whitened = rules.whitenMomentum() ? moving : matrix;
        }
        for (int i = 0; i < open.cells.size(); i++) {
            Cell cell = open.cells.get(i);
            boolean ready = memory.state().getDouble(cell.mark()) != 0;
            if (!ready || updates.due(i, open.cells.size())) {
                ready = update(cell, ready, whitened, memory);
            }
            Block out = cell.tile().of(Block.of(matrix));
            if (ready) {
                move(cell, cell.tile().of(Block.of(moving)), out, memory);
            } else {
                clear(out, memory);
            }
        }
        Nd4j.exec(new ScalarMin(matrix, null, matrix, rules.largestElement()));
        Nd4j.exec(new ScalarMax(matrix, null, matrix, -rules.largestElement()));
    }

    /** out = P_L X P_R with its root mean square cut; block by block, so that one whose factors are off stops no other. */
    private void move(Cell cell, Block x, Block out, Memory memory) {
        INDArray direction = memory.scratch().matrix("white", x.rows(), x.columns());
        apply(cell, x, Block.of(direction), memory);
        double rms = memory.kernels().norm(direction) / Math.sqrt((double) direction.length());
        double cut = rms > rules.largestRms() ? rules.largestRms() / rms : 1;
        memory.kernels().transfer(Block.of(direction), cut, out, false);
    }

    private Views open(INDArray matrix, Memory memory) {
        Views known = views;
        if (known == null || known.state != memory.state()) {
            PsgdState plan = new PsgdState(rules, matrix.rows(), matrix.columns());
            INDArray momentum = rules.momentum() > 0 ? plan.momentum(memory.state()) : null;
            known = new Views(memory.state(), momentum, plan.cells(memory.state()));
            views = known;
        }
        return known;
    }

    /** M = b M + (1 - b) G with b = min(t / (t + 1), momentum), t steps so far: the plain mean at first. */
    private INDArray average(INDArray gradient, INDArray m, Memory memory) {
        double steps = memory.steps();
        double decay = Math.min(steps / (steps + 1), rules.momentum());
        memory.kernels().axpby(1 - decay, gradient, decay, m);
        return m;
    }

    private static void clear(Block out, Memory memory) {
        INDArray zero =
                memory.scratch().matrix("half", out.rows(), out.columns()).assign(0);
        memory.kernels().transfer(Block.of(zero), 1, out, false);
    }

    /**
     * Lets a block's factors follow its gradient; its first gradient that is not zero makes them. Later ones that are zero
     * leave them as they are: nothing but the damping would bound them.
     */
    private boolean update(Cell cell, boolean ready, INDArray gradient, Memory memory) {
        Kernels kernels = memory.kernels();
        Tile tile = cell.tile();
        INDArray block = memory.scratch().matrix("block", tile.rows(), tile.columns());
        kernels.transfer(tile.of(Block.of(gradient)), 1, Block.of(block), false);
        double norm = kernels.norm(block);
        if (norm == 0) {
            return ready;
        }
        if (!ready) {
            double scale = rules.initialScale() > 0
                    ? rules.initialScale()
                    : rules.fit().scale(block, norm, kernels);
            cell.left().start(Math.sqrt(scale), kernels);
            cell.right().start(Math.sqrt(scale), kernels);
            memory.state().putScalar(cell.mark(), 1);
        }
        INDArray white = memory.scratch().matrix("white", tile.rows(), tile.columns());
        apply(cell, Block.of(block), Block.of(white), memory);
        rules.fit().update(cell, white, updates.count(), memory);
        return true;
    }

    /** out = P_L X P_R; may overwrite X. */
    private static void apply(Cell cell, Block x, Block out, Memory memory) {
        Block half = Block.of(memory.scratch().matrix("half", x.rows(), x.columns()));
        apply(cell.left(), x, half, memory);
        apply(cell.right(), half, out, memory);
    }

    private static void apply(Side side, Block from, Block to, Memory memory) {
        Kernels kernels = memory.kernels();
        if (!side.dense()) {
            INDArray scaled = memory.scratch().matrix("scaled", from.rows(), from.columns());
            kernels.transfer(from, 1, Block.of(scaled), false);
            if (side.ofColumns()) {
                scaled.muliRowVector(side.p().reshape(1, side.size()));
            } else {
                scaled.muliColumnVector(side.p());
            }
            kernels.transfer(Block.of(scaled), 1, to, false);
        } else if (side.ofColumns()) {
            kernels.multiply(1, from, false, Block.of(side.p()), false, 0, to);
        } else {
            kernels.multiply(1, Block.of(side.p()), false, from, false, 0, to);
        }
    }
}
