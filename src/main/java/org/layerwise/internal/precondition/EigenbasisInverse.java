package org.layerwise.internal.precondition;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.SymmetricEigen;
import org.layerwise.internal.linalg.TrianglePair;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Damping;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * V = U_A [(U_A' D U_G) / (S + lambda)] U_G' with A = U_A diag(a) U_A', G likewise. Without E-KFAC S = a g', the exact
 * Tikhonov inverse; with it S holds second moments of the gradient in that basis (George et al. 2018).
 */
final class EigenbasisInverse implements CurvatureInverse {
    private final Kernels kernels;
    private final KroneckerState state;
    private final TrianglePair input;
    private final TrianglePair output;
    private final Damping damping;
    private final SymmetricEigen inputBasis;
    private final SymmetricEigen outputBasis;
    private final INDArray denominator;

    EigenbasisInverse(Kernels kernels, KroneckerState state, Damping damping) {
        this.kernels = kernels;
        this.state = state;
        this.input = java.util.Objects.requireNonNull(state.input()).dense();
        this.output = java.util.Objects.requireNonNull(state.output()).dense();
        this.damping = damping;
        DataType type = input.array().dataType();
        this.inputBasis = allocate(type, input.dimension());
        this.outputBasis = allocate(type, output.dimension());
        this.denominator = Nd4j.createUninitializedDetached(type, 'f', input.dimension(), output.dimension());
    }

    private static SymmetricEigen allocate(DataType type, int d) {
        return new SymmetricEigen(
                Nd4j.createUninitializedDetached(type, 'f', d), Nd4j.createUninitializedDetached(type, 'f', d, d));
    }

    SymmetricEigen inputBasis() {
        return inputBasis;
    }

    SymmetricEigen outputBasis() {
        return outputBasis;
    }

    @Override
    public void compute(boolean fromSnapshot, StepContext context) {
        try (MemoryWorkspace ws = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            SymmetricEigen a = diagonalise("input", input, fromSnapshot, context);
            SymmetricEigen g = diagonalise("output", output, fromSnapshot, context);
            commit(a, inputBasis);
            commit(g, outputBasis);
            INDArray scales = state.scales();
            if (scales != null && !fromSnapshot) {
                scales.assign(eigenvalueProduct());
            }
            rescale();
        }
    }

    private SymmetricEigen diagonalise(String factor, TrianglePair pair, boolean fromSnapshot, StepContext context) {
        int d = pair.dimension();
        INDArray vectors = context.scratch(factor, d, d);
        INDArray values = context.scratch(factor + " values", d, 1).reshape(d);
        double trace = Factor.trace(pair, fromSnapshot, kernels);
        Consumer<INDArray> load = fromSnapshot
                ? target -> kernels.unpackSnapshot(pair, target)
                : target -> kernels.unpackRunning(pair, target);
        long start = System.nanoTime();
        FailurePolicy.damped(kernels, context).diagonalise(factor, load, trace, vectors, values);
        context.refreshed(factor, System.nanoTime() - start, Double.NaN);
        return new SymmetricEigen(values, vectors);
    }

    private void commit(SymmetricEigen from, SymmetricEigen to) {
        kernels.axpby(1, from.vectors(), 0, to.vectors());
        // Rounding leaves eigenvalues of a semidefinite matrix slightly below zero.
        to.values().assign(Transforms.max(from.values(), 0, true));
    }

    private INDArray eigenvalueProduct() {
        int a = input.dimension();
        int g = output.dimension();
        return inputBasis.values().reshape(a, 1).mmul(outputBasis.values().reshape(1, g));
    }

    /** denominator = S + lambda; to be called whenever S changes. */
    void rescale() {
        @Nullable INDArray scales = state.scales();
        denominator.assign(scales == null ? eigenvalueProduct() : scales);
        double lambda = damping instanceof Damping.RelativeToTrace relative
                ? relative.ratio() * meanOrOne()
                : ((Damping.Exact) damping).lambda();
        // A zero denominator belongs to a direction that was never seen; its numerator is zero up to rounding.
        denominator.addi(Math.max(lambda, smallest()));
    }

    private double meanOrOne() {
        double mean = denominator.meanNumber().doubleValue();
        return mean > 0 ? mean : 1;
    }

    private double smallest() {
        return denominator.dataType() == DataType.DOUBLE ? Double.MIN_NORMAL : Float.MIN_NORMAL;
    }

    @Override
    public void apply(INDArray d, INDArray v, StepContext context) {
        INDArray first = context.scratch("product", d.rows(), d.columns());
        INDArray second = context.scratch("rotated", d.rows(), d.columns());
        kernels.multiply(inputBasis.vectors(), true, d, false, first);
        kernels.multiply(first, false, outputBasis.vectors(), false, second);
        second.divi(denominator);
        kernels.multiply(inputBasis.vectors(), false, second, false, first);
        kernels.multiply(first, false, outputBasis.vectors(), true, v);
    }
}
