package org.layerwise.precondition;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.InverseRoot;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.layerwise.precondition.ShampooState.Cell;
import org.layerwise.precondition.ShampooState.Side;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Shampoo on one matrix, block by block: P = (A / bc)^-a Gb (B / bc)^-b with A and B averages of G G' and G' G, then the length
 * of the graft's direction.
 */
public final class ShampooMethod implements MatrixMethod {
    /** As in the reference: keeps the graft's ratio finite. */
    private static final double TINY = 1e-16;

    private final Rules rules;
    private final ShampooRoots roots;
    private final Clock statistics;
    private final Clock refresh;
    private @Nullable Views views;

    /**
     * What the method does.
     *
     * @param momentum decay b1 of the gradient's average, in [0, 1)
     * @param lookAhead b3: the gradient is averaged into Gb with this decay
     * @param factorDecay of the factors in [0, 1]; 1 for sums
     * @param grafting whose step length is taken over
     * @param root of the factors
     * @param inputExponent a, of the rows' side; 0 leaves it alone and whole
     * @param outputExponent b, of the columns' side
     * @param traceScaling whether factors are divided by the root of their trace
     * @param blockSize most rows and columns of a block
     * @param start step of the first roots, from 1
     * @param statistics when factors are updated after step 1
     * @param refresh when roots are computed after {@code start}; counted from step 0, wherever they start
     */
    public record Rules(
            double momentum,
            double lookAhead,
            double factorDecay,
            Grafting grafting,
            InverseRoot root,
            double inputExponent,
            double outputExponent,
            boolean traceScaling,
            int blockSize,
            long start,
            Schedule statistics,
            Schedule refresh) {}

    /** Views of one state array. */
    private record Views(INDArray state, ShampooState plan, INDArray momentum, INDArray squares) {}

    /**
     * Creates the method of one matrix.
     *
     * @param rules valid
     */
    public ShampooMethod(Rules rules) {
        this.rules = rules;
        this.roots = new ShampooRoots(rules.root(), rules.traceScaling());
        this.statistics = new Clock(rules.statistics(), 1);
        this.refresh = new Clock(rules.refresh(), rules.start(), 0);
    }

    private boolean preconditions() {
        return rules.inputExponent() > 0 || rules.outputExponent() > 0;
    }

    @Override
    public long stateLength(int rows, int columns) {
        return new ShampooState(rules, rows, columns).length();
    }

    @Override
    public String layout(int rows, int columns) {
        return new ShampooState(rules, rows, columns).layout(rules);
    }

    @Override
    public long flops(int rows, int columns) {
        long sum = 0;
        for (Cell cell : new ShampooState(rules, rows, columns).cells()) {
            long sides = (cell.input() == null ? 0 : cell.tile().rows())
                    + (cell.output() == null ? 0 : (long) cell.tile().columns());
            sum += 2 * sides * cell.tile().length();
        }
        return sum;
    }

    @Override
    public double largestNorm(DataType type) {
        return type == DataType.DOUBLE ? 1e150 : 1e18;
    }

    @Override
    public void step(INDArray matrix, Memory memory) {
        Views open = open(matrix, memory);
        long step = memory.steps() + 1;
        statistics.set(step);
        refresh.set(step);
        boolean[] ready = new boolean[open.plan.marks()];
        if (preconditions()) {
            readMarks(ready, memory);
            updateFactors(open.plan.cells(), Block.of(matrix), memory);
            updateRoots(open.plan.cells(), ready, memory);
        }
        INDArray graft = averages(open, matrix, step, memory);
        boolean any = false;
        for (boolean each : ready) {
            any |= each;
        }
        if (any) {
            precondition(open.plan.cells(), ready, matrix, graft, memory);
        } else if (graft != matrix) {
            memory.kernels().axpby(1, graft, 0, matrix);
        }
    }

    private Views open(INDArray matrix, Memory memory) {
        Views known = views;
        if (known == null || known.state != memory.state()) {
            INDArray state = memory.state();
            ShampooState plan = new ShampooState(rules, matrix.rows(), matrix.columns());
            INDArray momentum = rules.momentum() > 0 ? plan.momentum(state) : state;
            INDArray squares = rules.grafting().usesSquares() ? plan.squares(state) : state;
            known = new Views(state, plan, momentum, squares);
            views = known;
        }
        return known;
    }

