package org.layerwise.examples.report;

import java.util.stream.DoubleStream;
import org.layerwise.examples.report.Axis.Range;

/** What a panel's axes show when they follow the data. */
final class AxisRanges {
    /** Orders of magnitude shown below the largest value. */
    private static final double DECADES = 8;

    private static final double MARGIN = .04;

    private AxisRanges() {}

    /** Whole decades on a logarithmic axis, at most eight; the data and a margin on a linear one. */
    static Range vertical(Panel panel) {
        Range asked = panel.y().range();
        if (asked != null) {
            return asked;
        }
        if (!panel.y().logarithmic()) {
            return padded(values(panel, true));
        }
        double largest = DoubleStream.concat(values(panel, false), errorBars(panel))
                .filter(v -> v > 0)
                .max()
                .orElse(1);
        double smallest = values(panel, false).filter(v -> v > 0).min().orElse(.1);
        double low = Math.pow(10, Math.floor(Math.log10(Math.max(smallest, largest * Math.pow(10, -DECADES)))));
        double high = Math.pow(10, Math.ceil(Math.log10(largest)));
        return new Range(low, high > low ? high : 10 * low);
    }

    /** Tight for lines, with a margin around dots, so that none lies on the border. */
    static Range horizontal(Panel panel) {
        Range asked = panel.x().range();
        if (asked != null) {
            return asked;
        }
        double low = abscissas(panel).min().orElse(0);
        double high = abscissas(panel).max().orElse(1);
        boolean dots = panel.curves().stream().anyMatch(c -> c.mark() == Mark.DOTS);
        if (panel.x().logarithmic()) {
            double factor = dots || low == high ? Math.max(1.1, Math.pow(high / low, MARGIN)) : 1;
            return new Range(low / factor, high * factor);
        }
        double pad = dots || low == high ? Math.max(MARGIN * (high - low), low == high ? .5 : 0) : 0;
        return new Range(low - pad, high + pad);
    }

    private static Range padded(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        double low = sorted[0];
        double high = sorted[sorted.length - 1];
        double pad = high > low ? MARGIN * (high - low) : .5;
        return new Range(low - pad, high + pad);
    }

    private static DoubleStream values(Panel panel, boolean bands) {
        return panel.curves().stream()
                .flatMap(c -> c.points().stream())
                .flatMapToDouble(p -> bands ? DoubleStream.of(p.low(), p.high()) : DoubleStream.of(p.y()));
    }

    /** Upper ends of error bars; lower ones may be zero or less and are cut on a logarithmic axis. */
    private static DoubleStream errorBars(Panel panel) {
        return panel.curves().stream()
                .filter(c -> c.mark() == Mark.DOTS)
                .flatMap(c -> c.points().stream())
                .mapToDouble(Curve.Point::high);
    }

    private static DoubleStream abscissas(Panel panel) {
        return panel.curves().stream().flatMap(c -> c.points().stream()).mapToDouble(Curve.Point::x);
    }
}
