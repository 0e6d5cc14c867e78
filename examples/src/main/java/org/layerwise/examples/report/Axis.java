package org.layerwise.examples.report;

import org.jspecify.annotations.Nullable;

/**
 * An axis of a panel.
 *
 * @param label beside the axis; empty for none
 * @param logarithmic whether it is logarithmic; values must then be positive
 * @param range what is shown; null to follow the data
 */
public record Axis(
        String label, boolean logarithmic, @Nullable Range range) {
    /**
     * Part of an axis.
     *
     * @param low lower end
     * @param high upper end, above {@code low}
     */
    public record Range(double low, double high) {
        /** Checks the order. */
        public Range {
            if (!(low < high)) {
                throw new IllegalArgumentException("Range [" + low + ", " + high + "]: low must be below high");
            }
        }
    }

    /** Linear axis that follows the data. */
    public static Axis linear(String label) {
        return new Axis(label, false, null);
    }

    /** Linear axis from {@code low} to {@code high}. */
    public static Axis linear(String label, double low, double high) {
        return new Axis(label, false, new Range(low, high));
    }

    /** Logarithmic axis that follows the data. */
    public static Axis logarithmic(String label) {
        return new Axis(label, true, null);
    }

    /** Logarithmic axis from {@code low} to {@code high}, both positive. */
    public static Axis logarithmic(String label, double low, double high) {
        return new Axis(label, true, new Range(low, high));
    }
}
