package org.layerwise.examples.index.spectrum;

/**
 * Singular values of {@code G0 + theta u v^T} in the limit of large matrices: G0 [dh, dX] with N(0, 1/dX) entries, u and
 * v fixed unit vectors. Benaych-Georges and Nadakuditi, "The singular values and vectors of low rank perturbations of
 * large rectangular random matrices" (2012), here scaled to variance 1/dX.
 *
 * @param ratio c = dh/dX, at least 1: then G0 has dX positive singular values
 */
record SpikeTheory(double ratio) {
    /** Checks the range. */
    SpikeTheory {
        if (!(ratio >= 1)) {
            throw new IllegalArgumentException("ratio is " + ratio + ": must be at least 1");
        }
    }

    /** Smallest singular value of G0, {@code sqrt c - 1}. */
    double lowerEdge() {
        return Math.sqrt(ratio) - 1;
    }

    /** Largest singular value of G0, {@code sqrt c + 1}. */
    double upperEdge() {
        return Math.sqrt(ratio) + 1;
    }

    /** Strength above which the spike leaves the bulk, {@code c^(1/4)}. */
    double threshold() {
        return Math.sqrt(Math.sqrt(ratio));
    }

    /** Largest singular value: {@code sqrt((1 + theta^2)(c + theta^2)) / theta} of a visible spike, else the edge. */
    double largest(double theta) {
        double square = theta * theta;
        return theta > threshold() ? Math.sqrt((1 + square) * (ratio + square)) / theta : upperEdge();
    }

    /**
     * Squared alignment of the leading right singular vector with v: {@code 1 - (c + theta^2) / (theta^2 (theta^2 + 1))}
     * of a visible spike, else 0.
     */
    double alignment(double theta) {
        double square = theta * theta;
        return theta > threshold() ? 1 - (ratio + square) / (square * (square + 1)) : 0;
    }

    /**
     * Density of the singular values of G0, with integral 1: {@code sqrt((s+^2 - s^2)(s^2 - s-^2)) / (pi s)} between the
     * edges, the Marchenko-Pastur law of their squares.
     */
    double density(double s) {
        double inside = (upperEdge() * upperEdge() - s * s) * (s * s - lowerEdge() * lowerEdge());
        return s > 0 && inside > 0 ? Math.sqrt(inside) / (Math.PI * s) : 0;
    }

    /**
     * Scale of the fluctuation of the largest singular value of G0 around the edge: it is about the edge plus scale times
     * a Tracy-Widom variable (Johnstone 2001).
     *
     * @param inputs dX
     */
    double edgeScale(int inputs) {
        double hidden = ratio * inputs;
        double roots = Math.sqrt(hidden) + Math.sqrt(inputs);
        double square = roots * Math.cbrt(1 / Math.sqrt(hidden) + 1 / Math.sqrt(inputs)) / inputs;
        return square / (2 * upperEdge());
    }
}
