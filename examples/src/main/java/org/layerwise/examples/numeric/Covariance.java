package org.layerwise.examples.numeric;

import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Covariance {@code Sigma = Q diag(s) Q^T} of the inputs with known eigenvectors and eigenvalues.
 *
 * @param rotation Q, [dX, dX], orthogonal
 * @param eigenvalues s, [dX], positive
 */
public record Covariance(INDArray rotation, INDArray eigenvalues) {
    /**
     * Random rotation, eigenvalues log-spaced from 1 to 1/kappa and scaled to trace {@code size}.
     *
     * @param kappa condition number, at least 1
     */
    public static Covariance logSpaced(int size, double kappa, RandomGenerator random) {
        return new Covariance(Draws.rotation(size, random), spectrum(size, kappa));
    }

    /** The spectrum of {@link #logSpaced} along the coordinate axes: a diagonal matrix. */
    public static Covariance axisAligned(int size, double kappa) {
        INDArray eigenvalues = spectrum(size, kappa);
        return new Covariance(Nd4j.eye(size).castTo(eigenvalues.dataType()), eigenvalues);
    }

    /** The same in a random order of the axes, as two inputs with equal spectra and different scales have. */
    public static Covariance axisAligned(int size, double kappa, RandomGenerator random) {
        Covariance ordered = axisAligned(size, kappa);
        double[] eigenvalues = Draws.values(ordered.eigenvalues.reshape(1, size));
        Draws.shuffle(eigenvalues, random);
        return new Covariance(ordered.rotation, Nd4j.createFromArray(eigenvalues));
    }

    /** The same eigenvectors with the spectrum of {@link #logSpaced} at another condition number. */
    public Covariance withCondition(double kappa) {
        return new Covariance(rotation, spectrum((int) eigenvalues.length(), kappa));
    }

    private static INDArray spectrum(int size, double kappa) {
        double[] values = new double[size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            values[i] = Math.pow(kappa, -i / Math.max(1.0, size - 1.0));
            sum += values[i];
        }
        return Nd4j.createFromArray(values).muli(size / sum);
    }

    /** Sigma, [dX, dX]. */
    public INDArray matrix() {
        return spectral(eigenvalues);
    }

    /** Symmetric square root of Sigma, [dX, dX]. */
    public INDArray root() {
        return spectral(Transforms.sqrt(eigenvalues));
    }

    /** Inverse of Sigma, [dX, dX]. */
    public INDArray inverse() {
        return spectral(eigenvalues.rdiv(1));
    }

    private INDArray spectral(INDArray values) {
        return rotation.mulRowVector(values).mmul(rotation.transpose());
    }
}
