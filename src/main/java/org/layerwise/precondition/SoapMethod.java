package org.layerwise.precondition;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.layerwise.precondition.EigenbasisState.Ages;
import org.layerwise.precondition.EigenbasisState.Side;
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
public final class SoapMethod implements MatrixMethod {
    private final Rules rules;
    private final BasisGuard guard = new BasisGuard(false);
    private @Nullable EigenbasisState plan;

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
            Schedule statistics,
            Schedule refresh,
            boolean spread) {
        EigenbasisState plan(int rows, int columns) {
            int height = left ? blockSize : rows;
            int width = right ? blockSize : columns;
            return new EigenbasisState(Tile.partition(rows, columns, height, width), left, right);
        }

        String layout(int rows, int columns) {
            int height = left ? blockSize : rows;
            int width = right ? blockSize : columns;
            return Tile.layout(rows, columns, height, width)
                    + (left ? ", rows rotated" : "")
                    + (right ? ", columns rotated" : "");
        }

        /** Operations of one rotation there and back. */
        long rotationFlops(int rows, int columns) {
            long sum = 0;
            for (Tile tile : plan(rows, columns).tiles()) {
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

    private EigenbasisState plan(int rows, int columns) {
        EigenbasisState known = plan;
        if (known == null) {
            known = rules.plan(rows, columns);
            plan = known;
        }
        return known;
    }

    @Override
    public long stateLength(int rows, int columns) {
        return plan(rows, columns).length();
    }

    @Override
    public String layout(int rows, int columns) {
        return rules.layout(rows, columns);
    }

    @Override
    public long flops(int rows, int columns) {
        return rules.rotationFlops(rows, columns);
    }

    @Override
    public double largestNorm(DataType type) {
        return rules.largestNorm(type);
    }

    @Override
    public void step(INDArray matrix, Memory memory) {
        new Step(rules, plan(matrix.rows(), matrix.columns()), guard, matrix, memory).run();
    }

    /** One step. */
    private static final class Step {
        private final Rules rules;
        private final EigenbasisState plan;
        private final BasisGuard guard;
        private final Block gradient;
        private final Memory memory;
        private final Kernels kernels;
        private final INDArray state;
        private final Ages ages;
        private final BlockRotation rotation;
        /** The gradient in the blocks' bases, block after block; then the step there. */
        private final INDArray rotated;

        Step(Rules rules, EigenbasisState plan, BasisGuard guard, INDArray matrix, Memory memory) {
            this.rules = rules;
            this.plan = plan;
            this.guard = guard;
            this.gradient = Block.of(matrix);
            this.memory = memory;
            this.kernels = memory.kernels();
            this.state = memory.state();
            this.ages = plan.ages(kernels, state, memory.steps());
            this.rotation = new BlockRotation(plan, memory);
            this.rotated =
                    memory.scratch().matrix("rotated", (int) plan.elements(), 1).reshape(plan.elements());
        }

        void run() {
            guard.check(plan, ages, memory, ages::restart);
            int count = plan.tiles().size();
            boolean[] active = new boolean[count];
            for (int i = 0; i < count; i++) {
                active[i] = ages.born(i);
                if (active[i]) {
                    rotation.rotate(i, plan.tiles().get(i).of(gradient), plan.block(rotated, 0, i));
                }
            }
            adam(active);
            for (int i = 0; i < count; i++) {
                finish(i, active[i]);
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
                    long begin = plan.start(from);
                    long end = to == active.length ? plan.elements() : plan.start(to);
                    int iteration = (int) Math.min(Integer.MAX_VALUE - 1, ages.age(from) - 1);
                    Nd4j.exec(new AdamUpdater(
                            part(rotated, begin, end),
                            part(state, plan.secondMoments() + begin, plan.secondMoments() + end),
                            part(state, plan.firstMoments() + begin, plan.firstMoments() + end),
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

        /** Statistics of the gradient, which the block's direction then overwrites. */
        private void finish(int tile, boolean active) {
            Block block = plan.tiles().get(tile).of(gradient);
            if (!active) {
                bear(tile, block);
                return;
            }
            if (rules.statistics.due(ages.age(tile), ages.lastStatistics(tile))) {
                for (Side side : plan.sides(state, tile)) {
                    kernels.addGramian(
                            block, side.ofColumns(), 1 - rules.factorDecay, rules.factorDecay, side.factor());
                }
                ages.countStatistics(tile);
            }
            rotation.rotateBack(tile, plan.block(rotated, 0, tile), block);
        }

        /** A block's first gradient builds its basis, unless it is zero. The block does not move. */
        private void bear(int tile, Block block) {
            INDArray copy = memory.scratch().matrix("half", block.rows(), block.columns());
            kernels.transfer(block, 1, Block.of(copy), false);
            if (kernels.norm(copy) > 0) {
                Eigenbasis eigenbasis = new Eigenbasis(memory);
                for (Side side : plan.sides(state, tile)) {
                    kernels.addGramian(block, side.ofColumns(), 1 - rules.factorDecay, 0, side.factor());
                    eigenbasis.build(side);
                }
                plan.clearMoments(state, tile);
                ages.bear(tile);
                guard.seal(plan, ages, tile, memory);
            }
            copy.assign(0);
            kernels.transfer(Block.of(copy), 1, block, false);
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
            Eigenbasis eigenbasis = new Eigenbasis(memory);
            for (int tile : due.subList(0, Math.min(due.size(), share(active.length, due.get(0))))) {
                for (Side side : plan.sides(state, tile)) {
                    eigenbasis.refresh(
                            side,
                            plan.block(state, plan.firstMoments(), tile),
                            plan.block(state, plan.secondMoments(), tile));
                }
                ages.countRefresh(tile);
                guard.seal(plan, ages, tile, memory);
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
