package org.layerwise.examples.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

/** DL4J's batch normalisation of [n, size] inputs in double precision, and the inputs it is tried on. */
final class NormalisationTest {
    private static final double STEP = 1e-5;

    private final LinearTask task = LinearTask.random(TestTasks.SMALL, 10, .2, 1, LinearTask.Orientation.AXIS_ALIGNED);

    private static TwoLayerNetwork network(Normalisation normalisation) {
        return TwoLayerNetwork.create(TestTasks.start(1), normalisation, new Sgd(0), new Sgd(0));
    }

    private static double loss(TwoLayerNetwork network, Batch batch) {
        INDArray outputs =
                network.trainingActivations(batch).mmul(network.head().transpose());
        double error = outputs.sub(batch.targets()).norm2Number().doubleValue();
        return error * error / (2 * batch.size());
    }

    @ParameterizedTest
    @EnumSource
    void gradientGoesThroughTheStatisticsOfTheBatch(Normalisation normalisation) {
        TwoLayerNetwork network = network(normalisation);
        try (Batch batch = new BatchSampler(task, TestTasks.SMALL, 1).next()) {
            network.model().setInput(batch.inputs());
            network.model().setLabels(batch.targets());
            network.model().computeGradientAndScore();
            INDArray gradient = network.model()
                    .gradient()
                    .getGradientFor((normalisation == Normalisation.INPUT ? 1 : 0) + "_W")
                    .mul(TwoLayerNetwork.lossScale(TestTasks.SMALL.outputs()) / batch.size())
                    .transpose();
            INDArray features = network.features();
            for (int i = 0; i < features.columns(); i += 3) {
                int row = i % features.rows();
                double original = features.getDouble(row, i);
                features.putScalar(row, i, original + STEP);
                double up = loss(network, batch);
                features.putScalar(row, i, original - STEP);
                double down = loss(network, batch);
                features.putScalar(row, i, original);

                assertThat(gradient.getDouble(row, i)).isCloseTo((up - down) / (2 * STEP), within(1e-7));
            }
        }
    }

    @Test
    void hiddenFeaturesAreStandardisedOverTheBatch() {
        try (Batch batch = new BatchSampler(task, TestTasks.SMALL, 1).next()) {
            INDArray plain = network(Normalisation.NONE).trainingActivations(batch);
            INDArray normalised = network(Normalisation.HIDDEN).trainingActivations(batch);

            INDArray variances = plain.var(false, 0);
            INDArray expected = plain.subRowVector(plain.mean(0))
                    .diviRowVector(Transforms.sqrt(variances.add(Normalisation.EPSILON)));
            assertThat(normalised.distance2(expected)).isLessThan(1e-10);
        }
    }

    /**
     * The sign of an axis-aligned input has no spread, so its variance over a batch is known to {@code 1 - mean^2}, with
     * a squared mean of 1/n times chi-square(1).
     */
    @Test
    void runningAveragesApproachTheVariancesOfTheInputs() {
        TwoLayerNetwork network = network(Normalisation.INPUT);
        BatchSampler sampler = new BatchSampler(task, TestTasks.SMALL, 1);
        int steps = 200;
        for (int i = 0; i < steps; i++) {
            try (Batch batch = sampler.next()) {
                network.fit(batch);
            }
        }
        double[] variances =
                Draws.values(task.train().covariance().eigenvalues().reshape(1, -1));
        INDArray logarithms = network.model().getLayer(0).getParam("log10stdev");
        double memory = Math.pow(Normalisation.DECAY, steps);
        double tolerance = 10.0 / TestTasks.SMALL.batch() + memory;
        for (int i = 0; i < variances.length; i++) {
            double ratio = Math.pow(10, 2 * logarithms.getDouble(i)) / variances[i];
            assertThat(ratio).isCloseTo(1, within(tolerance));
        }
    }

    @Test
    void axisAlignedInputsHaveTheSameSpectrumInDifferentOrders() {
        double[] train = Draws.values(task.train().covariance().eigenvalues().reshape(1, -1));
        double[] test = Draws.values(task.test().covariance().eigenvalues().reshape(1, -1));

        assertThat(train).isNotEqualTo(test);
        assertThat(test).containsExactlyInAnyOrder(train);
        INDArray matrix = task.train().covariance().matrix();
        assertThat(matrix.distance2(Nd4j.diag(task.train().covariance().eigenvalues())))
                .isLessThan(1e-12);
    }

    @Test
    void rotatedIsTheDefault() {
        LinearTask rotated = LinearTask.random(TestTasks.SMALL, 10, .2, 1, LinearTask.Orientation.ROTATED);

        INDArray expected = TestTasks.task(10, .2, 1).test().covariance().matrix();
        assertThat(rotated.test().covariance().matrix()).isEqualTo(expected);
    }
}
