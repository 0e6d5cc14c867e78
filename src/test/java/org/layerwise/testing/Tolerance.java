package org.layerwise.testing;

import org.nd4j.linalg.api.buffer.DataType;

/** Named bounds of deviations. Unless said otherwise they are relative to the largest expected magnitude. */
public final class Tolerance {
    /** The same number, bit for bit. */
    public static final double EXACT = 0;

    /** A closed formula evaluated in double precision by two routes. */
    public static final double FORMULA = 1e-12;

    /** Golden numbers that are printed with ten digits. */
    public static final double PRINTED = 1e-9;

    /** Means over 300 seeds against a rate law. */
    public static final double MONTE_CARLO = 0.1;

    /** Frequencies and means over some ten thousand draws, absolute. */
    public static final double FREQUENCY = 0.02;

    private Tolerance() {}

    /** Sums and products of some hundred terms. */
    public static double rounding(DataType type) {
        return type == DataType.DOUBLE ? 1e-12 : 2e-5;
    }

    /** Residual of an inverse or a solve of a matrix of condition up to about a hundred. */
    public static double inverse(DataType type) {
        return type == DataType.DOUBLE ? 1e-10 : 1e-4;
    }

    /** A chain of factorisations and products through a damped curvature. */
    public static double chain(DataType type) {
        return type == DataType.DOUBLE ? 1e-8 : 2e-3;
    }
}
