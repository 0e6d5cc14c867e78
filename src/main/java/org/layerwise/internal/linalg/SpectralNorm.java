package org.layerwise.internal.linalg;

/** The largest singular value of a normal matrix, such as a symmetric or a skew-symmetric one, by power iteration. */
public final class SpectralNorm {
    private static final int MOST_STEPS = 64;
    private static final int LEAST_STEPS = 6;
    /** Products of elements that are spent without asking; more steps than the least on a large matrix would cost too much. */
    private static final int WORK = 1 << 15;
    /** The estimate only grows; it is taken when a step adds less than this share. */
    private static final double SMALL_GROWTH = 1e-12;
    /** Fractions of the golden ratio's multiples: entries without a pattern that an eigenvector might be orthogonal to. */
    private static final double GOLDEN_RATIO = 0.6180339887498949;

    private SpectralNorm() {}

    /**
     * Estimates the norm from below: within rounding for a small matrix whose largest eigenvalues are well separated, and within
     * a few per cent otherwise.
     *
     * @param a normal, column-major, n by n; read
     * @param n number of rows, at least 1
     * @return at least 0; NaN or infinite if an element is
     */
    public static double ofNormal(double[] a, int n) {
        double scale = largestMagnitude(a);
        if (!(scale > 0) || scale > Double.MAX_VALUE) {
            return scale;
        }
        double[] v = start(a, n, scale);
        double[] next = new double[n];
        double estimate = 0;
        int steps = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, WORK / n / n));
        for (int step = 0; step < steps; step++) {
            multiply(a, 1 / scale, v, next);
            double norm = length(next);
            if (norm <= estimate * (1 + SMALL_GROWTH)) {
                return Math.max(norm, estimate) * scale;
            }
            estimate = norm;
            for (int i = 0; i < n; i++) {
                v[i] = next[i] / norm;
            }
        }
        return estimate * scale;
    }

    /** NaN if there is one. */
    private static double largestMagnitude(double[] a) {
        double largest = 0;
        for (double each : a) {
            largest = Math.max(largest, Math.abs(each));
        }
        return largest;
    }

    /** The longest column, disturbed so that it is no eigenvector of a smaller eigenvalue; of length 1. */
    private static double[] start(double[] a, int n, double scale) {
        double[] v = new double[n];
        double longest = 0;
        for (int j = 0; j < n; j++) {
            double square = 0;
            for (int i = 0; i < n; i++) {
                double each = a[j * n + i] / scale;
                square += each * each;
            }
            if (square > longest) {
                longest = square;
                System.arraycopy(a, j * n, v, 0, n);
            }
        }
        double size = scale * Math.sqrt(longest / n);
        for (int i = 0; i < n; i++) {
            double fraction = (i + 1) * GOLDEN_RATIO % 1;
            v[i] += size * (fraction - 0.5);
        }
        double norm = length(v);
        for (int i = 0; i < n; i++) {
            v[i] /= norm;
        }
        return v;
    }

    private static void multiply(double[] a, double scale, double[] v, double[] out) {
        int n = v.length;
        java.util.Arrays.fill(out, 0);
        for (int j = 0; j < n; j++) {
            double factor = v[j] * scale;
            int column = j * n;
            for (int i = 0; i < n; i++) {
                out[i] += a[column + i] * factor;
            }
        }
    }

    private static double length(double[] v) {
        double square = 0;
        for (double each : v) {
            square += each * each;
        }
        return Math.sqrt(square);
    }
}
