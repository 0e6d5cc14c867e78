package org.layerwise.examples.index.alignment;

import org.layerwise.examples.index.Alignment;

/** The two squared alignments. */
enum Metric {
    /** {@code rho_I^2}. */
    IDENTITY("ρ² (angle)"),
    /** {@code rho_Sigma^2}. */
    COVARIANCE("ρ² (metric Σ)");

    private final String label;

    Metric(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    double of(Alignment alignment) {
        return this == IDENTITY ? alignment.identity() : alignment.covariance();
    }
}
