package org.layerwise.internal.dl4j;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Which examples of a batch count: those that some output's label mask does not exclude. */
final class RowMask {
    private RowMask() {}

    /**
     * The examples that count.
     *
     * @param labelMasks one per output, [n, 1], [n, nOut] or [n, T], or [n T, 1] as an output layer over time steps keeps it,
     *     examples of a step next to each other; null for none
     * @param n number of examples
     * @return indices; null for all
     */
    static int @Nullable [] of(@Nullable INDArray @Nullable [] labelMasks, int n) {
        if (labelMasks == null || labelMasks.length == 0) {
            return null;
        }
        boolean[] counted = new boolean[n];
        for (INDArray mask : labelMasks) {
            if (mask == null || mask.rank() != 2 || mask.size(0) % n != 0) {
                return null;
            }
            double[] rows = mask.amax(1).toDoubleVector();
            for (int row = 0; row < rows.length; row++) {
                counted[row % n] |= rows[row] != 0;
            }
        }
        int[] examples = IntStream.range(0, n).filter(i -> counted[i]).toArray();
        return examples.length == n ? null : examples;
    }
}
