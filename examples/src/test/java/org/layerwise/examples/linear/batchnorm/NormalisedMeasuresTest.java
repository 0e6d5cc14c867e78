package org.layerwise.examples.linear.batchnorm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.layerwise.examples.linear.Batch;
import org.layerwise.examples.linear.BatchSampler;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.LinearTask.Orientation;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Measures;
import org.layerwise.examples.linear.Normalisation;
import org.layerwise.examples.linear.TwoLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Population measures against DL4J's own inference and against sampled statistics. */
final class NormalisedMeasuresTest {
    private static final Dimensions SIZES = new Dimensions(12, 6, 3, 50_000);
    private static final double KAPPA = 20;

    /** Relative standard error of a variance of signs' sums over the batch is at most sqrt(2 / n); six of them. */
    private static final double SAMPLING = 6 * Math.sqrt(2.0 / SIZES.batch());

    private final LinearTask.Start start = LinearTask.start(SIZES, 1);

    private static LinearTask task(Orientation orientation) {
        return LinearTask.random(SIZES, KAPPA, 0, 1, orientation);
    }

    private TwoLayerNetwork network(Normalisation normalisation) {
        return TwoLayerNetwork.create(start, normalisation, new Sgd(0), new Sgd(0));
    }

    /** DL4J normalises by the batch: with a large one, its loss is the population's. */
    private void assertTrainingLoss(Normalisation normalisation) {
        LinearTask task = task(Orientation.ROTATED);
        TwoLayerNetwork network = network(normalisation);
        try (Batch batch = new BatchSampler(task, SIZES, 1).next()) {
            INDArray outputs =
                    network.trainingActivations(batch).mmul(network.head().transpose());
            double error = outputs.subi(batch.targets()).norm2Number().doubleValue();

            State state = new NormalisedMeasures(task).of(network, normalisation);

            assertThat(state.trainLoss() / (error * error / (2 * batch.size()))).isCloseTo(1, within(SAMPLING));
        }
    }

    @Test
    void trainingLossIsThatOfTheNormalisedNetwork() {
        assertTrainingLoss(Normalisation.INPUT);
        assertTrainingLoss(Normalisation.HIDDEN);
    }

    @Test
    void frozenStatisticsAreThoseOfInference() {
        LinearTask task = task(Orientation.ROTATED);
        TwoLayerNetwork network = network(Normalisation.INPUT);
        INDArray root = task.train().covariance().root();
        INDArray variances = root.mul(root).sum(0);
        network.model().getLayer(0).getParam("mean").assign(0);
        network.model()
                .getLayer(0)
                .getParam("log10stdev")
                .assign(Transforms.log(variances).div(2 * Math.log(10)));
        INDArray outputs = network.model().output(root);
        INDArray map = task.train().head().mmul(task.features());
        double error = outputs.sub(root.mmul(map.transpose())).norm2Number().doubleValue();

        State state = new NormalisedMeasures(task).of(network, Normalisation.INPUT);

        assertThat(state.trainLoss()).isCloseTo(error * error / 2, within(1e-8));
    }

    @Test
    void recomputedStatisticsReplaceTheDeviations() {
        LinearTask task = task(Orientation.AXIS_ALIGNED);
        INDArray scales = Transforms.pow(task.test().covariance().eigenvalues().add(Normalisation.EPSILON), -.5);
        Measurement expected = new Measures(task).of(start.features().mulRowVector(scales), start.head());

        State state = new NormalisedMeasures(task).of(network(Normalisation.INPUT), Normalisation.INPUT);

        assertThat(state.recomputedDistance()).isCloseTo(expected.subspaceDistance(), within(1e-10));
        assertThat(state.recomputedLoss()).isCloseTo(expected.transferLoss(), within(1e-10));
        assertThat(state.transferLoss()).isNotCloseTo(expected.transferLoss(), within(1e-3));
    }

    @Test
    void solutionInNormalisedCoordinatesIsOneWithFrozenStatisticsOnly() {
        LinearTask task = task(Orientation.AXIS_ALIGNED);
        INDArray deviations =
                Transforms.sqrt(task.train().covariance().eigenvalues().add(Normalisation.EPSILON));
        LinearTask.Start solved = new LinearTask.Start(
                task.features().mulRowVector(deviations), task.train().head());
        TwoLayerNetwork network = TwoLayerNetwork.create(solved, Normalisation.INPUT, new Sgd(0), new Sgd(0));

        State state = new NormalisedMeasures(task).of(network, Normalisation.INPUT);

        assertThat(state.distance()).isLessThan(1e-7);
        assertThat(state.transferLoss()).isLessThan(1e-12);
        assertThat(state.recomputedDistance()).isGreaterThan(.3);
        assertThat(state.recomputedLoss()).isGreaterThan(.1);
    }

    @Test
    void hiddenNormalisationKeepsTheSubspace() {
        NormalisedMeasures measures = new NormalisedMeasures(task(Orientation.ROTATED));

        State hidden = measures.of(network(Normalisation.HIDDEN), Normalisation.HIDDEN);

        State plain = measures.of(network(Normalisation.NONE), Normalisation.NONE);
        assertThat(hidden.distance()).isEqualTo(plain.distance());
        assertThat(hidden.transferLoss()).isEqualTo(plain.transferLoss());
        assertThat(hidden.recomputedLoss()).isEqualTo(plain.transferLoss());
    }

    @Test
    void inputsAreWhitenedWhereTheyAreAxisAligned() {
        NormalisedMeasures aligned = new NormalisedMeasures(task(Orientation.AXIS_ALIGNED));
        NormalisedMeasures rotated = new NormalisedMeasures(task(Orientation.ROTATED));

        assertThat(aligned.inputCondition(Normalisation.NONE)).isCloseTo(KAPPA, within(1e-8));
        assertThat(aligned.inputCondition(Normalisation.INPUT)).isCloseTo(1, within(1e-3));
        assertThat(rotated.inputCondition(Normalisation.HIDDEN)).isCloseTo(KAPPA, within(1e-8));
        assertThat(rotated.inputCondition(Normalisation.INPUT)).isBetween(KAPPA / 3, KAPPA * 3);
    }
}
