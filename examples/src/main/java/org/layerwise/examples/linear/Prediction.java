package org.layerwise.examples.linear;

/**
 * What the theory says about one run; NaN where it says nothing.
 *
 * @param contraction factor per step of the slowest direction outside the true features, near the solution
 * @param noiseFloor stationary Frobenius distance with a fresh batch per step
 */
public record Prediction(double contraction, double noiseFloor) {
    /** No prediction. */
    public static final Prediction NONE = new Prediction(Double.NaN, Double.NaN);
}
