package org.layerwise.precondition;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.layerwise.linalg.NumericalException.Reason;
import org.layerwise.precondition.Diagnostics.Event;
import org.layerwise.precondition.EigenbasisState.Ages;
import org.layerwise.precondition.EigenbasisState.Side;
import org.layerwise.precondition.MatrixMethod.Memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Notices bases that are not orthonormal any more, and rebuilds them. Replicas whose states are averaged have bases that differ
 * in signs and order of their columns; the mean of different orthonormal matrices is shorter than they are.
 *
 * <p>The state holds a seal of each block, a hash of its bases. Bases are looked at only if the seal is not the one that this
 * instance knows: when a state was loaded, or averaged over different bases. In all other steps a block costs one comparison.
 */
final class BasisGuard {
    /**
     * Largest relative deviation of |Q|^2 from the number of columns. The QR algorithm in single precision, 64 by 64, lost 1.4e-6
     * in 3000 refreshes.
     */
    private static final double LARGEST_LOSS = 1e-4;

    private static final int SEAL_BITS = 20; // a float holds it
    private static final double UNKNOWN = -1;
    private static final double GOLDEN_RATIO = 1.618033988749895;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final boolean ascending;
    private double[] known = new double[0];
    private @Nullable INDArray weights;

    /**
     * Creates the guard of one matrix.
     *
     * @param ascending whether a rebuilt basis has the smallest eigenvalue first
     */
    BasisGuard(boolean ascending) {
        this.ascending = ascending;
    }

    /**
     * Rebuilds bases that are not orthonormal from their factors and clears the moments of their blocks. To be called at the
     * start of a step.
     *
     * @param plan where the state's elements are
     * @param ages counters of the blocks
     * @param memory its state is updated
     * @param restart notes that a block starts anew in this step
     */
    void check(EigenbasisState plan, Ages ages, Memory memory, IntConsumer restart) {
        for (int i = 0; i < plan.tiles().size(); i++) {
            if (ages.born(i) && ages.seal(i) != known(plan)[i]) {
                if (!isSound(plan, i, memory)) {
                    rebuild(plan, i, memory);
                    restart.accept(i);
                    seal(plan, ages, i, memory);
                }
                known(plan)[i] = ages.seal(i);
            }
        }
    }

    /**
     * Seals the bases of a block. To be called whenever they have changed.
     *
     * @param plan where the state's elements are
     * @param ages counters of the blocks
     * @param tile the block
     * @param memory its state is updated
     */
    void seal(EigenbasisState plan, Ages ages, int tile, Memory memory) {
        long hash = 0;
        for (Side side : plan.sides(memory.state(), tile)) {
            hash = mix(hash, side.basis(), memory);
        }
        double seal = hash >>> (Long.SIZE - SEAL_BITS);
        ages.setSeal(tile, seal);
        known(plan)[tile] = seal;
    }

    private double[] known(EigenbasisState plan) {
        if (known.length == 0) {
            known = new double[plan.tiles().size()];
            Arrays.fill(known, UNKNOWN);
        }
        return known;
    }

    /** Of the columns' products with a vector without pattern: another sign or place of any column makes another hash. */
    private long mix(long start, Block basis, Memory memory) {
        int n = basis.rows();
        Kernels kernels = memory.kernels();
        INDArray products = memory.scratch().matrix("products", n, 1);
        Block vector = new Block(weights(n, products.dataType()), 0, n, 1, n);
        kernels.multiply(1, basis, true, vector, false, 0, Block.of(products));
        long hash = start;
        for (double each : kernels.diagonal(products, 0, n, 1)) {
            hash = Long.rotateLeft(hash ^ Double.doubleToLongBits(each), 27) * MIX;
        }
        return hash;
    }

    /** At least n numbers between 1 and 2. */
    private INDArray weights(int n, DataType type) {
        INDArray made = weights;
        if (made == null || made.length() < n) {
            made = Nd4j.createUninitializedDetached(type, n);
            for (int i = 0; i < n; i++) {
                made.putScalar(i, 1 + (i + 1) * GOLDEN_RATIO % 1);
            }
            weights = made;
        }
        return made;
    }

    private static boolean isSound(EigenbasisState plan, int tile, Memory memory) {
        return plan.sides(memory.state(), tile).stream()
                .allMatch(side -> Math.abs(
                                squaredNorm(side.basis(), memory) / side.basis().columns() - 1)
                        <= LARGEST_LOSS);
    }

    private static double squaredNorm(Block basis, Memory memory) {
        INDArray copy = memory.scratch().matrix("basis", basis.rows(), basis.columns());
        memory.kernels().transfer(basis, 1, Block.of(copy), false);
        double norm = memory.kernels().norm(copy);
        return norm * norm;
    }

    private void rebuild(EigenbasisState plan, int tile, Memory memory) {
        Tile block = plan.tiles().get(tile);
        memory.failures()
                .survive(
                        Event.INVERSE_REBUILT,
                        Reason.NOT_ORTHONORMAL,
                        String.format(
                                "the eigenbasis of the block at [%s, %s] is not orthonormal, as after averaging the states of"
                                        + " replicas; it is rebuilt and the block's moments start anew. Build"
                                        + " ParallelWrapper with averageUpdaters(false)",
                                block.row(), block.column()));
        Eigenbasis eigenbasis = new Eigenbasis(memory);
        for (Side side : plan.sides(memory.state(), tile)) {
            if (ascending) {
                eigenbasis.buildAscending(side);
            } else {
                eigenbasis.build(side);
            }
        }
        plan.clearMoments(memory.state(), tile);
    }
}
