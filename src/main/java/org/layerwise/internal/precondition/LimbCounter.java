package org.layerwise.internal.precondition;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Counters inside a state: two limbs that a float holds exactly. */
final class LimbCounter {
    /** Elements that a counter takes. */
    static final int LENGTH = 2;

    private static final int LIMB = 1 << 20;

    private LimbCounter() {}

    /** The counter at an index of a copied header. */
    static long read(double[] header, int at) {
        double value = header[at] + header[at + 1] * LIMB;
        return value >= 0 && value < (double) LIMB * LIMB ? (long) value : 0; // damaged otherwise
    }

    /** Stores a value, at least 0. */
    static void write(INDArray state, long at, long value) {
        state.putScalar(at, (double) (value % LIMB));
        double high = Math.floor((double) value / LIMB);
        state.putScalar(at + 1, high);
    }
}
