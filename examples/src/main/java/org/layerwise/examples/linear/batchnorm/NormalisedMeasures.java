package org.layerwise.examples.linear.batchnorm;

import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Measures;
import org.layerwise.examples.linear.Normalisation;
import org.layerwise.examples.linear.TwoLayerNetwork;
import org.layerwise.internal.linalg.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Population measures of a network with batch normalisation. Inputs have mean zero, so a normalised network is linear:
 * the features of x are {@code G D x} with {@code D = diag(Sigma + EPSILON)^-1/2} for input normalisation. Frozen
 * statistics are those of the training inputs, the limit of the layer's running averages; recomputed ones are those of
 * the test inputs. Normalised features only rescale the rows of G: that changes the head, not the subspace, and no
 * transfer loss of a refitted head.
 */
final class NormalisedMeasures {
    private final Measures measures;
    private final INDArray trainCovariance;
    private final INDArray trainScales;
    private final INDArray testScales;

    NormalisedMeasures(LinearTask task) {
        measures = new Measures(task);
        trainCovariance = task.train().covariance().matrix();
        trainScales = inverseDeviations(trainCovariance);
        testScales = inverseDeviations(task.test().covariance().matrix());
    }

    /** Measures a network in training; it is read only. */
    State of(TwoLayerNetwork network, Normalisation normalisation) {
        INDArray features = network.features();
        return switch (normalisation) {
            case NONE -> state(measures.of(features, network.head()));
            case HIDDEN -> state(measures.of(features, network.head().mulRowVector(featureScales(features))));
            case INPUT ->
                state(
                        measures.of(features.mulRowVector(trainScales), network.head()),
                        measures.of(features.mulRowVector(testScales), network.head()));
        };
    }

    /**
     * Condition number of the training inputs as G sees them: of {@code D Sigma D} behind input normalisation, of Sigma
     * otherwise.
     */
    double inputCondition(Normalisation normalisation) {
        INDArray covariance = normalisation == Normalisation.INPUT
                ? trainCovariance
                        .mulRowVector(trainScales)
                        .muliColumnVector(trainScales.reshape(trainScales.length(), 1))
                : trainCovariance;
        INDArray eigenvalues = SymmetricEigen.of(covariance).values();
        return eigenvalues.maxNumber().doubleValue() / eigenvalues.minNumber().doubleValue();
    }

    /** Without input normalisation the statistics of the test inputs make no difference. */
    private static State state(Measurement frozen) {
        return state(frozen, frozen);
    }

    private static State state(Measurement frozen, Measurement recomputed) {
        return new State(
                frozen.trainLoss(),
                frozen.subspaceDistance(),
                frozen.transferLoss(),
                recomputed.subspaceDistance(),
                recomputed.transferLoss());
    }

    /** {@code diag(G Sigma G^T + EPSILON)^-1/2}, [dh]. */
    private INDArray featureScales(INDArray features) {
        return inverseDeviations(features.mmul(trainCovariance).mmul(features.transpose()));
    }

    /** {@code diag(covariance + EPSILON)^-1/2}, [size]. */
    private static INDArray inverseDeviations(INDArray covariance) {
        INDArray variances = covariance
                .mul(Nd4j.eye(covariance.rows()).castTo(covariance.dataType()))
                .sum(0);
        return Transforms.pow(variances.addi(Normalisation.EPSILON), -0.5);
    }
}
