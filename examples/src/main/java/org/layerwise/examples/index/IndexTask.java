package org.layerwise.examples.index;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.layerwise.examples.numeric.Covariance;
import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Labels that depend on one direction of the input.
 *
 * @param direction beta*, [dX]
 * @param covariance Sigma, [dX, dX]
 * @param teacher sigma*
 * @param noise standard deviation of the label noise
 */
public record IndexTask(INDArray direction, Covariance covariance, Teacher teacher, double noise) {
    /** How the eigenvectors of Sigma lie. */
    public enum Orientation {
        /** Uniformly random. */
        ROTATED,
        /** Along the coordinate axes, where diagonal methods can see them. */
        AXIS_ALIGNED
    }

    /**
     * Random unit direction; log-spaced spectrum from 1 to 1/kappa scaled to trace {@code inputs}.
     *
     * @param inputs dX
     * @param kappa condition number of Sigma, at least 1
     */
    public static IndexTask random(
            int inputs, double kappa, Orientation orientation, Teacher teacher, double noise, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        INDArray direction = Draws.normal(1, inputs, 1, random).reshape(inputs);
        direction.divi(direction.norm2Number());
        Covariance covariance = orientation == Orientation.ROTATED
                ? Covariance.logSpaced(inputs, kappa, random)
                : Covariance.axisAligned(inputs, kappa);
        return new IndexTask(direction, covariance, teacher, noise);
    }

    /** The same task with beta* scaled so that the index has variance {@code tau^2 = 1}. */
    public IndexTask normalised() {
        return new IndexTask(direction.div(tau()), covariance, teacher, noise);
    }

    /** dX. */
    public int inputs() {
        return (int) direction.length();
    }

    /** Eigenvalues of Sigma, [dX]. */
    public double[] eigenvalues() {
        return Draws.values(covariance.eigenvalues());
    }

    /**
     * Coordinates in the eigenbasis of Sigma, in the order of {@link #eigenvalues}.
     *
     * @param vector [dX]
     */
    public double[] coordinates(INDArray vector) {
        try (INDArray coordinates = vector.reshape(1, inputs()).mmul(covariance.rotation())) {
            return Draws.values(coordinates);
        }
    }

    /** The same index and eigenvectors with another condition number of Sigma. */
    public IndexTask withCondition(double kappa) {
        return new IndexTask(direction, covariance.withCondition(kappa), teacher, noise);
    }

    /** The same inputs and index with another link. */
    public IndexTask withTeacher(Teacher other) {
        return new IndexTask(direction, covariance, other, noise);
    }

    /** Standard deviation of the index, {@code sqrt(beta*^T Sigma beta*)}. */
    public double tau() {
        double[] coordinates = coordinates(direction);
        double[] eigenvalues = eigenvalues();
        double sum = 0;
        for (int i = 0; i < coordinates.length; i++) {
            sum += eigenvalues[i] * coordinates[i] * coordinates[i];
        }
        return Math.sqrt(sum);
    }

    /** Fresh examples with noisy labels. The caller closes them. */
    public Examples sample(int size, RandomGenerator random) {
        INDArray inputs = inputs(size, random);
        try (INDArray index = inputs.mmul(direction.reshape(inputs(), 1))) {
            double[] clean = Draws.values(index);
            double[] noisy = new double[size];
            for (int i = 0; i < size; i++) {
                clean[i] = teacher.of(clean[i]);
                noisy[i] = clean[i] + noise * random.nextGaussian();
            }
            return new Examples(inputs, Draws.matrix(noisy, size, 1), Draws.matrix(clean, size, 1));
        }
    }

    /** {@code X = W Sigma^(1/2)} with standard Gaussian W, [size, dX]. */
    private INDArray inputs(int size, RandomGenerator random) {
        double[] values = new double[size * inputs()];
        Draws.fillNormal(values, 1, random);
        try (INDArray white = Draws.matrix(values, size, inputs());
                INDArray root = covariance.root()) {
            return white.mmul(root);
        }
    }
}
