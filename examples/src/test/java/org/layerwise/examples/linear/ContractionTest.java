package org.layerwise.examples.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rates of the methods without label noise, against the theory. */
final class ContractionTest {
    private static final Dimensions SIZES = new Dimensions(40, 15, 5, 160);
    private static final Dampings UNDAMPED = new Dampings(0, 1e-4, 1e-4);

    /** Measurements of a run from a random start on fresh noise-free batches. */
    private static List<Measurement> train(Method method, double rate, double kappa, int steps) {
        LinearTask task = LinearTask.random(SIZES, kappa, 0, 1);
        Measures measures = new Measures(task);
        BatchSampler sampler = new BatchSampler(task, SIZES, 1);
        List<Measurement> measurements = new ArrayList<>();
        try (Trainer trainer = method.trainer(LinearTask.start(SIZES, 1), rate, UNDAMPED)) {
            measurements.add(
                    measures.of(trainer.network().features(), trainer.network().head()));
            for (int i = 0; i < steps; i++) {
                try (Batch batch = sampler.next()) {
                    trainer.step(batch);
                }
                measurements.add(measures.of(
                        trainer.network().features(), trainer.network().head()));
            }
        }
        return measurements;
    }

    @ParameterizedTest
    @CsvSource({"1, .1", "100, .1", "1000, .1", "1000, .5", "100, .01"})
    void kfacContractsByExactlyOneMinusTheRateAtEveryStep(double kappa, double rate) {
        List<Measurement> measurements = train(Method.KFAC, rate, kappa, 15);

        for (int t = 1; t < measurements.size(); t++) {
            double factor =
                    measurements.get(t).outside() / measurements.get(t - 1).outside();
            assertThat(factor).as("step %s", t).isCloseTo(1 - rate, within(1e-6));
        }
    }

    @Test
    void kfacWithRateOneFindsTheFeaturesInOneStep() {
        List<Measurement> measurements = train(Method.KFAC, 1, 100, 1);

        assertThat(measurements.get(0).subspaceDistance()).isGreaterThan(.5);
        assertThat(measurements.get(1).subspaceDistance()).isLessThan(1e-9);
    }

    /** The features follow the same path for every kappa up to the head, which alone sees Sigma. */
    @ParameterizedTest
    @ValueSource(doubles = {100, 1000})
    void kfacLossCurvesCoincideForAllConditionNumbers(double kappa) {
        List<Measurement> round = train(Method.KFAC, .05, 1, 100);
        List<Measurement> flat = train(Method.KFAC, .05, kappa, 100);

        for (int t = 20; t <= 100; t += 20) {
            double ratio = flat.get(t).trainLoss() / round.get(t).trainLoss();
            assertThat(ratio).as("iteration %s", t).isBetween(1 / 1.5, 1.5);
            assertThat(flat.get(t).outside())
                    .isCloseTo(
                            round.get(t).outside(), within(1e-6 * round.get(t).outside()));
        }
    }

    /** Asymptotic factor of ||E|| near the solution on the whole population, by running until the slowest mode is left. */
    private static double asymptoticFactor(Method method, LinearTask task, double rate, Dampings dampings, int steps) {
        Measures measures = new Measures(task);
        Batch population = Batch.population(task.train(), task.features());
        LinearTask.Start start = TestTasks.nearSolution(task, 1e-4);
        double before = 0;
        double after = 0;
        try (Trainer trainer = method.trainer(start, rate, dampings)) {
            for (int i = 0; i < steps; i++) {
                trainer.step(population);
                before = after;
                after = measures.of(trainer.network().features(), task.train().head())
                        .outside();
            }
        }
        return after / before;
    }

    @ParameterizedTest
    @CsvSource({"10, 0", "100, 0", "100, .1", "100, 1"})
    void kfacRateWithDampingIsThePredictedOne(double kappa, double damping) {
        LinearTask task = LinearTask.random(SIZES, kappa, 0, 1);
        double predicted = new Theory(task).kfacContraction(.5, damping);

        double measured = asymptoticFactor(Method.KFAC, task, .5, new Dampings(damping, 1e-4, 1e-4), 25);

        assertThat(1 - measured).isCloseTo(1 - predicted, within(.03 * (1 - predicted)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 10, 100})
    void rightOnlyRateKeepsTheConditioningOfTheHeadOnly(double kappa) {
        LinearTask task = LinearTask.random(SIZES, kappa, 0, 1);
        double rate = .04;
        double predicted = new Theory(task).rightContraction(rate, 0);

        double measured = asymptoticFactor(Method.RIGHT_ONLY, task, rate, UNDAMPED, 80);

        assertThat(1 - measured).isCloseTo(1 - predicted, within(.03 * (1 - predicted)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 10})
    void leftOnlyRateKeepsTheConditioningOfTheInputsOnly(double kappa) {
        LinearTask task = LinearTask.random(SIZES, kappa, 0, 1);
        double rate = .4;
        double predicted = new Theory(task).leftContraction(rate);

        double measured = asymptoticFactor(Method.LEFT_ONLY, task, rate, UNDAMPED, 150);

        assertThat(1 - measured).isCloseTo(1 - predicted, within(.1 * (1 - predicted)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 10})
    void amgdRateSuffersFromBothConditionNumbers(double kappa) {
        LinearTask task = LinearTask.random(SIZES, kappa, 0, 1);
        double rate = .02;
        double predicted = new Theory(task).plainContraction(rate);

        double measured = asymptoticFactor(Method.AMGD, task, rate, UNDAMPED, 200);

        assertThat(1 - measured).isCloseTo(1 - predicted, within(.1 * (1 - predicted)));
    }
}
