package org.layerwise.internal.curvature;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.curvature.Partition.Range;
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
    private final Partition inputPartition;
    private final Partition outputPartition;
    private final List<INDArray> input;
    private final List<INDArray> output;
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
     * @param inputPartition blocks of A that are kept, the homogeneous coordinate in the last
     * @param outputPartition blocks of G that are kept
     * @param homogeneous whether the input gets a trailing 1
     * @param squares whether second moments in the eigenbasis (E-KFAC) are kept
     */
    public BatchStatistics(
            Kernels kernels,
            DataType type,
            Sides sides,
            Partition inputPartition,
            Partition outputPartition,
            boolean homogeneous,
            boolean squares) {
        this.kernels = kernels;
        this.homogeneous = homogeneous;
        this.inputPartition = inputPartition;
        this.outputPartition = outputPartition;
        this.input = sides.usesInput() ? blocks(type, inputPartition) : List.of();
        this.output = sides.usesOutput() ? blocks(type, outputPartition) : List.of();
        this.squares = squares ? detached(type, inputPartition.dimension(), outputPartition.dimension()) : null;
    }

    private static List<INDArray> blocks(DataType type, Partition partition) {
        return partition.ranges().stream()
                .map(range -> detached(type, range.size(), range.size()))
                .toList();
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
        for (int i = 0; i < sums().size(); i++) {
            kernels.axpby(share, later.sums().get(i), 1 - share, sums().get(i));
        }
        filled |= later.filled;
        squared |= later.squared;
    }

    /** All accumulators. */
    private List<INDArray> sums() {
        List<INDArray> sums = new ArrayList<>(input);
        sums.addAll(output);
        if (squares != null) {
            sums.add(squares);
        }
        return sums;
    }

    @Override
    public void clear() {
        sums().forEach(sum -> sum.assign(0));
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
        addBlocks(x, homogeneous, weight, inputPartition, input);
    }

    /**
     * G += weight sum over rows of g g'.
     *
     * @param g per-example output gradients, [n, dG]; read
     * @param weight 1/n for a batch mean; 1/(n m) for each of m samples
     */
    public void addOutput(INDArray g, double weight) {
        addBlocks(g, false, weight, outputPartition, output);
    }

    private void addBlocks(INDArray x, boolean constant, double weight, Partition partition, List<INDArray> sums) {
        if (sums.isEmpty() || x.rows() == 0) {
            return;
        }
        try (MemoryWorkspace ws = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            for (int i = 0; i < sums.size(); i++) {
                Range range = partition.ranges().get(i);
                boolean last =
                        constant && i == sums.size() - 1; // whose last row and column are those of the constant 1
                int end = range.at() + range.size() - (last ? 1 : 0);
                INDArray columns =
                        sums.size() == 1 ? x : x.get(NDArrayIndex.all(), NDArrayIndex.interval(range.at(), end));
                kernels.addGramian(columns, last, weight, sums.get(i));
            }
        }
        filled = true;
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
     * The input statistic of one block.
     *
     * @return A, lower, [dA, dA]
     */
    public INDArray input() {
        return dense(inputBlocks());
    }

    /**
     * The output statistic of one block.
     *
     * @return G, lower, [dG, dG]
     */
    public INDArray output() {
        return dense(outputBlocks());
    }

    /**
     * The second moments in the eigenbasis.
     *
     * @return S, [dA, dG]
     */
    public INDArray squares() {
        return present(squares, "eigenbasis");
    }

    /**
     * The blocks of the input statistic.
     *
     * @return of A, lower
     */
    public List<INDArray> inputBlocks() {
        return present(input, "input");
    }

    /**
     * The blocks of the output statistic.
     *
     * @return of G, lower
     */
    public List<INDArray> outputBlocks() {
        return present(output, "output");
    }

    private static List<INDArray> present(List<INDArray> blocks, String name) {
        Require.state(!blocks.isEmpty(), "This layer keeps no %s statistic: its sides exclude it", name);
        return blocks;
    }

    private static INDArray dense(List<INDArray> blocks) {
        Require.state(blocks.size() == 1, "The statistic has %s blocks", blocks.size());
        return blocks.get(0);
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
        return input.stream().allMatch(this::finiteDiagonal)
                && output.stream().allMatch(this::finiteDiagonal)
                && (squares == null || !squared || squares.sumNumber().doubleValue() <= Double.MAX_VALUE);
    }

    private boolean finiteDiagonal(INDArray a) {
        for (double value : kernels.diagonal(a, 0, a.rows(), a.rows() + 1)) {
            if (!(value <= Double.MAX_VALUE)) {
                return false;
            }
        }
        return true;
    }
}
