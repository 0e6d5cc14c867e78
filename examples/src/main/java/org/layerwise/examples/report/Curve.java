package org.layerwise.examples.report;

import java.awt.Color;
import java.util.List;
import org.layerwise.examples.numeric.Estimate;

/**
 * Points of a panel, as a line with a band, dots with error bars, or columns.
 *
 * @param label name in the legend; curves of one figure with the same label share one entry
 * @param colour of everything drawn
 * @param style of the line
 * @param mark how the points are drawn
 * @param points by increasing x, at least one
 */
public record Curve(String label, Color colour, LineStyle style, Mark mark, List<Point> points) {
    /**
     * A point and its band or error bar.
     *
     * @param x abscissa
     * @param y ordinate, positive on a logarithmic axis
     * @param low lower end of the band, at most y
     * @param high upper end of the band, at least y
     */
    public record Point(double x, double y, double low, double high) {
        /** A point without a band. */
        public static Point bare(double x, double y) {
            return new Point(x, y, y, y);
        }

        /** An estimate with its interval as error bar; without one if the interval is unbounded. */
        public static Point of(double x, Estimate y) {
            return Double.isFinite(y.halfWidth()) ? new Point(x, y.value(), y.low(), y.high()) : bare(x, y.value());
        }
    }

    /** Freezes the points and checks that there are some. */
    public Curve {
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("Curve '" + label + "' has no points: it needs at least one");
        }
    }

    /** A line with a band. */
    public static Curve line(String label, Color colour, LineStyle style, List<Point> points) {
        return new Curve(label, colour, style, Mark.LINE, points);
    }

    /** Dots with error bars. */
    public static Curve dots(String label, Color colour, List<Point> points) {
        return new Curve(label, colour, LineStyle.ofRate(0), Mark.DOTS, points);
    }

    /** Columns of a histogram. */
    public static Curve columns(String label, Color colour, List<Point> points) {
        return new Curve(label, colour, LineStyle.ofRate(0), Mark.COLUMNS, points);
    }

    /** A vertical line at {@code x} between two ordinates. */
    public static Curve vertical(String label, Color colour, LineStyle style, double x, double low, double high) {
        return line(label, colour, style, List.of(Point.bare(x, low), Point.bare(x, high)));
    }

    boolean hasBand() {
        return points.stream().anyMatch(p -> p.low() < p.high());
    }
}
