package org.layerwise.examples.linear.natural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.examples.linear.Batch;
import org.layerwise.examples.linear.BatchSampler;
import org.layerwise.examples.linear.CurvatureMatrix;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Trainer;
import org.layerwise.examples.linear.TwoLayerNetwork;
import org.layerwise.internal.linalg.Cholesky;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** What explains the behaviour of natural gradient descent with the empirical Fisher matrix. */
final class EmpiricalFisherTest {
    private static final Dimensions SIZES = new Dimensions(10, 5, 2, 80);
    private static final double DAMPING = 1e-6;

    private final LinearTask task = LinearTask.random(SIZES, 10, .1, 1);
    private final LinearTask.Start start = LinearTask.start(SIZES, 1);

    /** {@code g^T (H + gamma I)^-1 g}: decrease of the loss per step over the rate, to first order. */
    private static double decrease(CurvatureMatrix curvature, TwoLayerNetwork network, Batch batch) {
        INDArray gradient = network.gradient(batch);
        INDArray column = gradient.reshape(gradient.length(), 1);
        INDArray solved =
                Cholesky.factor(curvature.damped(network, batch, DAMPING)).solve(column.dup());
        return solved.muli(column).sumNumber().doubleValue();
    }

    /** Whatever the scale of the residuals; with the Gauss-Newton matrix the decrease grows with the loss. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 30})
    void stepLowersTheLossByAtMostTheRate(double scale) {
        TwoLayerNetwork network = TwoLayerNetwork.create(start, new Sgd(0), new Sgd(0));
        try (Batch batch = new BatchSampler(task, SIZES, 1).next()) {
            batch.targets().muli(scale);

            double decrease = decrease(CurvatureMatrix.EMPIRICAL_FISHER, network, batch);

            assertThat(decrease).isBetween(.1, 1.0);
            assertThat(decrease(CurvatureMatrix.GAUSS_NEWTON, network, batch)).isGreaterThan(scale * scale);
        }
    }

    /** {@code eta gamma (H + gamma I)^-1 g -> eta g} for a damping far above the curvature. */
    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"NGD", "NGD_EMPIRICAL"})
    void largeDampingIsGradientDescent(Method method) {
        double damping = 1e9;
        double rate = .01;
        try (Batch batch = new BatchSampler(task, SIZES, 1).next();
                Trainer natural = method.trainer(start, rate * damping, new Dampings(0, damping, damping));
                Trainer plain = Method.SGD.trainer(start, rate, new Dampings(0, 1, 1))) {
            natural.step(batch);
            plain.step(batch);

            INDArray expected = plain.network().model().params();
            assertThat(natural.network().model().params().distance2(expected)).isLessThan(1e-5);
        }
    }

    @Test
    void dampingGoesToNaturalGradientsOwnMatrix() {
        Dampings ngd = new Curvature(Method.NGD_EMPIRICAL, .5).dampings(1e-5);
        Dampings kfac = new Curvature(Method.KFAC, 1e-5).dampings(1e-5);

        assertThat(ngd.empiricalFisher()).isCloseTo(.5, within(0.0));
        assertThat(ngd.inputs()).isEqualTo(1e-5);
        assertThat(kfac.inputs()).isEqualTo(1e-5);
    }
}
