package org.layerwise.examples.index.risk;

import org.layerwise.examples.index.Teacher;

/**
 * Excess risk of an ideal student that sees the input only through one direction b: with x Gaussian and index variance 1,
 * {@code sum_(k>=1) c_k^2 (1 - rho^(2k))}, where c_k are the coefficients of the teacher in the normalised Hermite
 * polynomials and rho^2 is the squared alignment of b with the index in the metric Sigma. Derived from Mehler's formula:
 * the best guess of {@code h_k(index)} from {@code b^T x} is {@code rho^k h_k}.
 *
 * <p>It is no lower bound for a network: the random part of its features also fits the linear remainder.
 */
final class SpikeRisk {
    /** Coefficients beyond contribute less than 1e-3 of the variance for rho^2 up to .97, of the ReLU, less for others. */
    private static final int DEGREES = 60;

    private final double variance;
    private final double[] squares;

    private SpikeRisk(double variance, double[] squares) {
        this.variance = variance;
        this.squares = squares;
    }

    /** The risk for this teacher, index variance 1. */
    static SpikeRisk of(Teacher teacher) {
        double[] squares = new double[DEGREES + 1];
        for (int degree = 1; degree <= DEGREES; degree++) {
            int k = degree;
            double coefficient = teacher.expectation(1, t -> hermite(k, t));
            squares[k] = coefficient * coefficient;
        }
        return new SpikeRisk(teacher.variance(1), squares);
    }

    /** {@code Var - sum_k c_k^2 rho^(2k)}. */
    double spikeOnly(double squaredAlignment) {
        double risk = variance;
        for (int k = 1; k <= DEGREES; k++) {
            risk -= squares[k] * Math.pow(squaredAlignment, k);
        }
        return risk;
    }

    /** The same for a student that also sees every linear function of the input: without the term of degree 1. */
    double withLinearPart(double squaredAlignment) {
        return spikeOnly(squaredAlignment) - squares[1] * (1 - squaredAlignment);
    }

    /** Square of the coefficient c_k, k in [1, 60]. */
    double squaredCoefficient(int k) {
        return squares[k];
    }

    /** Hermite polynomial of degree k with {@code E[h_k(g)^2] = 1}: {@code sqrt(j+1) h_(j+1) = t h_j - sqrt(j) h_(j-1)}. */
    static double hermite(int k, double t) {
        double previous = 0;
        double current = 1;
        for (int j = 0; j < k; j++) {
            double next = (t * current - Math.sqrt(j) * previous) / Math.sqrt(j + 1.0);
            previous = current;
            current = next;
        }
        return current;
    }
}
