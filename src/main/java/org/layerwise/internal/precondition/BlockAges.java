package org.layerwise.internal.precondition;

import org.layerwise.internal.linalg.Kernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Counters of the blocks of a matrix, as they are before a step: for each the step at which it got its basis, the ages at which
 * statistics were taken and the basis refreshed last, and the bases' checksum. Ages are steps with a basis, and the moments' too.
 */
final class BlockAges {
    private static final int AT_STATISTICS = LimbCounter.LENGTH;
    private static final int AT_REFRESH = 2 * LimbCounter.LENGTH;
    private static final int AT_CHECKSUM = 3 * LimbCounter.LENGTH;

    /** Elements for each block. */
    static final int PER_BLOCK = AT_CHECKSUM + 1;

    private final double[] counters;
    private final INDArray state;
    private final long steps;

    /**
     * Reads the counters.
     *
     * @param state where they are kept, {@link #PER_BLOCK} for each block
     * @param steps that the matrix has taken
     * @param kernels kernels of the backend
     */
    BlockAges(INDArray state, long steps, Kernels kernels) {
        this.counters = kernels.diagonal(state, 0, (int) state.length(), 1);
        this.state = state;
        this.steps = steps;
    }

    private long basisStep(int block) {
        return LimbCounter.read(counters, block * PER_BLOCK);
    }

    /** Whether the block has a basis. */
    boolean hasBasis(int block) {
        return basisStep(block) > 0;
    }

    /** The number of the step that is being taken, from 1, for a block that has a basis. */
    long age(int block) {
        return steps + 1 - basisStep(block);
    }

    /** Age at which statistics were taken last. */
    long lastStatistics(int block) {
        return LimbCounter.read(counters, block * PER_BLOCK + AT_STATISTICS);
    }

    /** Age at which the basis was refreshed last. */
    long lastRefresh(int block) {
        return LimbCounter.read(counters, block * PER_BLOCK + AT_REFRESH);
    }

    /** The checksum of the block's bases. */
    double checksum(int block) {
        return counters[block * PER_BLOCK + AT_CHECKSUM];
    }

    /** Notes the checksum of the block's bases, which a float holds exactly. */
    void setChecksum(int block, double checksum) {
        int at = block * PER_BLOCK + AT_CHECKSUM;
        state.putScalar(at, checksum);
        counters[at] = checksum;
    }

    /** The first block after this one that has another age. */
    int endOfAge(int block) {
        int end = block + 1;
        while (end * PER_BLOCK < counters.length && age(end) == age(block)) {
            end++;
        }
        return end;
    }

    /** Notes that the block's first basis was built in this step, which has age 0. */
    void start(int block) {
        startAfter(block, steps + 1);
    }

    /** Notes that the block starts from zero with a basis, so that this step has age 1. */
    void restart(int block) {
        startAfter(block, steps);
    }

    private void startAfter(int block, long basisStep) {
        write(block * PER_BLOCK, basisStep);
        write(block * PER_BLOCK + AT_STATISTICS, 0);
        write(block * PER_BLOCK + AT_REFRESH, 0);
    }

    /** Notes that statistics were taken in this step. */
    void countStatistics(int block) {
        write(block * PER_BLOCK + AT_STATISTICS, age(block));
    }

    /** Notes that the basis was refreshed in this step, or that it was tried. */
    void countRefresh(int block) {
        write(block * PER_BLOCK + AT_REFRESH, age(block));
    }

    private void write(int at, long value) {
        LimbCounter.write(state, at, value);
        counters[at] = state.getDouble(at);
        counters[at + 1] = state.getDouble(at + 1);
    }
}
