package org.layerwise.internal.precondition;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.SoapState.RotatedSide;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Section;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Period;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * SOAP (Vyas et al. 2024, arXiv 2409.11321): Adam in the eigenbasis of Shampoo's factors, on blocks of the matrix. For each
 * block, in the order that keeps every step within about the learning rate: rotate the gradient into the basis that earlier
 * gradients made, take Adam's step there, rotate it back; only then average the factors L and R with this gradient and, if due,
 * refresh the basis. A block's first gradient that is not zero only builds the basis.
 */
public final class SoapMethod implements Method {
    private final Rules rules;
    private final Kernels kernels = Kernels.forBackend();
    private final BasisGuard guard = new BasisGuard(kernels, false);
    private @Nullable SoapLayout layout;

    /**
     * The rules of the method.
     *
     * @param beta1 decay of the first moments, in [0, 1)
     * @param beta2 decay of the second moments, in [0, 1)
     * @param factorDecay decay of the factors, in [0, 1)
     * @param epsilon added to the root of the second moments, at least 0
     * @param blockSize largest side of a block, at least 1
     * @param left whether the rows' side is rotated; a side that is not is not cut either
     * @param right whether the columns' side is rotated
     * @param statistics when the factors are averaged
     * @param refresh when a basis is refreshed
     * @param spread whether the blocks' refreshes are spread over the steps until the next
     */
    public record Rules(
            double beta1,
            double beta2,
            double factorDecay,
            double epsilon,
            int blockSize,
            boolean left,
            boolean right,
            Period statistics,
            Period refresh,
            boolean spread) {
        SoapLayout layout(int rows, int columns) {
            return new SoapLayout(rows, columns, blockSize, left, right);
        }

        /** Operations of one rotation there and back. */
        long rotationFlops(Matrix matrix) {
            long sum = 0;
            for (Tile tile : layout(matrix.rows(), matrix.columns()).tiles()) {
                long sides = (left ? tile.rows() : 0L) + (right ? tile.columns() : 0L);
                sum += 4 * sides * tile.length();
            }
            return sum;
        }

        /** Second moments and factors are sums of squares of elements. */
        double largestNorm(DataType type) {
            return Math.sqrt(type == DataType.DOUBLE ? Double.MAX_VALUE : Float.MAX_VALUE);
        }
    }

    /**
     * Creates the method of one matrix.
     *
     * @param rules of the method
     */
    public SoapMethod(Rules rules) {
        this.rules = rules;
    }

    @Override
    public List<Section> sections(Matrix matrix) {
        return rules.layout(matrix.rows(), matrix.columns()).sections();
    }

    @Override
    public long flops(Matrix matrix) {
        return rules.rotationFlops(matrix);
    }

    @Override
    public double largestNorm(DataType type) {
        return rules.largestNorm(type);
    }

    @Override
    public double step(INDArray gradient, INDArray direction, StepContext context) {
        SoapLayout known = layout;
        if (known == null) {
            known = rules.layout(gradient.rows(), gradient.columns());
            layout = known;
        }
        new Step(new SoapState(known, kernels, context), gradient, direction, context).run();
        return InnerProduct.of(direction, gradient, kernels, context);
    }

    /** One step. */
    private final class Step {
        private final Block gradient;
        private final Block direction;
        private final StepContext context;
        private final SoapState state;
        private final SoapLayout layout;
        private final List<Tile> tiles;
        private final BlockAges ages;
        private final BlockRotation rotation;
        /** The gradient in the blocks' bases, block after block; then the step there. */
        private final INDArray rotated;

        Step(SoapState state, INDArray gradient, INDArray direction, StepContext context) {
            this.gradient = Block.of(gradient);
            this.direction = Block.of(direction);
            this.context = context;
            this.state = state;
            this.layout = state.layout();
            this.tiles = layout.tiles();
            this.ages = state.ages();
            this.rotation = new BlockRotation(state, kernels, context);
            this.rotated =
                    context.scratch("rotated", (int) layout.elements(), 1).reshape(layout.elements());
        }

