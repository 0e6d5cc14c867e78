package org.layerwise.internal.dl4j;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Which examples of a batch count: those that some output's label mask does not exclude. */
final class RowMask {
    private RowMask() {}

    /**
     * The rows that count.
     *
     * @param labelMasks one per output, [n, 1] or [n, nOut], or null for none
     * @return indices; null for all rows
     */
    static int @Nullable [] of(@Nullable INDArray @Nullable [] labelMasks) {
        if (labelMasks == null || labelMasks.length == 0) {
            return null;
        }
        for (INDArray mask : labelMasks) {
            if (mask == null || mask.rank() != 2) {
                return null;
            }
        }
        int n = (int) java.util.Objects.requireNonNull(labelMasks[0]).size(0);
        int[] rows = IntStream.range(0, n)
                .filter(i -> java.util.Arrays.stream(labelMasks)
                        .anyMatch(mask -> java.util.Objects.requireNonNull(mask)
                                        .getRow(i)
                                        .amaxNumber()
                                        .doubleValue()
                                != 0))
                .toArray();
        return rows.length == n ? null : rows;
    }
}
