package org.layerwise.examples.linear;

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
record Covariance(INDArray rotation, INDArray eigenvalues) {
    /**
     * Random rotation, eigenvalues log-spaced from 1 to 1/kappa and scaled to trace {@code size}.
     *
     * @param kappa condition number, at least 1
     */
    static Covariance logSpaced(int size, double kappa, RandomGenerator random) {
        double[] values = new double[size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            values[i] = Math.pow(kappa, -i / Math.max(1.0, size - 1.0));
            sum += values[i];
        }
        INDArray eigenvalues = Nd4j.createFromArray(values).muli(size / sum);
        return new Covariance(Draws.rotation(size, random), eigenvalues);
    }

    /** Sigma, [dX, dX]. */
    INDArray matrix() {
        return spectral(eigenvalues);
    }

    /** Symmetric square root of Sigma, [dX, dX]. */
    INDArray root() {
        return spectral(Transforms.sqrt(eigenvalues));
    }

    /** Inverse of Sigma, [dX, dX]. */
    INDArray inverse() {
        return spectral(eigenvalues.rdiv(1));
    }

    private INDArray spectral(INDArray values) {
        return rotation.mulRowVector(values).mmul(rotation.transpose());
    }
}
