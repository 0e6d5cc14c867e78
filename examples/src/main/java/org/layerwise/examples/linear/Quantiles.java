package org.layerwise.examples.linear;

import java.util.Arrays;

/** Sample quantiles with linear interpolation. */
final class Quantiles {
    private Quantiles() {}

    /** Quantile of {@code values} (read only) at {@code level} in [0, 1]; NaN if empty. */
    static double of(double[] values, double level) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double position = level * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