        void run() {
            guard.check(state, context, ages::restart);
            boolean[] active = new boolean[tiles.size()];
            for (int i = 0; i < active.length; i++) {
                active[i] = ages.hasBasis(i);
                if (active[i]) {
                    rotation.rotate(i, tiles.get(i).of(gradient), layout.block(rotated, i));
                }
            }
            adam(active);
            for (int i = 0; i < active.length; i++) {
                if (active[i]) {
                    finish(i);
                } else {
                    start(i);
                }
            }
            refresh(active);
        }

        /** Adam's step with rate 1 on all active blocks; neighbours of the same age share one operation. */
        private void adam(boolean[] active) {
            int from = 0;
            while (from < active.length) {
                int to = from + 1;
                while (to < active.length && active[to] == active[from] && ages.age(to) == ages.age(from)) {
                    to++;
                }
                if (active[from]) {
                    long begin = layout.start(from);
                    long end = to == active.length ? layout.elements() : layout.start(to);
                    int iteration = (int) Math.min(Integer.MAX_VALUE - 1, ages.age(from) - 1);
                    Nd4j.exec(new AdamUpdater(
                            part(rotated, begin, end),
                            part(state.secondMoments(), begin, end),
                            part(state.firstMoments(), begin, end),
                            1,
                            rules.beta1,
                            rules.beta2,
                            rules.epsilon,
                            iteration));
                }
                from = to;
            }
        }

        private static INDArray part(INDArray array, long begin, long end) {
            return array.get(NDArrayIndex.interval(begin, end));
        }

        /** Statistics of the gradient, and the block's direction. */
        private void finish(int tile) {
            Block block = tiles.get(tile).of(gradient);
            if (rules.statistics.due(ages.age(tile), ages.lastStatistics(tile))) {
                for (RotatedSide side : state.sides(tile)) {
                    kernels.addGramian(
                            block, side.ofColumns(), 1 - rules.factorDecay, rules.factorDecay, side.factor());
                }
                ages.countStatistics(tile);
            }
            rotation.rotateBack(
                    tile, layout.block(rotated, tile), tiles.get(tile).of(direction));
        }

        /** A block's first gradient builds its basis, unless it is zero. The block does not move. */
        private void start(int tile) {
            Block block = tiles.get(tile).of(gradient);
            INDArray copy = context.scratch("half", block.rows(), block.columns());
            kernels.transfer(block, 1, Block.of(copy), false);
            if (kernels.norm(copy) > 0) {
                BlockEigenbasis eigenbasis = new BlockEigenbasis(kernels, context);
                for (RotatedSide side : state.sides(tile)) {
                    kernels.addGramian(block, side.ofColumns(), 1 - rules.factorDecay, 0, side.factor());
                    eigenbasis.build(side);
                }
                state.clearMoments(tile);
                ages.start(tile);
                guard.recordChecksum(state, tile, context);
            }
            copy.assign(0);
            kernels.transfer(Block.of(copy), 1, tiles.get(tile).of(direction), false);
        }

        /** Refreshes the stalest of the blocks that are due and have new statistics. */
        private void refresh(boolean[] active) {
            List<Integer> due = new ArrayList<>();
            for (int i = 0; i < active.length; i++) {
                if (active[i]
                        && ages.lastStatistics(i) > ages.lastRefresh(i)
                        && rules.refresh.due(ages.age(i), ages.lastRefresh(i))) {
                    due.add(i);
                }
            }
            if (due.isEmpty()) {
                return;
            }
            due.sort(Comparator.comparingLong(i -> ages.lastRefresh(i) - ages.age(i)));
            BlockEigenbasis eigenbasis = new BlockEigenbasis(kernels, context);
            for (int tile : due.subList(0, Math.min(due.size(), share(active.length, due.get(0))))) {
                Block m = layout.block(state.firstMoments(), tile);
                Block v = layout.block(state.secondMoments(), tile);
                for (RotatedSide side : state.sides(tile)) {
                    eigenbasis.refresh(side, m, v);
                }
                ages.countRefresh(tile);
                guard.recordChecksum(state, tile, context);
            }
        }

        /** How many blocks to refresh in this step, so that all have their turn before the next is due. */
        private int share(int blocks, int stalest) {
            if (!rules.spread) {
                return blocks;
            }
            long due = rules.refresh.next(ages.lastRefresh(stalest));
            long window = Math.max(1, Math.min(blocks, rules.refresh.next(due) - due));
            return (int) ((blocks + window - 1) / window);
        }
    }
}
