package org.layerwise.examples.benchmark;

import java.util.List;
import org.layerwise.examples.report.Axis;
import org.layerwise.examples.report.Curve;

/** Logarithmic axis of losses that ends just beyond them, where whole decades would leave most of a panel empty. */
final class LossAxis {
    private static final double MARGIN = 1.1;

    private LossAxis() {}

    /** The axis for {@code curves}. */
    static Axis of(List<Curve> curves) {
        double low = Double.POSITIVE_INFINITY;
        double high = 0;
        for (Curve curve : curves) {
            for (Curve.Point point : curve.points()) {
                low = Math.min(low, point.low());
                high = Math.max(high, point.high());
            }
        }
        return low > 0 && low <= high ? Axis.logarithmic("", low / MARGIN, high * MARGIN) : Axis.logarithmic("");
    }
}
