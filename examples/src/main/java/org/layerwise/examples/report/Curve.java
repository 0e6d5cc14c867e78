package org.layerwise.examples.report;

import java.awt.Color;
import java.util.List;

/**
 * A line of a panel with a band around it.
 *
 * @param label name in the legend; curves of one figure with the same label share one entry
 * @param colour of line and band
 * @param style of the line
 * @param points by increasing x, at least one
 */
public record Curve(String label, Color colour, LineStyle style, List<Point> points) {
    /**
     * A point of the line and its band.
     *
     * @param x abscissa
     * @param y ordinate, positive
     * @param low lower end of the band, at most y
     * @param high upper end of the band, at least y
     */
    public record Point(double x, double y, double low, double high) {
        /** A point without a band. */
        public static Point bare(double x, double y) {
            return new Point(x, y, y, y);
        }
    }

    /** Freezes the points and checks that there are some. */
    public Curve {
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("Curve '" + label + "' has no points: it needs at least one");
        }
    }

    boolean hasBand() {
        return points.stream().anyMatch(p -> p.low() < p.high());
    }
}
