package org.layerwise.internal.precondition;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.ShampooLayout.RootedBlock;
import org.layerwise.internal.precondition.ShampooLayout.RootedSide;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.PeriodicTask;
import org.layerwise.method.Section;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.Period;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Shampoo on one matrix, block by block: P = (A / bc)^-a Gb (B / bc)^-b with A and B averages of G G' and G' G, then the length
 * of the graft's direction.
 */
public final class ShampooMethod implements Method {
    /** As in the reference: keeps the graft's ratio finite. */
    private static final double TINY = 1e-16;

    private static final String STATISTICS = "statistics";
    private static final String REFRESH = "refresh";

    private final Rules rules;
    private final Kernels kernels = Kernels.forBackend();
    private final ShampooRoots roots;
    private final GraftStep grafting;
    private @Nullable ShampooLayout layout;

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
            Period statistics,
            Period refresh) {}

    /**
     * Creates the method of one matrix.
     *
     * @param rules valid
     */
    public ShampooMethod(Rules rules) {
        this.rules = rules;
        this.roots = new ShampooRoots(kernels, rules.root(), rules.traceScaling());
        this.grafting = new GraftStep(rules.grafting());
    }

    private boolean preconditions() {
        return rules.inputExponent() > 0 || rules.outputExponent() > 0;
    }

    @Override
    public List<Section> sections(Matrix matrix) {
        return new ShampooLayout(rules, matrix.rows(), matrix.columns()).sections();
    }

    @Override
    public List<PeriodicTask> tasks() {
        return List.of(
                PeriodicTask.fromTheFirstStep(STATISTICS, rules.statistics()),
                new PeriodicTask(REFRESH, rules.refresh(), rules.start(), 0));
    }

    @Override
    public long flops(Matrix matrix) {
        long sum = 0;
        for (RootedBlock block : new ShampooLayout(rules, matrix.rows(), matrix.columns()).blocks()) {
            long sides = (block.input() == null ? 0 : block.tile().rows())
                    + (block.output() == null ? 0 : (long) block.tile().columns());
            sum += 2 * sides * block.tile().length();
        }
        return sum;
    }

    @Override
    public double largestNorm(DataType type) {
        return type == DataType.DOUBLE ? 1e150 : 1e18;
    }

    @Override
    public double step(INDArray gradient, INDArray direction, StepContext context) {
        List<RootedBlock> blocks = blocks(gradient);
        boolean[] ready = new boolean[blocks.size()];
        if (preconditions()) {
            readMarks(ready, context);
            updateFactors(blocks, Block.of(gradient), context);
            updateRoots(blocks, ready, context);
        }
        INDArray graft = averages(gradient, direction, context);
        boolean any = false;
        for (boolean each : ready) {
            any |= each;
        }
        if (any) {
            precondition(blocks, ready, direction, graft, context);
        } else if (graft != direction) {
            kernels.axpby(1, graft, 0, direction);
        }
        return InnerProduct.of(direction, gradient, kernels, context);
    }

    private List<RootedBlock> blocks(INDArray gradient) {
        ShampooLayout known = layout;
        if (known == null) {
            known = new ShampooLayout(rules, gradient.rows(), gradient.columns());
            layout = known;
        }
        return known.blocks();
    }

    private void readMarks(boolean[] ready, StepContext context) {
        double[] stored = kernels.diagonal(context.state(ShampooLayout.MARKS), 0, ready.length, 1);
        for (int i = 0; i < ready.length; i++) {
            ready[i] = stored[i] != 0;
        }
    }

    private void updateFactors(List<RootedBlock> blocks, Block gradient, StepContext context) {
        if (!context.due(STATISTICS)) {
            return;
        }
        double decay = rules.factorDecay();
        double weight = decay == 1 ? 1 : 1 - decay;
        for (RootedBlock each : blocks) {
            Block block = each.tile().of(gradient);
            RootedSide input = each.input();
            if (input != null) {
                kernels.addGramian(block, false, weight, decay, input.factor(context));
            }
            RootedSide output = each.output();
            if (output != null) {
                kernels.addGramian(block, true, weight, decay, output.factor(context));
            }
        }
    }

    private void updateRoots(List<RootedBlock> blocks, boolean[] ready, StepContext context) {
        double decay = rules.factorDecay();
        double correction = decay == 1 ? 1 : 1 - Math.pow(decay, (double) context.count(STATISTICS));
        for (int i = 0; i < ready.length; i++) {
            if (context.due(REFRESH, i, ready.length)) {
                boolean before = ready[i];
                ready[i] = roots.refresh(blocks.get(i), correction, before, context);
                if (ready[i] != before) {
                    context.state(ShampooLayout.MARKS).putScalar(i, 1);
                }
            }
        }
    }

    /** Writes Gb; returns the graft's direction, which may be Gb itself. */
    private INDArray averages(INDArray gradient, INDArray gb, StepContext context) {
        boolean usesSquares = rules.grafting().usesSquares();
        INDArray graft = gb;
        INDArray squares = context.state(ShampooLayout.SQUARES);
        if (usesSquares) {
            graft = context.scratch("graft", gradient.rows(), gradient.columns());
            grafting.absorb(gradient, squares, graft, kernels);
        }
        double b1 = rules.momentum();
        long step = context.steps() + 1;
        if (b1 > 0) {
            // Gb = b3 (the M before) + (1 - b3) G, written with the M after.
            double share = rules.lookAhead() / b1;
            double correction = 1 - rules.lookAhead() * Math.pow(b1, step - 1.0);
            INDArray momentum = context.state(ShampooLayout.MOMENTUM);
            kernels.axpby(1 - b1, gradient, b1, momentum);
            if (share != 1) {
                kernels.axpby(1, gradient, 0, gb);
            }
            kernels.axpby(share / correction, momentum, (1 - share) / correction, gb);
        } else {
            kernels.axpby(1, gradient, 0, gb);
        }
        if (usesSquares) {
            grafting.direction(gb, squares, step, graft, kernels);
        }
        return graft;
    }

    private void precondition(
            List<RootedBlock> blocks, boolean[] ready, INDArray gb, INDArray graft, StepContext context) {
        Block target = Block.of(gb);
        Block lengths = Block.of(graft);
        for (int i = 0; i < ready.length; i++) {
            Tile tile = blocks.get(i).tile();
            Block block = tile.of(target);
            if (ready[i]) {
                INDArray direction = direction(blocks.get(i), block, tile.of(lengths), context);
                kernels.transfer(Block.of(direction), 1, block, false);
            } else if (graft != gb) {
                kernels.transfer(tile.of(lengths), 1, block, false);
            }
        }
    }

    /** The preconditioned block, as long as the graft's. */
    private INDArray direction(RootedBlock roots, Block block, Block graft, StepContext context) {
        INDArray one = context.scratch("one", block.rows(), block.columns());
        INDArray other = context.scratch("other", block.rows(), block.columns());
        INDArray result = one;
        RootedSide input = roots.input();
        RootedSide output = roots.output();
        if (input != null) {
            kernels.multiply(1, input.root(context), false, block, false, 0, Block.of(one));
        }
        if (output != null) {
            Block from = input == null ? block : Block.of(one);
            kernels.multiply(1, from, false, output.root(context), false, 0, Block.of(other));
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
