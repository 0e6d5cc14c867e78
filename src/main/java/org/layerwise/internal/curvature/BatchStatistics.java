package org.layerwise.internal.curvature;

import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.SymmetricEigen;
import org.layerwise.method.Method;
import org.layerwise.method.Samples;
import org.layerwise.settings.Sides;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One batch's curvature statistics of one layer, on the canonical scale: A = (1/n) sum x~ x~' and G = (1/n) sum g g',
 * with x~ the layer's input with a trailing 1 if it has a bias, and g the gradient of the example's own loss with respect
 * to the pre-activation. Filled while the network runs; memory is allocated once.
 */
public final class BatchStatistics implements Method.Statistics {
    private final Kernels kernels;
    private final boolean homogeneous;
    private final @Nullable INDArray input;
    private final @Nullable INDArray output;
    private final @Nullable INDArray squares;
    private @Nullable SymmetricEigen inputBasis;
    private @Nullable SymmetricEigen outputBasis;
    private boolean filled;
    private boolean squared;

    /**
     * Allocates the accumulators.
     *
     * @param kernels kernels of the backend
     * @param type FLOAT or DOUBLE
     * @param sides which factors are kept
     * @param inputDimension dA, including the homogeneous coordinate
     * @param outputDimension dG
     * @param homogeneous whether the input gets a trailing 1
     * @param squares whether second moments in the eigenbasis (E-KFAC) are kept
     */
    public BatchStatistics(
            Kernels kernels,
            DataType type,
            Sides sides,
            int inputDimension,
            int outputDimension,
            boolean homogeneous,
            boolean squares) {
        this.kernels = kernels;
        this.homogeneous = homogeneous;
        this.input = sides.usesInput() ? detached(type, inputDimension, inputDimension) : null;
        this.output = sides.usesOutput() ? detached(type, outputDimension, outputDimension) : null;
        this.squares = squares ? detached(type, inputDimension, outputDimension) : null;
    }

    private static INDArray detached(DataType type, int rows, int columns) {
        return Nd4j.createUninitializedDetached(type, 'f', rows, columns).assign(0);
    }

    @Override
    public void add(Samples part) {
        if (part.inputRows() > 0) {
            INDArray x = part.inputs();
            boolean all = part.inputRows() == x.rows();
            addInput(
                    all ? x : x.get(NDArrayIndex.interval(0, part.inputRows()), NDArrayIndex.all()),
                    part.inputWeight());
        }
        addOutput(part.outputGradients(), part.outputWeight());
        addSquares(part.inputs(), part.outputGradients(), part.outputWeight());
    }

    @Override
    public void blend(Method.Statistics other, double share) {
        BatchStatistics later = (BatchStatistics) other;
        blend(input, later.input, share);
        blend(output, later.output, share);
        blend(squares, later.squares, share);
        filled |= later.filled;
        squared |= later.squared;
    }

    private void blend(@Nullable INDArray mine, @Nullable INDArray other, double share) {
        if (mine != null && other != null) {
            kernels.axpby(share, other, 1 - share, mine);
        }
    }

    @Override
    public void clear() {
        for (INDArray sum : new @Nullable INDArray[] {input, output, squares}) {
            if (sum != null) {
                sum.assign(0);
            }
        }
        filled = false;
        squared = false;
    }

    /**
     * Whether a batch has been accumulated since the last {@link #clear}.
     *
     * @return true if there is something to absorb
     */
    @Override
    public boolean filled() {
        return filled;
    }

    /**
     * A += weight sum over rows of x~ x~'.
     *
     * @param x layer inputs without the trailing 1, [n, nIn]; read
     * @param weight 1/n for a batch mean
     */
    public void addInput(INDArray x, double weight) {
        if (input != null && x.rows() > 0) {
            try (MemoryWorkspace ws = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                kernels.addGramian(x, homogeneous, weight, input);
            }
            filled = true;
        }
    }

    /**
     * G += weight sum over rows of g g'.
     *
     * @param g per-example output gradients, [n, dG]; read
     * @param weight 1/n for a batch mean; 1/(n m) for each of m samples
     */
    public void addOutput(INDArray g, double weight) {
        if (output != null && g.rows() > 0) {
            try (MemoryWorkspace ws = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                kernels.addGramian(g, false, weight, output);
            }
            filled = true;
        }
    }

    /**
     * S += weight sum over rows of (U_A' x~ g' U_G) squared elementwise, if a basis is set (George et al. 2018, eq. 10).
     *
     * @param x layer inputs without the trailing 1, [n, nIn]; read
     * @param g per-example output gradients, [n, dG]; read
     * @param weight 1/n for a batch mean; 1/(n m) for each of m samples
     */
    public void addSquares(INDArray x, INDArray g, double weight) {
        if (squares == null || inputBasis == null || outputBasis == null || x.rows() == 0) {
            return;
        }
        try (MemoryWorkspace ws = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray rows = x.castTo(squares.dataType());
            if (homogeneous) {
                rows = Nd4j.hstack(rows, Nd4j.ones(squares.dataType(), rows.rows(), 1));
            }
            INDArray a = rows.mmul(inputBasis.vectors());
            INDArray b = g.castTo(squares.dataType()).mmul(outputBasis.vectors());
            squares.addi(a.muli(a).transpose().mmul(b.muli(b)).muli(weight));
        }
        squared = true;
    }

    /**
     * Whether second moments were accumulated in the current eigenbases since the last {@link #clear}.
     *
     * @return false without E-KFAC, and if a basis was set after the batch had run
     */
    public boolean hasSquares() {
        return squared;
    }

    /**
     * Sets the eigenbases in which {@link #addSquares} works; forgets what was accumulated in others.
     *
     * @param inputBasis eigenvectors of A
     * @param outputBasis eigenvectors of G
     */
    public void setBasis(SymmetricEigen inputBasis, SymmetricEigen outputBasis) {
        this.inputBasis = inputBasis;
        this.outputBasis = outputBasis;
        if (squares != null && squared) {
            squares.assign(0);
            squared = false;
        }
    }

    /**
     * The input statistic.
     *
     * @return A, lower, [dA, dA]
     */
    public INDArray input() {
        return present(input, "input");
    }

    /**
     * The output statistic.
     *
     * @return G, lower, [dG, dG]
     */
    public INDArray output() {
        return present(output, "output");
    }

    /**
     * The second moments in the eigenbasis.
     *
     * @return S, [dA, dG]
     */
    public INDArray squares() {
        return present(squares, "eigenbasis");
    }

    private static INDArray present(@Nullable INDArray statistic, String name) {
        Require.state(statistic != null, "This layer keeps no %s statistic: its sides exclude it", name);
        return java.util.Objects.requireNonNull(statistic);
    }

    /**
     * Whether every statistic is finite. A non-finite input or gradient, or the overflow of its square, shows on the
     * diagonal, so only diagonals are read; the second moments, none negative, are summed.
     *
     * @return false if NaN or an infinity was accumulated
     */
    public boolean finite() {
        return finiteDiagonal(input)
                && finiteDiagonal(output)
                && (squares == null || !squared || squares.sumNumber().doubleValue() <= Double.MAX_VALUE);
    }

    private boolean finiteDiagonal(@Nullable INDArray a) {
        if (a == null) {
            return true;
        }
        for (double value : kernels.diagonal(a, 0, a.rows(), a.rows() + 1)) {
            if (!(value <= Double.MAX_VALUE)) {
                return false;
            }
        }
        return true;
    }
}
