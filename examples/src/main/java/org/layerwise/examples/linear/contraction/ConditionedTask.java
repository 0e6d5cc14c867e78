package org.layerwise.examples.linear.contraction;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.numeric.Covariance;
import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Noise-free tasks whose inputs and head have prescribed condition numbers. */
final class ConditionedTask {
    private ConditionedTask() {}

    /**
     * The task of a seed; G*, the eigenvectors of Sigma and the singular vectors of F* depend on the seed alone.
     *
     * @param kappa condition number of Sigma
     * @param headKappa condition number of F*, whose singular values are log-spaced from 1 down
     */
    static LinearTask create(Dimensions sizes, double kappa, double headKappa, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        INDArray features = Draws.orthonormalRows(sizes.hidden(), sizes.inputs(), random);
        INDArray head = head(sizes, headKappa, random);
        Covariance covariance = Covariance.logSpaced(sizes.inputs(), kappa, random);
        LinearTask.Domain domain = new LinearTask.Domain(head, covariance);
        return new LinearTask(features, domain, domain, 0);
    }

    /** {@code F* = A diag(s) B^T} with random orthonormal A and B, [dY, dh]. */
    private static INDArray head(Dimensions sizes, double headKappa, RandomGenerator random) {
        int hidden = sizes.hidden();
        INDArray left = Draws.orthonormalRows(hidden, sizes.outputs(), random).transpose();
        INDArray right = Draws.rotation(hidden, random);
        double[] values = new double[hidden];
        for (int i = 0; i < hidden; i++) {
            values[i] = Math.pow(headKappa, -i / Math.max(1.0, hidden - 1.0));
        }
        return left.mulRowVector(Draws.matrix(values, 1, hidden)).mmul(right.transpose());
    }
}
