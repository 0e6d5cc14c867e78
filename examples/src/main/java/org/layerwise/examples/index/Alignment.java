package org.layerwise.examples.index;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Squared alignments {@code rho_A^2} of a direction with the index; neither sign nor length of the direction matters.
 *
 * @param identity {@code rho_I^2}, in [0, 1]: the angle
 * @param covariance {@code rho_Sigma^2}, in [0, 1]: the squared correlation of {@code b^T x} with {@code beta*^T x}
 */
public record Alignment(double identity, double covariance) {
    /** Where there is nothing to say. */
    public static final Alignment UNKNOWN = new Alignment(Double.NaN, Double.NaN);

    /**
     * Alignments of {@code direction} with the index of {@code task}.
     *
     * @param direction b, [dX], not zero
     */
    public static Alignment of(INDArray direction, IndexTask task) {
        double[] b = task.coordinates(direction);
        double[] beta = task.coordinates(task.direction());
        double[] eigenvalues = task.eigenvalues();
        double[] flat = new double[b.length];
        Arrays.fill(flat, 1);
        return new Alignment(alignment(b, beta, flat), alignment(b, beta, eigenvalues));
    }

    /** {@code (beta^T A b)^2 / (b^T A b beta^T A beta)} in the eigenbasis of A. */
    private static double alignment(double[] b, double[] beta, double[] metric) {
        double mixed = 0;
        double left = 0;
        double right = 0;
        for (int i = 0; i < b.length; i++) {
            mixed += beta[i] * metric[i] * b[i];
            left += b[i] * metric[i] * b[i];
            right += beta[i] * metric[i] * beta[i];
        }
        return mixed * mixed / (left * right);
    }
}
