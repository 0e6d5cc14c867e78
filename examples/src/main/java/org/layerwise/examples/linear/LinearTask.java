package org.layerwise.examples.linear;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.layerwise.examples.numeric.Covariance;
import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A pair of regression tasks that share their features: {@code y_s = F_s* G* x_s + noise} with s in {train, test}
 * (data model of arXiv 2502.01763). Inputs are Rademacher signs times the root of the covariance.
 *
 * @param features G*, [dh, dX], orthonormal rows
 * @param train the task the network is trained on
 * @param test the task its features are transferred to
 * @param noise standard deviation of the label noise
 */
public record LinearTask(INDArray features, Domain train, Domain test, double noise) {
    /**
     * One task: its head and its inputs.
     *
     * @param head F*, [dY, dh]
     * @param covariance Sigma, [dX, dX]
     */
    public record Domain(INDArray head, Covariance covariance) {
        /** The true map {@code F* G*}, [dY, dX]. */
        INDArray map(INDArray features) {
            return head.mmul(features);
        }
    }

    /** How the principal axes of the inputs lie. */
    public enum Orientation {
        /** Train and test have random rotations of their own. */
        ROTATED("rotated") {
            @Override
            Covariance covariance(int inputs, double kappa, RandomGenerator random) {
                return Covariance.logSpaced(inputs, kappa, random);
            }
        },

        /** Along the coordinates; train and test have the same spectrum in random orders of their own. */
        AXIS_ALIGNED("axis-aligned") {
            @Override
            Covariance covariance(int inputs, double kappa, RandomGenerator random) {
                return Covariance.axisAligned(inputs, kappa, random);
            }
        };

        private final String id;

        Orientation(String id) {
            this.id = id;
        }

        /** Name in files and text. */
        public String id() {
            return id;
        }

        abstract Covariance covariance(int inputs, double kappa, RandomGenerator random);
    }

    /** Start of training: features with random orthonormal rows, head with N(0, 1/dh) entries. */
    public record Start(INDArray features, INDArray head) {}

    /**
     * The tasks of one seed. The heads, features and rotations of a seed are the same for every kappa, so that curves
     * of different kappa differ by the spectrum alone.
     */
    public static LinearTask random(Dimensions sizes, double kappa, double noise, long seed) {
        return random(sizes, kappa, noise, seed, Orientation.ROTATED);
    }

    /** The same with a choice of the inputs' principal axes. */
    public static LinearTask random(Dimensions sizes, double kappa, double noise, long seed, Orientation orientation) {
        RandomGenerator random = new SplittableRandom(seed);
        INDArray features = Draws.orthonormalRows(sizes.hidden(), sizes.inputs(), random);
        Domain train = domain(sizes, kappa, random, orientation);
        Domain test = domain(sizes, kappa, random, orientation);
        return new LinearTask(features, train, test, noise);
    }

    /** Initial weights of one seed, the same for every method and kappa. */
    public static Start start(Dimensions sizes, long seed) {
        RandomGenerator random = new SplittableRandom(seed ^ 0x5DEECE66DL);
        INDArray features = Draws.orthonormalRows(sizes.hidden(), sizes.inputs(), random);
        INDArray head = Draws.normal(sizes.outputs(), sizes.hidden(), 1 / Math.sqrt(sizes.hidden()), random);
        return new Start(features, head);
    }

    private static Domain domain(Dimensions sizes, double kappa, RandomGenerator random, Orientation orientation) {
        INDArray head = Draws.normal(sizes.outputs(), sizes.hidden(), 1, random);
        return new Domain(head, orientation.covariance(sizes.inputs(), kappa, random));
    }
}
