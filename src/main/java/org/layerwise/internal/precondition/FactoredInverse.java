package org.layerwise.internal.precondition;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.linalg.TrianglePair;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Damping;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * V = (A + alpha I)^-1 D (G + gamma I)^-1 from Cholesky inverses, of each block by itself; an unused side is the identity. (In [out, in]
 * orientation: V = G^-1 D A^-1, Martens and Grosse 2015, section 4.2.)
 */
final class FactoredInverse implements CurvatureInverse {
    private final Kernels kernels;
    private final KroneckerState state;
    private final Damping damping;
    private final List<INDArray> inputInverse;
    private final List<INDArray> outputInverse;

    FactoredInverse(Kernels kernels, KroneckerState state, Damping damping) {
        this.kernels = kernels;
        this.state = state;
        this.damping = damping;
        this.inputInverse = allocate(state.input());
        this.outputInverse = allocate(state.output());
    }

    /** One inverse a block; none for an unused side. */
    private static List<INDArray> allocate(@Nullable Factor factor) {
        List<INDArray> inverses = new ArrayList<>();
        if (factor != null) {
            for (TrianglePair pair : factor.pairs()) {
                int d = pair.dimension();
                inverses.add(Nd4j.createUninitializedDetached(pair.array().dataType(), 'f', d, d));
            }
        }
        return inverses;
    }

    @Override
    public void compute(boolean fromSnapshot, StepContext context) {
        Damping.Amounts amounts = damping.amounts(Factors.of(state, fromSnapshot, kernels));
        List<INDArray> a = invert("input", state.input(), fromSnapshot, amounts.input(), context);
        List<INDArray> g = invert("output", state.output(), fromSnapshot, amounts.output(), context);
        commit(a, inputInverse); // all succeeded
        commit(g, outputInverse);
    }

    private List<INDArray> invert(
            String name, @Nullable Factor factor, boolean fromSnapshot, double lambda, StepContext context) {
        List<INDArray> inverses = new ArrayList<>();
        if (factor == null) {
            return inverses;
        }
        for (TrianglePair pair : factor.pairs()) {
            String buffer = factor.pairs().size() == 1 ? name : name + " block " + inverses.size();
            inverses.add(invert(name, buffer, pair, fromSnapshot, lambda, context));
        }
        return inverses;
    }

    private INDArray invert(
            String name, String buffer, TrianglePair pair, boolean fromSnapshot, double lambda, StepContext context) {
        int d = pair.dimension();
        INDArray out = context.scratch(buffer, d, d);
        double trace = Factor.trace(pair, fromSnapshot, kernels);
        Consumer<INDArray> load = fromSnapshot
                ? target -> kernels.unpackSnapshot(pair, target)
                : target -> kernels.unpackRunning(pair, target);
        long start = System.nanoTime();
        double taken = FailurePolicy.damped(kernels, context).invert(name, load, trace, lambda, out);
        context.refreshed(name, System.nanoTime() - start, taken);
        return out;
    }

    private void commit(List<INDArray> from, List<INDArray> to) {
        for (int i = 0; i < to.size(); i++) {
            kernels.axpby(1, from.get(i), 0, to.get(i));
        }
    }

    @Override
    public void apply(INDArray d, INDArray v, StepContext context) {
        if (inputInverse.size() > 1 || outputInverse.size() > 1) {
            applyBlocks(d, v, context);
        } else if (outputInverse.isEmpty()) {
            kernels.multiplyLeft(inputInverse.get(0), d, v);
        } else if (inputInverse.isEmpty()) {
            kernels.multiplyRight(d, outputInverse.get(0), v);
        } else {
            INDArray product = context.scratch("product", d.rows(), d.columns());
            kernels.multiplySymmetric(inputInverse.get(0), d, outputInverse.get(0), product, v);
        }
    }

    private void applyBlocks(INDArray d, INDArray v, StepContext context) {
        Block from = Block.of(d);
        if (!inputInverse.isEmpty()) {
            Block to = Block.of(outputInverse.isEmpty() ? v : context.scratch("product", d.rows(), d.columns()));
            int row = 0;
            for (INDArray inverse : inputInverse) {
                int size = inverse.rows();
                Block rows = from.part(row, 0, size, d.columns());
                kernels.multiplyLeft(Block.of(inverse), rows, to.part(row, 0, size, d.columns()));
                row += size;
            }
            from = to;
        }
        int column = 0;
        for (INDArray inverse : outputInverse) {
            int size = inverse.rows();
            Block columns = from.part(0, column, d.rows(), size);
            kernels.multiplyRight(columns, Block.of(inverse), Block.of(v).part(0, column, d.rows(), size));
            column += size;
        }
    }

    /** Reads what damping needs off a state. */
    static final class Factors {
        private Factors() {}

        static Damping.Factors of(KroneckerState state, boolean fromSnapshot, Kernels kernels) {
            Factor a = state.input();
            Factor g = state.output();
            return new Damping.Factors(
                    state.contents().sides(),
                    trace(a, fromSnapshot, kernels),
                    a == null ? 1 : a.dimension(),
                    trace(g, fromSnapshot, kernels),
                    g == null ? 1 : g.dimension());
        }

        private static double trace(@Nullable Factor factor, boolean fromSnapshot, Kernels kernels) {
            return factor == null ? 1 : factor.trace(fromSnapshot, kernels);
        }
    }
}
