package org.layerwise.examples.linear;

/**
 * Damping of the methods that invert a matrix.
 *
 * @param inputs lambda_G, added to the second moment of the inputs (KFAC, right only)
 * @param naturalGradient gamma of NGD with the exact Fisher
 * @param empiricalFisher gamma of NGD with the empirical Fisher
 */
public record Dampings(double inputs, double naturalGradient, double empiricalFisher) {
    /** Checks the ranges. */
    public Dampings {
        requireRange("inputs", inputs, inputs >= 0, ">= 0");
        requireRange("naturalGradient", naturalGradient, naturalGradient > 0, "> 0");
        requireRange("empiricalFisher", empiricalFisher, empiricalFisher > 0, "> 0");
    }

    private static void requireRange(String name, double value, boolean valid, String range) {
        if (!valid) {
            throw new IllegalArgumentException("Damping " + name + " = " + value + ": must be " + range);
        }
    }
}
