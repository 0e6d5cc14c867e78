package org.layerwise.examples.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

final class CurvatureMatrixTest {
    private final LinearTask task = TestTasks.task(10, .2, 1);
    private final Batch batch = new BatchSampler(task, TestTasks.SMALL, 1).next();
    private final TwoLayerNetwork network = TwoLayerNetwork.create(TestTasks.start(1), new Sgd(0), new Sgd(0));

    /** Outputs of the network on the batch, [n, dY]. */
    private INDArray outputs() {
        return batch.inputs()
                .mmul(network.features().transpose())
                .mmul(network.head().transpose());
    }

    private double loss() {
        double error = outputs().sub(batch.targets()).norm2Number().doubleValue();
        return error * error / (2 * batch.size());
    }

    @Test
    void gradientIsThatOfTheLossTheRatesReferTo() {
        INDArray gradient = network.gradient(batch);
        INDArray parameters = network.model().params();
        for (int i : new int[] {0, 7, 25, 59, 60, 64, 77}) {
            double original = parameters.getDouble(i);
            double step = 1e-5;
            parameters.putScalar(i, original + step);
            double up = loss();
            parameters.putScalar(i, original - step);
            double down = loss();
            parameters.putScalar(i, original);

            assertThat(gradient.getDouble(i)).as("entry %s", i).isCloseTo((up - down) / (2 * step), within(1e-6));
        }
    }

    @Test
    void gaussNewtonMatrixIsJacobianTimesJacobian() {
        INDArray jacobian = jacobian();
        INDArray expected = jacobian.mmul(jacobian.transpose()).div(batch.size());

        INDArray matrix = CurvatureMatrix.GAUSS_NEWTON.of(network, batch);

        assertThat(matrix.distance2(expected) / expected.norm2Number().doubleValue())
                .isLessThan(1e-8);
    }

    @Test
    void empiricalFisherAveragesSquaredGradients() {
        INDArray residual = outputs().sub(batch.targets());
        int parameters = TestTasks.SMALL.parameters();
        INDArray expected = Nd4j.zeros(residual.dataType(), parameters, parameters);
        for (int i = 0; i < batch.size(); i++) {
            try (Batch single = new Batch(row(batch.inputs(), i), row(batch.targets(), i))) {
                INDArray gradient = network.gradient(single).reshape(parameters, 1);
                expected.addi(gradient.mmul(gradient.transpose()).divi(batch.size()));
            }
        }

        INDArray matrix = CurvatureMatrix.EMPIRICAL_FISHER.of(network, batch);

        assertThat(matrix.distance2(expected) / expected.norm2Number().doubleValue())
                .isLessThan(1e-12);
    }

    @Test
    void dampingIsAddedToTheDiagonal() {
        INDArray plain = CurvatureMatrix.GAUSS_NEWTON.of(network, batch);
        INDArray damped = CurvatureMatrix.GAUSS_NEWTON.damped(network, batch, .25);

        INDArray difference = damped.sub(plain);

        assertThat(difference.distance2(
                        Nd4j.eye(plain.rows()).castTo(plain.dataType()).mul(.25)))
                .isLessThan(1e-12);
    }

    /** Numerical Jacobian of all outputs, [p, n dY]; the outputs are quadratic, so central differences are exact. */
    private INDArray jacobian() {
        INDArray parameters = network.model().params();
        int count = (int) parameters.length();
        INDArray jacobian =
                Nd4j.create(parameters.dataType(), count, batch.targets().length());
        for (int i = 0; i < count; i++) {
            double original = parameters.getDouble(i);
            parameters.putScalar(i, original + .5);
            INDArray up = outputs().dup('c');
            parameters.putScalar(i, original - .5);
            INDArray down = outputs().dup('c');
            parameters.putScalar(i, original);
            jacobian.putRow(i, up.subi(down).reshape(up.length()));
        }
        return jacobian;
    }

    private static INDArray row(INDArray matrix, int row) {
        return matrix.getRow(row, true).dup();
    }
}
