package org.layerwise.examples.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.layerwise.examples.numeric.Covariance;
import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

final class LinearTaskTest {
    @Test
    void featuresAreRowOrthonormal() {
        INDArray features = TestTasks.task(10, .1, 1).features();

        INDArray gram = features.mmul(features.transpose());

        assertThat(gram.distance2(Nd4j.eye(3).castTo(gram.dataType()))).isLessThan(1e-12);
    }

    @Test
    void aSeedKeepsItsHeadsAndRotationsAcrossKappas() {
        LinearTask round = TestTasks.task(1, .1, 5);
        LinearTask flat = TestTasks.task(1000, .1, 5);

        assertThat(flat.features()).isEqualTo(round.features());
        assertThat(flat.test().head()).isEqualTo(round.test().head());
        assertThat(flat.test().covariance().rotation())
                .isEqualTo(round.test().covariance().rotation());
        assertThat(flat.train().covariance().rotation())
                .isNotEqualTo(flat.test().covariance().rotation());
    }

    @Test
    void whitenedInputsAreSigns() {
        LinearTask task = TestTasks.task(40, .1, 2);
        try (Batch batch = new BatchSampler(task, TestTasks.SMALL, 2).next()) {
            Covariance covariance = task.train().covariance();
            INDArray whitened = batch.inputs().mmul(covariance.root()).mmul(covariance.inverse());

            assertThat(Transforms.abs(whitened).maxNumber().doubleValue()).isCloseTo(1, within(1e-10));
            assertThat(Transforms.abs(whitened).minNumber().doubleValue()).isCloseTo(1, within(1e-10));
        }
    }

    @Test
    void batchesHaveTheCovarianceAndNoiseOfTheTask() {
        Dimensions large = new Dimensions(20, 6, 3, 40_000);
        LinearTask task = LinearTask.random(large, 30, .5, 2);
        try (Batch batch = new BatchSampler(task, large, 7).next()) {
            INDArray sigma = task.train().covariance().matrix();
            INDArray error = batch.targets()
                    .sub(batch.inputs().mmul(task.train().map(task.features()).transpose()));

            assertThat(batch.secondMoment().distance2(sigma)
                            / sigma.norm2Number().doubleValue())
                    .isLessThan(.03);
            assertThat(error.norm2Number().doubleValue() / Math.sqrt((double) error.length()))
                    .isCloseTo(.5, within(.01));
        }
    }

    @Test
    void streamsAreSeeded() {
        LinearTask task = TestTasks.task(10, .1, 1);
        INDArray first = new BatchSampler(task, TestTasks.SMALL, 4).next().inputs();

        assertThat(new BatchSampler(task, TestTasks.SMALL, 4).next().inputs()).isEqualTo(first);
        assertThat(new BatchSampler(task, TestTasks.SMALL, 5).next().inputs()).isNotEqualTo(first);
    }

    @Test
    void populationBatchHasExactlyTheCovariance() {
        LinearTask task = TestTasks.task(100, .1, 1);
        Batch population = Batch.population(task.train(), task.features());

        assertThat(population.secondMoment().distance2(task.train().covariance().matrix()))
                .isLessThan(1e-12);
    }

    @Test
    void signsAreBalancedAndUncorrelated() {
        double[] signs = new double[64_000];
        Draws.fillSigns(signs, new SplittableRandom(8));
        double sum = 0;
        double product = 0;
        for (int i = 1; i < signs.length; i++) {
            sum += signs[i];
            product += signs[i] * signs[i - 1];
        }

        assertThat(Math.abs(sum) / signs.length).isLessThan(.02);
        assertThat(Math.abs(product) / signs.length).isLessThan(.02);
    }
}
