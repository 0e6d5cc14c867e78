package org.layerwise.examples.numeric;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Largest modulus of the eigenvalues of a square matrix that need not be symmetric. */
public final class SpectralRadius {
    /** The power {@code 2^40} leaves no trace of the norm or of the other eigenvalues. */
    private static final int SQUARINGS = 40;

    private SpectralRadius() {}

    /**
     * Gelfand's formula {@code lim ||A^k||^(1/k)} by repeated squaring; the powers are rescaled to a largest
     * entry of 1, so that they neither overflow nor vanish.
     *
     * @param matrix [d, d], read only
     */
    public static double of(INDArray matrix) {
        INDArray power = matrix.dup();
        double exponent = 1;
        double logarithm = 0;
        for (int i = 0; i <= SQUARINGS; i++) {
            double norm = power.normmaxNumber().doubleValue();
            if (norm == 0) {
                return 0;
            }
            logarithm += Math.log(norm) / exponent;
            exponent *= 2;
            power.divi(norm);
            INDArray square = power.mmul(power);
            power.close();
            power = square;
        }
        power.close();
        return Math.exp(logarithm);
    }
}
