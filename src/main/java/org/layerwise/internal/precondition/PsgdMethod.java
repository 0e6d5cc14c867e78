package org.layerwise.internal.precondition;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.PsgdLayout.WhitenedBlock;
import org.layerwise.internal.precondition.PsgdLayout.WhitenedSide;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.PeriodicTask;
import org.layerwise.method.Section;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Period;
import org.layerwise.settings.Whitening;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMin;
import org.nd4j.linalg.factory.Nd4j;

/**
 * PSGD with a Kronecker-factored whitening preconditioner (Li 2015, arXiv 1512.04202; Li 2024, arXiv
 * 2402.11858) on the blocks of one matrix: the direction is P_L X P_R with P = Q' Q, and each Q follows the gradient of a
 * criterion whose minimum makes P G white. No factorisation, no inverse: products alone.
 */
public final class PsgdMethod implements Method {
    private static final String UPDATES = "updates";

    private final Rules rules;
    private final Kernels kernels = Kernels.forBackend();
    private final WhiteningStep fit;
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
            Period updates,
            double largestRms,
            double largestElement) {}

    /** The blocks over one array of factors. */
    private record Views(INDArray factors, List<WhitenedBlock> blocks) {}

    /**
     * Creates the method of one matrix.
     *
     * @param rules valid
     */
    public PsgdMethod(Rules rules) {
        this.rules = rules;
        this.fit = new WhiteningStep(rules.fit(), kernels);
    }

    @Override
    public List<Section> sections(Matrix matrix) {
        return layout(matrix).sections();
    }

    @Override
    public List<PeriodicTask> tasks() {
        return List.of(PeriodicTask.fromTheFirstStep(UPDATES, rules.updates()));
    }

    private PsgdLayout layout(Matrix matrix) {
        return new PsgdLayout(rules, matrix.rows(), matrix.columns());
    }

    @Override
    public long flops(Matrix matrix) {
        PsgdLayout layout = layout(matrix);
        long sum = 0;
        for (Tile tile : layout.tiles()) {
            long sides = (layout.isDense(tile, false) ? tile.rows() : 0L)
                    + (layout.isDense(tile, true) ? tile.columns() : 0L);
            sum += 2 * sides * tile.length();
        }
        return sum;
    }

    /**
     * How much of a matrix has a square factor on one side, for the plan.
     *
     * @param matrix the matrix served
     * @param ofColumns whether the columns' side is asked for
     * @return share of the elements, in [0, 1]; the factors of all others are diagonal
     */
    public double denseShare(Matrix matrix, boolean ofColumns) {
        PsgdLayout layout = layout(matrix);
        long elements = 0;
        for (Tile tile : layout.tiles()) {
            elements += layout.isDense(tile, ofColumns) ? tile.length() : 0;
        }
        return (double) elements / matrix.length();
    }

    @Override
    public double step(INDArray gradient, INDArray direction, StepContext context) {
        List<WhitenedBlock> blocks = blocks(gradient, context);
        INDArray marks = context.state(PsgdLayout.MARKS);
        INDArray moving = rules.momentum() > 0 ? average(gradient, context) : gradient;
        INDArray whitened = rules.whitenMomentum() ? moving : gradient;
        for (int i = 0; i < blocks.size(); i++) {
            WhitenedBlock block = blocks.get(i);
            boolean ready = marks.getDouble(i) != 0;
            if (!ready || context.due(UPDATES, i, blocks.size())) {
                boolean now = update(block, ready, whitened, context);
                if (now != ready) {
                    marks.putScalar(i, 1);
                }
                ready = now;
            }
            Block out = block.tile().of(Block.of(direction));
            if (ready) {
                move(block, block.tile().of(Block.of(moving)), out, context);
            } else {
                clear(out, context);
            }
        }
        if (kernels.norm(direction) <= Double.MAX_VALUE) { // NaN would be clipped to a number
            Nd4j.exec(new ScalarMin(direction, null, direction, rules.largestElement()));
            Nd4j.exec(new ScalarMax(direction, null, direction, -rules.largestElement()));
        }
        return InnerProduct.of(direction, gradient, kernels, context);
    }

    private List<WhitenedBlock> blocks(INDArray gradient, StepContext context) {
        Views known = views;
        INDArray factors = context.state(PsgdLayout.FACTORS);
        if (known == null || known.factors != factors) {
            known = new Views(factors, new PsgdLayout(rules, gradient.rows(), gradient.columns()).blocks(context));
            views = known;
        }
        return known.blocks;
    }

    /** out = P_L X P_R with its root mean square cut; block by block, so that one whose factors are off stops no other. */
    private void move(WhitenedBlock block, Block x, Block out, StepContext context) {
        INDArray direction = context.scratch("white", x.rows(), x.columns());
        apply(block, x, Block.of(direction), context);
        double rms = kernels.norm(direction) / Math.sqrt((double) direction.length());
        double cut = rms > rules.largestRms() ? rules.largestRms() / rms : 1;
        kernels.transfer(Block.of(direction), cut, out, false);
    }

    /** M = b M + (1 - b) G with b = min(t / (t + 1), momentum), t steps so far: the plain mean at first. */
    private INDArray average(INDArray gradient, StepContext context) {
        INDArray m = context.state(PsgdLayout.MOMENTUM).reshape('f', gradient.rows(), gradient.columns());
        double steps = context.steps();
        double decay = Math.min(steps / (steps + 1), rules.momentum());
        kernels.axpby(1 - decay, gradient, decay, m);
        return m;
    }

    private void clear(Block out, StepContext context) {
        INDArray zero = context.scratch("half", out.rows(), out.columns()).assign(0);
        kernels.transfer(Block.of(zero), 1, out, false);
    }

    /**
     * Lets a block's factors follow its gradient; its first gradient that is not zero makes them. Later ones that are zero
     * leave them as they are: nothing but the damping would bound them.
     */
    private boolean update(WhitenedBlock block, boolean ready, INDArray gradient, StepContext context) {
        Tile tile = block.tile();
        INDArray copy = context.scratch("block", tile.rows(), tile.columns());
        kernels.transfer(tile.of(Block.of(gradient)), 1, Block.of(copy), false);
        double norm = kernels.norm(copy);
        if (norm == 0) {
            return ready;
        }
        if (!ready) {
            double scale = rules.initialScale() > 0 ? rules.initialScale() : fit.scale(copy, norm);
            block.left().start(Math.sqrt(scale), kernels);
            block.right().start(Math.sqrt(scale), kernels);
        }
        INDArray white = context.scratch("white", tile.rows(), tile.columns());
        apply(block, Block.of(copy), Block.of(white), context);
        fit.update(block, white, context.count(UPDATES), context);
        return true;
    }

    /** out = P_L X P_R; may overwrite X. */
    private void apply(WhitenedBlock block, Block x, Block out, StepContext context) {
        Block half = Block.of(context.scratch("half", x.rows(), x.columns()));
        apply(block.left(), x, half, context);
        apply(block.right(), half, out, context);
    }

    private void apply(WhitenedSide side, Block from, Block to, StepContext context) {
        if (!side.dense()) {
            INDArray scaled = context.scratch("scaled", from.rows(), from.columns());
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
