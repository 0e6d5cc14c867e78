package org.layerwise.examples.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class MeasuresTest {
    private final LinearTask task = TestTasks.task(20, .1, 1);
    private final Measures measures = new Measures(task);

    @Test
    void allMeasuresVanishAtTheTruth() {
        Measurement truth = measures.of(task.features(), task.train().head());

        assertThat(truth.trainLoss()).isLessThan(1e-25);
        assertThat(truth.subspaceDistance()).isLessThan(1e-13);
        assertThat(truth.transferLoss()).isLessThan(1e-20);
        assertThat(truth.outside()).isLessThan(1e-13);
    }

    @Test
    void distanceDoesNotDependOnTheBasisOfTheFeatures() {
        INDArray features = TestTasks.start(2).features();
        INDArray mixing = Draws.normal(3, 3, 1, new SplittableRandom(5));
        INDArray head = TestTasks.start(2).head();

        Measurement plain = measures.of(features, head);
        Measurement mixed = measures.of(mixing.mmul(features), head);

        assertThat(mixed.subspaceDistance()).isCloseTo(plain.subspaceDistance(), within(1e-12));
        assertThat(mixed.frobeniusDistance()).isCloseTo(plain.frobeniusDistance(), within(1e-12));
        assertThat(mixed.transferLoss()).isCloseTo(plain.transferLoss(), within(1e-10));
    }

    @Test
    void distanceIsTheSineOfTheAngleInThePlane() {
        LinearTask plane = LinearTask.random(new Dimensions(2, 2, 1, 10), 1, 0, 1);
        double[] row = Draws.values(plane.features());
        double angle = .3;
        double[] rotated = {
            Math.cos(angle) * row[0] - Math.sin(angle) * row[1], Math.sin(angle) * row[0] + Math.cos(angle) * row[1]
        };

        Measurement measurement = new Measures(plane).of(Draws.matrix(rotated, 1, 2), Draws.matrix(row, 2, 1));

        assertThat(measurement.subspaceDistance()).isCloseTo(Math.sin(angle), within(1e-12));
    }

    @Test
    void distanceIsOneForAnOrthogonalSubspaceAndKeepsSmallAngles() {
        INDArray far = Draws.orthonormalRows(3, 20, new SplittableRandom(6));
        INDArray orthogonal = far.sub(far.mmul(task.features().transpose()).mmul(task.features()));
        INDArray head = TestTasks.start(1).head();

        assertThat(measures.of(orthogonal, head).subspaceDistance()).isCloseTo(1, within(1e-10));
        assertThat(measures.of(task.features().add(orthogonal.mul(1e-9)), head).frobeniusDistance())
                .isCloseTo(1e-9 * orthogonal.norm2Number().doubleValue(), within(1e-14));
    }

    @Test
    void trainLossIsTheExcessRiskOfSamples() {
        Dimensions many = new Dimensions(20, 6, 3, 50_000);
        LinearTask noiseFree = TestTasks.task(20, 0, 1);
        LinearTask.Start start = TestTasks.start(3);
        try (Batch batch = new BatchSampler(noiseFree, many, 11).next()) {
            INDArray prediction = batch.inputs()
                    .mmul(start.features().transpose())
                    .mmul(start.head().transpose());
            double sampled = prediction.sub(batch.targets()).norm2Number().doubleValue();
            sampled = sampled * sampled / (2 * batch.size());

            assertThat(measures.of(start.features(), start.head()).trainLoss())
                    .isCloseTo(sampled, within(.02 * sampled));
        }
    }

    @Test
    void noHeadTransfersBetterThanTheOneMeasured() {
        INDArray features = TestTasks.start(2).features();
        double best = measures.transferLoss(features);
        Measures swapped = new Measures(new LinearTask(task.features(), task.test(), task.train(), 0));
        INDArray head = LeastSquares.head(
                features,
                task.test().map(task.features()),
                task.test().covariance().matrix());
        INDArray other = head.add(Draws.normal(6, 3, .05, new SplittableRandom(1)));

        assertThat(swapped.of(features, head).trainLoss()).isCloseTo(best, within(1e-10));
        assertThat(swapped.of(features, other).trainLoss()).isGreaterThan(best);
    }

    @Test
    void divergedWeightsGiveNoNumbers() {
        INDArray broken = Nd4j.valueArrayOf(
                new long[] {3, 20}, Double.NaN, task.features().dataType());

        assertThat(measures.of(broken, task.train().head()).isFinite()).isFalse();
    }
}
