package org.layerwise.internal.precondition;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.SoapState.RotatedSide;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.PeriodicTask;
import org.layerwise.method.Section;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Grafting;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Eigenvalue-corrected Shampoo as in Meta's Distributed Shampoo, on blocks of the matrix. Against {@link SoapMethod}: the basis
 * begins as the identity and is refreshed with the newest gradient before it is used; the momentum stays in the original
 * coordinates; second moments stay where they are when the basis changes; and the first gradient moves the weights.
 */
public final class EigenvalueCorrectedMethod implements Method {
    private static final String STATISTICS = "statistics";
    private static final String REFRESH = "refresh";

    private final SoapMethod.Rules rules;
    private final boolean byQr;
    private final GraftStep adam;
    private final Kernels kernels = Kernels.forBackend();
    private final BasisGuard guard = new BasisGuard(kernels, true);
    private @Nullable SoapLayout layout;

    /**
     * Creates the method of one matrix.
     *
     * @param rules of the method; {@code refresh} also gives the first step
     * @param byQr whether bases follow by one step of the QR algorithm, rather than by eigendecompositions
     */
    public EigenvalueCorrectedMethod(SoapMethod.Rules rules, boolean byQr) {
        this.rules = rules;
        this.byQr = byQr;
        this.adam = new GraftStep(Grafting.adam(rules.beta2(), rules.epsilon()));
    }

    @Override
    public List<Section> sections(Matrix matrix) {
        return rules.layout(matrix.rows(), matrix.columns()).sections();
    }

    @Override
    public List<PeriodicTask> tasks() {
        long first = rules.refresh().next(0);
        return List.of(
                PeriodicTask.fromTheFirstStep(STATISTICS, rules.statistics()),
                new PeriodicTask(REFRESH, rules.refresh(), first, first));
    }

    /** Momentum and gradient are both rotated, and the direction back. */
    @Override
    public long flops(Matrix matrix) {
        return rules.rotationFlops(matrix) * 3 / 2;
    }

    @Override
    public double largestNorm(DataType type) {
        return rules.largestNorm(type);
    }

    @Override
    public double step(INDArray gradient, INDArray direction, StepContext context) {
        SoapState state = new SoapState(layout(gradient), kernels, context);
        // The gradient of this step is the first in the moments of a block that starts from zero: age 0.
        guard.check(state, context, state.ages()::start);
        follow(state, Block.of(gradient), context);
        List<Tile> tiles = state.layout().tiles();
        BlockRotation rotation = new BlockRotation(state, kernels, context);
        INDArray rotated = scratch("rotated", state.layout(), context);
        INDArray work = scratch("work", state.layout(), context);
        INDArray momentum = state.firstMoments();
        momentum.muli(rules.beta1());
        for (int i = 0; i < tiles.size(); i++) {
            Block tile = tiles.get(i).of(Block.of(gradient));
            rotation.rotate(i, tile, state.layout().block(rotated, i));
            kernels.transfer(tile, 1 - rules.beta1(), state.layout().block(momentum, i), true);
        }
        adam.absorb(rotated, state.secondMoments(), work, kernels);
        for (int i = 0; i < tiles.size(); i++) {
            rotation.rotate(i, state.layout().block(momentum, i), state.layout().block(rotated, i));
        }
        correct(state, rotated, work);
        for (int i = 0; i < tiles.size(); i++) {
            rotation.rotateBack(i, state.layout().block(work, i), tiles.get(i).of(Block.of(direction)));
        }
        return InnerProduct.of(direction, gradient, kernels, context);
    }

    private SoapLayout layout(INDArray gradient) {
        SoapLayout known = layout;
        if (known == null) {
            known = rules.layout(gradient.rows(), gradient.columns());
            layout = known;
        }
        return known;
    }

    /** Adam's direction in the bases, block after block; neighbours of the same age share the operations. */
    private void correct(SoapState state, INDArray rotated, INDArray work) {
        SoapLayout shapes = state.layout();
        BlockAges ages = state.ages();
        int count = shapes.tiles().size();
        int to;
        for (int from = 0; from < count; from = to) {
            to = ages.endOfAge(from);
            long gradients = ages.age(from) + 1;
            long begin = shapes.start(from);
            long end = to == count ? shapes.elements() : shapes.start(to);
            INDArray momentum = part(rotated, begin, end);
            momentum.divi(1 - Math.pow(rules.beta1(), (double) gradients));
            INDArray squares = part(state.secondMoments(), begin, end);
            adam.direction(momentum, squares, gradients, part(work, begin, end), kernels);
        }
    }

    private static INDArray part(INDArray array, long begin, long end) {
        return array.get(NDArrayIndex.interval(begin, end));
    }

    /** Averages the factors with the gradient and lets the bases follow them. */
    private void follow(SoapState state, Block gradient, StepContext context) {
        BlockEigenbasis eigenbasis = new BlockEigenbasis(kernels, context);
        int count = state.layout().tiles().size();
        double decay = rules.factorDecay();
        for (int i = 0; i < count; i++) {
            List<RotatedSide> sides = state.sides(i);
            if (!state.ages().hasBasis(i)) {
                sides.forEach(eigenbasis::setIdentity);
                state.clearMoments(i);
                state.ages().start(i);
                guard.recordChecksum(state, i, context);
            }
            Block tile = state.layout().tiles().get(i).of(gradient);
            boolean due = rules.spread() ? context.due(REFRESH, i, count) : context.due(REFRESH);
            for (RotatedSide side : sides) {
                if (context.due(STATISTICS)) {
                    kernels.addGramian(tile, side.ofColumns(), 1 - decay, decay, side.factor());
                }
                if (due) {
                    refresh(eigenbasis, side, context);
                }
            }
            if (due) {
                guard.recordChecksum(state, i, context);
            }
        }
    }

    private void refresh(BlockEigenbasis eigenbasis, RotatedSide side, StepContext context) {
        if (byQr) {
            // The reference's ridge is on the factor divided by this correction.
            double correction = 1 - Math.pow(rules.factorDecay(), (double) context.count(STATISTICS));
            eigenbasis.iterateAscending(side, rules.epsilon() * correction);
        } else {
            eigenbasis.rebuildAscending(side);
        }
    }

    private static INDArray scratch(String name, SoapLayout layout, StepContext context) {
        return context.scratch(name, (int) layout.elements(), 1).reshape(layout.elements());
    }
}
