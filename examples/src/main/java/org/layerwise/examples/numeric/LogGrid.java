package org.layerwise.examples.numeric;

import java.util.stream.IntStream;

/**
 * Numbers in geometric progression.
 *
 * @param low the first, positive
 * @param high the last, above {@code low}
 * @param count how many, at least 2
 */
public record LogGrid(double low, double high, int count) {
    /** Checks the ranges. */
    public LogGrid {
        if (!(low > 0 && low < high && high < Double.POSITIVE_INFINITY) || count < 2) {
            throw new IllegalArgumentException("Grid of " + count + " points in [" + low + ", " + high
                    + "]: needs 0 < low < high and at least 2 points");
        }
    }

    /** The numbers, ascending. */
    public double[] values() {
        return IntStream.range(0, count)
                .mapToDouble(i -> low * Math.pow(high / low, i / (count - 1.0)))
                .toArray();
    }
}
