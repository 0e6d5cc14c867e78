package org.layerwise.examples.linear;

/**
 * Modes of the features' error near the solution: eigenvalues of {@code E -> P^-1 F*^T F* E [U^T S Q^-1 U]}. A step of
 * rate eta multiplies a mode lambda by {@code 1 - eta lambda}.
 *
 * @param smallest smallest eigenvalue, positive
 * @param largest largest eigenvalue
 */
public record ErrorSpectrum(double smallest, double largest) {
    /** Slowest factor per step, {@code max |1 - eta lambda|}. */
    public double contraction(double eta) {
        return Math.max(Math.abs(1 - eta * smallest), Math.abs(1 - eta * largest));
    }

    /** Rate with the smallest contraction, {@code 2 / (smallest + largest)}. */
    public double bestRate() {
        return 2 / (smallest + largest);
    }
}
