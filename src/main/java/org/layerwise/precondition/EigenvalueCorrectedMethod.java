package org.layerwise.precondition;

import java.util.List;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.layerwise.precondition.EigenbasisState.Ages;
import org.layerwise.precondition.EigenbasisState.Side;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Eigenvalue-corrected Shampoo as in Meta's Distributed Shampoo, on blocks of the matrix. Against {@link SoapMethod}: the basis
 * begins as the identity and is refreshed with the newest gradient before it is used; the momentum stays in the original
 * coordinates; second moments stay where they are when the basis changes; and the first gradient moves the weights.
 */
public final class EigenvalueCorrectedMethod implements MatrixMethod {
    private final SoapMethod.Rules rules;
    private final boolean byQr;
    private final Grafting adam;
    private final Clock statistics;
    private final Clock refresh;
    private final BasisGuard guard = new BasisGuard(true);

    /**
     * Creates the method of one matrix.
     *
     * @param rules of the method; {@code refresh} also gives the first step
     * @param byQr whether bases follow by one step of the QR algorithm, rather than by eigendecompositions
     */
    public EigenvalueCorrectedMethod(SoapMethod.Rules rules, boolean byQr) {
        this.rules = rules;
        this.byQr = byQr;
        this.adam = Grafting.adam(rules.beta2(), rules.epsilon());
        this.statistics = new Clock(rules.statistics(), 1);
        this.refresh = new Clock(rules.refresh(), rules.refresh().next(0));
    }

    @Override
    public long stateLength(int rows, int columns) {
        return rules.plan(rows, columns).length();
    }

    @Override
    public String layout(int rows, int columns) {
        return rules.layout(rows, columns);
    }

    /** Momentum and gradient are both rotated, and the direction back. */
    @Override
    public long flops(int rows, int columns) {
        return rules.rotationFlops(rows, columns) * 3 / 2;
    }

    @Override
    public double largestNorm(DataType type) {
        return rules.largestNorm(type);
    }

    @Override
    public void step(INDArray matrix, Memory memory) {
        EigenbasisState plan = rules.plan(matrix.rows(), matrix.columns());
        long step = memory.steps() + 1;
        statistics.set(step);
        refresh.set(step);
        Block gradient = Block.of(matrix);
        Ages ages = plan.ages(memory.kernels(), memory.state(), memory.steps());
        // The gradient of this step is the first in the moments of a block that starts anew: age 0.
        guard.check(plan, ages, memory, ages::bear);
        follow(plan, ages, gradient, memory);
        Kernels kernels = memory.kernels();
        BlockRotation rotation = new BlockRotation(plan, memory);
        INDArray rotated = scratch("rotated", plan, memory);
        INDArray work = scratch("work", plan, memory);
        INDArray squares = region(plan.secondMoments(), plan, memory);
        INDArray momentum = region(plan.firstMoments(), plan, memory);
        momentum.muli(rules.beta1());
        for (int i = 0; i < plan.tiles().size(); i++) {
            Block tile = plan.tiles().get(i).of(gradient);
            rotation.rotate(i, tile, plan.block(rotated, 0, i));
            kernels.transfer(tile, 1 - rules.beta1(), plan.block(momentum, 0, i), true);
        }
        adam.absorb(rotated, squares, work, kernels);
        for (int i = 0; i < plan.tiles().size(); i++) {
            rotation.rotate(i, plan.block(momentum, 0, i), plan.block(rotated, 0, i));
        }
        correct(plan, ages, rotated, squares, work, kernels);
        for (int i = 0; i < plan.tiles().size(); i++) {
            rotation.rotateBack(i, plan.block(work, 0, i), plan.tiles().get(i).of(gradient));
        }
    }

    /** Adam's direction in the bases, block after block; neighbours of the same age share the operations. */
    private void correct(
            EigenbasisState plan, Ages ages, INDArray rotated, INDArray squares, INDArray work, Kernels kernels) {
        int count = plan.tiles().size();
        int to;
        for (int from = 0; from < count; from = to) {
            to = ages.endOfAge(from);
            long gradients = ages.age(from) + 1;
            long begin = plan.start(from);
            long end = to == count ? plan.elements() : plan.start(to);
            INDArray momentum = part(rotated, begin, end);
            momentum.divi(1 - Math.pow(rules.beta1(), (double) gradients));
            adam.direction(momentum, part(squares, begin, end), gradients, part(work, begin, end), kernels);
        }
    }

    private static INDArray part(INDArray array, long begin, long end) {
        return array.get(NDArrayIndex.interval(begin, end));
    }

    /** Averages the factors with the gradient and lets the bases follow them. */
    private void follow(EigenbasisState plan, Ages ages, Block gradient, Memory memory) {
        Eigenbasis eigenbasis = new Eigenbasis(memory);
        int count = plan.tiles().size();
        for (int i = 0; i < count; i++) {
            List<Side> sides = plan.sides(memory.state(), i);
            if (!ages.born(i)) {
                sides.forEach(eigenbasis::setIdentity);
                plan.clearMoments(memory.state(), i);
                ages.bear(i);
                guard.seal(plan, ages, i, memory);
            }
            boolean due = rules.spread() ? refresh.due(i, count) : refresh.due();
            for (Side side : sides) {
                if (statistics.due()) {
                    double decay = rules.factorDecay();
                    memory.kernels()
                            .addGramian(
                                    plan.tiles().get(i).of(gradient),
                                    side.ofColumns(),
                                    1 - decay,
                                    decay,
                                    side.factor());
                }
                if (due) {
                    refresh(eigenbasis, side);
                }
            }
            if (due) {
                guard.seal(plan, ages, i, memory);
            }
        }
    }

    private void refresh(Eigenbasis eigenbasis, Side side) {
        if (byQr) {
            // The reference's ridge is on the factor divided by this correction.
            double correction = 1 - Math.pow(rules.factorDecay(), (double) statistics.count());
            eigenbasis.iterateAscending(side, rules.epsilon() * correction);
        } else {
            eigenbasis.rebuildAscending(side);
        }
    }

    private static INDArray scratch(String name, EigenbasisState plan, Memory memory) {
        return memory.scratch().matrix(name, (int) plan.elements(), 1).reshape(plan.elements());
    }

    private static INDArray region(long at, EigenbasisState plan, Memory memory) {
        return memory.state().get(NDArrayIndex.interval(at, at + plan.elements()));
    }
}