    private static void readMarks(boolean[] ready, Memory memory) {
        double[] stored = memory.kernels().diagonal(memory.state(), 0, ready.length, 1);
        for (int i = 0; i < ready.length; i++) {
            ready[i] = stored[i] != 0;
        }
    }

    private void updateFactors(List<Cell> cells, Block gradient, Memory memory) {
        if (!statistics.due()) {
            return;
        }
        double decay = rules.factorDecay();
        double weight = decay == 1 ? 1 : 1 - decay;
        for (Cell cell : cells) {
            Block block = cell.tile().of(gradient);
            Side input = cell.input();
            if (input != null) {
                memory.kernels().addGramian(block, false, weight, decay, input.factor(memory.state()));
            }
            Side output = cell.output();
            if (output != null) {
                memory.kernels().addGramian(block, true, weight, decay, output.factor(memory.state()));
            }
        }
    }

    private void updateRoots(List<Cell> cells, boolean[] ready, Memory memory) {
        double decay = rules.factorDecay();
        double correction = decay == 1 ? 1 : 1 - Math.pow(decay, (double) statistics.count());
        for (int i = 0; i < ready.length; i++) {
            if (refresh.due(i, ready.length)) {
                boolean before = ready[i];
                ready[i] = roots.refresh(cells.get(i), correction, before, memory);
                if (ready[i] != before) {
                    memory.state().putScalar(i, 1);
                }
            }
        }
    }

    /** The gradient becomes Gb; returns the graft's direction, which may be Gb itself. */
    private INDArray averages(Views open, INDArray matrix, long step, Memory memory) {
        Kernels kernels = memory.kernels();
        Grafting grafting = rules.grafting();
        INDArray graft = matrix;
        if (grafting.usesSquares()) {
            graft = memory.scratch().matrix("graft", matrix.rows(), matrix.columns());
            grafting.absorb(matrix, open.squares, graft, kernels);
        }
        double b1 = rules.momentum();
        if (b1 > 0) {
            // Gb = b3 (the M before) + (1 - b3) G, written with the M after.
            double share = rules.lookAhead() / b1;
            double correction = 1 - rules.lookAhead() * Math.pow(b1, step - 1.0);
            kernels.axpby(1 - b1, matrix, b1, open.momentum);
            kernels.axpby(share / correction, open.momentum, (1 - share) / correction, matrix);
        }
        if (grafting.usesSquares()) {
            grafting.direction(matrix, open.squares, step, graft, kernels);
        }
        return graft;
    }

    private void precondition(List<Cell> cells, boolean[] ready, INDArray matrix, INDArray graft, Memory memory) {
        Block target = Block.of(matrix);
        Block lengths = Block.of(graft);
        for (int i = 0; i < ready.length; i++) {
            Tile tile = cells.get(i).tile();
            Block block = tile.of(target);
            if (ready[i]) {
                INDArray direction = direction(cells.get(i), block, tile.of(lengths), memory);
                memory.kernels().transfer(Block.of(direction), 1, block, false);
            } else if (graft != matrix) {
                memory.kernels().transfer(tile.of(lengths), 1, block, false);
            }
        }
    }

    /** The preconditioned block, as long as the graft's. */
    private INDArray direction(Cell cell, Block block, Block graft, Memory memory) {
        Kernels kernels = memory.kernels();
        INDArray one = memory.scratch().matrix("one", block.rows(), block.columns());
        INDArray other = memory.scratch().matrix("other", block.rows(), block.columns());
        INDArray result = one;
        Side input = cell.input();
        Side output = cell.output();
        if (input != null) {
            kernels.multiply(1, input.root(memory.state()), false, block, false, 0, Block.of(one));
        }
        if (output != null) {
            Block from = input == null ? block : Block.of(one);
            kernels.multiply(1, from, false, output.root(memory.state()), false, 0, Block.of(other));
            result = other;
        }
        if (!rules.grafting().rescales()) {
            return result;
        }
        INDArray copy = result == one ? other : one;
        kernels.transfer(graft, 1, Block.of(copy), false);
        double scale = kernels.norm(copy) / (kernels.norm(result) + TINY);
        kernels.axpby(scale, result, 0, copy);
        return copy;
    }
}
