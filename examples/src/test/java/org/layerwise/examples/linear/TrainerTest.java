package org.layerwise.examples.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.internal.linalg.Cholesky;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One step of every method against its formula, and what all methods share. */
final class TrainerTest {
    private static final double RATE = .05;
    private static final Dampings DAMPINGS = new Dampings(1e-3, 1e-4, 1e-2);

    private final LinearTask task = TestTasks.task(10, .2, 1);
    private final LinearTask.Start start = TestTasks.start(1);
    private final Batch batch = new BatchSampler(task, TestTasks.SMALL, 1).next();

    private TwoLayerNetwork step(Method method) {
        try (Trainer trainer = method.trainer(start, RATE, DAMPINGS)) {
            trainer.step(batch);
            return trainer.network();
        }
    }

    /** {@code F^T R^T X / n} with {@code R = X G^T F^T - Y}. */
    private INDArray featureGradient(INDArray features, INDArray head) {
        return head.transpose()
                .mmul(residual(features, head).transpose())
                .mmul(batch.inputs())
                .div(batch.size());
    }

    private INDArray residual(INDArray features, INDArray head) {
        return batch.inputs().mmul(features.transpose()).mmul(head.transpose()).subi(batch.targets());
    }

    private static void assertClose(INDArray actual, INDArray expected) {
        assertThat(actual.distance2(expected)).isLessThan(1e-10);
    }

    @ParameterizedTest
    @EnumSource
    void everyMethodStartsAtTheStart(Method method) {
        try (Trainer trainer = method.trainer(start, RATE, DAMPINGS)) {
            assertClose(trainer.network().features(), start.features());
            assertClose(trainer.network().head(), start.head());
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyMethodLowersTheTrainingLoss(Method method) {
        Measures measures = new Measures(task);
        BatchSampler sampler = new BatchSampler(task, TestTasks.SMALL, 3);
        try (Trainer trainer = method.trainer(start, RATE, DAMPINGS)) {
            for (int i = 0; i < 30; i++) {
                trainer.step(sampler.next());
            }
            TwoLayerNetwork network = trainer.network();

            assertThat(measures.of(network.features(), network.head()).trainLoss())
                    .isLessThan(measures.of(start.features(), start.head()).trainLoss());
        }
    }

    @Test
    void sgdStepsInTheUnitsOfTheLoss() {
        INDArray gradientF = residual(start.features(), start.head())
                .transpose()
                .mmul(batch.inputs().mmul(start.features().transpose()))
                .div(batch.size());

        TwoLayerNetwork network = step(Method.SGD);

        assertClose(
                network.features(),
                start.features()
                        .sub(featureGradient(start.features(), start.head()).mul(RATE)));
        assertClose(network.head(), start.head().sub(gradientF.mul(RATE)));
    }

    @Test
    void amgdSolvesTheHeadAndThenStepsAtIt() {
        INDArray head = LeastSquares.head(start.features(), batch);

        TwoLayerNetwork network = step(Method.AMGD);

        assertClose(network.head(), head);
        assertClose(
                network.features(),
                start.features().sub(featureGradient(start.features(), head).mul(RATE)));
    }

    @Test
    void kfacStepsAsInEquation5() {
        INDArray gradient = featureGradient(start.features(), start.head());
        INDArray left = start.head().transpose().mmul(start.head());
        INDArray features = start.features()
                .sub(Cholesky.factor(left).solve(gradient).mmul(whitening()).mul(RATE));

        TwoLayerNetwork network = step(Method.KFAC);

        assertClose(network.features(), features);
        assertClose(network.head(), movedHead(features));
    }

    @Test
    void rightOnlyStepsWithTheInputSide() {
        INDArray gradient = featureGradient(start.features(), start.head());
        INDArray features = start.features().sub(gradient.mmul(whitening()).mul(RATE));

        TwoLayerNetwork network = step(Method.RIGHT_ONLY);

        assertClose(network.features(), features);
        assertClose(network.head(), movedHead(features));
    }

    @Test
    void leftOnlyStepsWithTheOutputSide() {
        INDArray gradient = featureGradient(start.features(), start.head());
        INDArray left = start.head().transpose().mmul(start.head());
        INDArray features =
                start.features().sub(Cholesky.factor(left).solve(gradient).mul(RATE));

        TwoLayerNetwork network = step(Method.LEFT_ONLY);

        assertClose(network.features(), features);
        assertClose(network.head(), movedHead(features));
    }

    /** {@code (X^T X / n + lambda I)^-1}. */
    private INDArray whitening() {
        INDArray moment = batch.secondMoment();
        moment.addi(Nd4j.eye(moment.rows()).castTo(moment.dataType()).mul(DAMPINGS.inputs()));
        return Cholesky.factor(moment).inverse();
    }

    private INDArray movedHead(INDArray features) {
        INDArray target = LeastSquares.head(features, batch);
        return start.head().mul(1 - RATE).add(target.mul(RATE));
    }

    @Test
    void leastSquaresHeadLeavesNoGradient() {
        INDArray head = LeastSquares.head(start.features(), batch);
        INDArray activations = batch.inputs().mmul(start.features().transpose());

        INDArray gradient = residual(start.features(), head).transpose().mmul(activations);

        assertThat(gradient.norm2Number().doubleValue()).isLessThan(1e-10);
    }

    @Test
    void naturalGradientSolvesTheDampedSystem() {
        try (Trainer trainer = Method.NGD.trainer(start, RATE, DAMPINGS)) {
            INDArray before = trainer.network().model().params().dup();
            INDArray gradient = trainer.network().gradient(batch);
            INDArray matrix = CurvatureMatrix.GAUSS_NEWTON.damped(trainer.network(), batch, DAMPINGS.naturalGradient());

            trainer.step(batch);

            INDArray step = before.sub(trainer.network().model().params()).reshape(gradient.length(), 1);
            INDArray product = matrix.mmul(step).divi(RATE).reshape(gradient.length());
            assertThat(product.distance2(gradient) / gradient.norm2Number().doubleValue())
                    .isCloseTo(0, within(1e-8));
        }
    }

    /** {@code W_adamw = W_adam - eta 0.01 W_0}, once: DL4J applies a decay that is set on the network twice. */
    @Test
    void adamWDecaysTheWeightsOnce() {
        INDArray decay = start.features().mul(RATE * .01);

        assertClose(step(Method.ADAMW).features(), step(Method.ADAM).features().sub(decay));
    }
}
