package org.layerwise.examples.numeric;

import java.util.Arrays;
import org.hipparchus.stat.descriptive.rank.Percentile;
import org.hipparchus.stat.descriptive.rank.Percentile.EstimationType;

/** Sample quantiles with linear interpolation. */
public final class Quantiles {
    private Quantiles() {}

    /** Quantile of {@code values} (read only) at {@code level} in [0, 1]; NaN if empty. */
    public static double of(double[] values, double level) {
        if (values.length == 0) {
            return Double.NaN;
        }
        Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
        return level == 0 ? Arrays.stream(values).min().orElseThrow() : percentile.evaluate(values, 100 * level);
    }

    /** Quantile at one half. */
    public static double median(double[] values) {
        return of(values, .5);
    }
}
