package org.layerwise.internal.precondition;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.SoapState.RotatedSide;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.StepContext;
import org.layerwise.settings.NumericalException.Reason;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Notices bases that are not orthonormal any more, and rebuilds them. Replicas whose states are averaged have bases that differ
 * in signs and order of their columns; the mean of different orthonormal matrices is shorter than they are.
 *
 * <p>The state holds a checksum of each block, a hash of its bases. Bases are looked at only if the checksum is not the one that this
 * instance knows: when a state was loaded, or averaged over different bases. In all other steps a block costs one comparison.
 */
final class BasisGuard {
    /**
     * Largest relative deviation of |Q|^2 from the number of columns. The QR algorithm in single precision, 64 by 64, lost 1.4e-6
     * in 3000 refreshes.
     */
    private static final double LARGEST_LOSS = 1e-4;

    private static final int CHECKSUM_BITS = 20; // a float holds it
    private static final double UNKNOWN = -1;
    private static final double GOLDEN_RATIO = 1.618033988749895;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final Kernels kernels;
    private final boolean ascending;
    private double[] known = new double[0];
    private @Nullable INDArray weights;

    /**
     * Creates the guard of one matrix.
     *
     * @param kernels kernels of the backend
     * @param ascending whether a rebuilt basis has the smallest eigenvalue first
     */
    BasisGuard(Kernels kernels, boolean ascending) {
        this.kernels = kernels;
        this.ascending = ascending;
    }

    /**
     * Rebuilds bases that are not orthonormal from their factors and clears the moments of their blocks. To be called at the
     * start of a step.
     *
     * @param state checked, and updated
     * @param context working memory and failures of the step
     * @param restart notes that a block starts from zero in this step
     */
    void check(SoapState state, StepContext context, IntConsumer restart) {
        for (int i = 0; i < state.layout().tiles().size(); i++) {
            if (state.ages().hasBasis(i) && state.ages().checksum(i) != known(state)[i]) {
                if (!isSound(state, i, context)) {
                    rebuild(state, i, context);
                    restart.accept(i);
                    recordChecksum(state, i, context);
                }
                known(state)[i] = state.ages().checksum(i);
            }
        }
    }

    /**
     * Records the checksum of a block's bases. To be called whenever they have changed.
     *
     * @param state its checksum is updated
     * @param tile the block
     * @param context working memory of the step
     */
    void recordChecksum(SoapState state, int tile, StepContext context) {
        long hash = 0;
        for (RotatedSide side : state.sides(tile)) {
            hash = mix(hash, side.basis(), context);
        }
        double checksum = hash >>> (Long.SIZE - CHECKSUM_BITS);
        state.ages().setChecksum(tile, checksum);
        known(state)[tile] = checksum;
    }

    private double[] known(SoapState state) {
        if (known.length == 0) {
            known = new double[state.layout().tiles().size()];
            Arrays.fill(known, UNKNOWN);
        }
        return known;
    }

    /** Of the columns' products with a vector without pattern: another sign or place of any column makes another hash. */
    private long mix(long start, Block basis, StepContext context) {
        int n = basis.rows();
        INDArray products = context.scratch("products", n, 1);
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

    private boolean isSound(SoapState state, int tile, StepContext context) {
        return state.sides(tile).stream()
                .allMatch(side -> Math.abs(squaredNorm(side.basis(), context)
                                        / side.basis().columns()
                                - 1)
                        <= LARGEST_LOSS);
    }

    private double squaredNorm(Block basis, StepContext context) {
        INDArray copy = context.scratch("basis", basis.rows(), basis.columns());
        kernels.transfer(basis, 1, Block.of(copy), false);
        double norm = kernels.norm(copy);
        return norm * norm;
    }

    private void rebuild(SoapState state, int tile, StepContext context) {
        Tile block = state.layout().tiles().get(tile);
        context.report(
                Event.INVERSE_REBUILT,
                Reason.NOT_ORTHONORMAL,
                String.format(
                        "the eigenbasis of the block at [%s, %s] is not orthonormal, as after averaging the states of"
                                + " replicas; it is rebuilt and the block's moments start from zero. Build"
                                + " ParallelWrapper with averageUpdaters(false)",
                        block.row(), block.column()));
        BlockEigenbasis eigenbasis = new BlockEigenbasis(kernels, context);
        for (RotatedSide side : state.sides(tile)) {
            if (ascending) {
                eigenbasis.buildAscending(side);
            } else {
                eigenbasis.build(side);
            }
        }
        state.clearMoments(tile);
    }
}
