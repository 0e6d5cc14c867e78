package org.layerwise.internal.precondition;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.TrianglePair;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Damping;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * V = (A + alpha I)^-1 D (G + gamma I)^-1 from Cholesky inverses; an unused side is the identity. (In [out, in]
 * orientation: V = G^-1 D A^-1, Martens and Grosse 2015, section 4.2.)
 */
final class FactoredInverse implements CurvatureInverse {
    private final Kernels kernels;
    private final KroneckerState state;
    private final Damping damping;
    private final @Nullable INDArray inputInverse;
    private final @Nullable INDArray outputInverse;

    FactoredInverse(Kernels kernels, KroneckerState state, Damping damping) {
        this.kernels = kernels;
        this.state = state;
        this.damping = damping;
        this.inputInverse = allocate(state.input());
        this.outputInverse = allocate(state.output());
    }

    private static @Nullable INDArray allocate(@Nullable TrianglePair pair) {
        if (pair == null) {
            return null;
        }
        int d = pair.dimension();
        return Nd4j.createUninitializedDetached(pair.array().dataType(), 'f', d, d);
    }

    @Override
    public void compute(boolean fromSnapshot, StepContext context) {
        Damping.Amounts amounts = damping.amounts(Factors.of(state, fromSnapshot));
        INDArray a = invert("input", state.input(), fromSnapshot, amounts.input(), context);
        INDArray g = invert("output", state.output(), fromSnapshot, amounts.output(), context);
        commit(a, inputInverse); // both succeeded
        commit(g, outputInverse);
    }

    private @Nullable INDArray invert(
            String factor, @Nullable TrianglePair pair, boolean fromSnapshot, double lambda, StepContext context) {
        if (pair == null) {
            return null;
        }
        INDArray out = context.scratch(factor, pair.dimension(), pair.dimension());
        double trace = fromSnapshot ? state.snapshotTrace(pair) : state.runningTrace(pair);
        Consumer<INDArray> load = fromSnapshot
                ? target -> kernels.unpackSnapshot(pair, target)
                : target -> kernels.unpackRunning(pair, target);
        long start = System.nanoTime();
        double taken = FailurePolicy.damped(kernels, context).invert(factor, load, trace, lambda, out);
        context.refreshed(factor, System.nanoTime() - start, taken);
        return out;
    }

    private void commit(@Nullable INDArray from, @Nullable INDArray to) {
        if (from != null && to != null) {
            kernels.axpby(1, from, 0, to);
        }
    }

    @Override
    public void apply(INDArray d, INDArray v, StepContext context) {
        if (inputInverse != null && outputInverse != null) {
            kernels.multiplySymmetric(
                    inputInverse, d, outputInverse, context.scratch("product", d.rows(), d.columns()), v);
        } else if (inputInverse != null) {
            kernels.multiplyLeft(inputInverse, d, v);
        } else if (outputInverse != null) {
            kernels.multiplyRight(d, outputInverse, v);
        }
    }

    /** Reads what damping needs off a state. */
    static final class Factors {
        private Factors() {}

        static Damping.Factors of(KroneckerState state, boolean fromSnapshot) {
            TrianglePair a = state.input();
            TrianglePair g = state.output();
            return new Damping.Factors(
                    state.contents().sides(),
                    trace(state, a, fromSnapshot),
                    a == null ? 1 : a.dimension(),
                    trace(state, g, fromSnapshot),
                    g == null ? 1 : g.dimension());
        }

        private static double trace(KroneckerState state, @Nullable TrianglePair pair, boolean fromSnapshot) {
            if (pair == null) {
                return 1;
            }
            return fromSnapshot ? state.snapshotTrace(pair) : state.runningTrace(pair);
        }
    }
}
