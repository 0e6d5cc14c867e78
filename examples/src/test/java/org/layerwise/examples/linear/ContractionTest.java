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
        List<Measurement> round = train(Method.KFAC, .1, 1, 50);
        List<Measurement> flat = train(Method.KFAC, .1, kappa, 50);

        for (int t = 10; t <= 50; t += 10) {
            double ratio = flat.get(t).trainLoss() / round.get(t).trainLoss();
            assertThat(ratio).as("iteration %s", t).isBetween(.5, 2.0);
            assertThat(flat.get(t).outside())
                    .isCloseTo(
                            round.get(t).outside(), within(1e-6 * round.get(t).outside()));
        }
        assertThat(flat.get(50).trainLoss()).isLessThan(1e-3 * flat.get(0).trainLoss());
    }

    /**
     * Factor of the error outside the true features on the whole population, near the solution, once it has fallen to
     * {@code reduction} and the slowest modes are left.
     */
    private static double asymptoticFactor(
            Method method, LinearTask task, double rate, double damping, double reduction) {
        Measures measures = new Measures(task);
        Batch population = Batch.population(task.train(), task.features());
        double first = 0;
        double before = 0;
        double after = 0;
        Dampings dampings = new Dampings(damping, 1e-4, 1e-4);
        try (Trainer trainer = method.trainer(TestTasks.nearSolution(task, 1e-3), rate, dampings)) {
            do {
                trainer.step(population);
                before = after;
                after = measures.of(trainer.network().features(), task.train().head())
                        .outside();
                first = Math.max(first, after);
            } while (before == 0 || after > reduction * first);
        }
        return after / before;
    }

    private static LinearTask noiseFree(double kappa) {
        return LinearTask.random(SIZES, kappa, 0, 1);
    }

    private static void assertRate(double measured, double predicted, double tolerance) {
        assertThat(1 - measured).isCloseTo(1 - predicted, within(tolerance * (1 - predicted)));
    }

    @ParameterizedTest
    @CsvSource({"10, 0, .001", "100, 0, .001", "100, .1, .05", "100, 1, .15"})
    void kfacRateWithDampingIsThePredictedOne(double kappa, double damping, double tolerance) {
        LinearTask task = noiseFree(kappa);

        double measured = asymptoticFactor(Method.KFAC, task, .5, damping, 1e-3);

        assertRate(measured, new Theory(task).kfacContraction(.5, damping), tolerance);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 10, 100})
    void rightOnlyRateKeepsTheConditioningOfTheHeadOnly(double kappa) {
        LinearTask task = noiseFree(kappa);

        double measured = asymptoticFactor(Method.RIGHT_ONLY, task, .04, 0, 1e-4);

        assertRate(measured, new Theory(task).rightContraction(.04, 0), .03);
    }

    @ParameterizedTest
    @CsvSource({"1, .001", "10, .1"})
    void leftOnlyRateKeepsTheConditioningOfTheInputsOnly(double kappa, double tolerance) {
        LinearTask task = noiseFree(kappa);

        double measured = asymptoticFactor(Method.LEFT_ONLY, task, .4, 0, 1e-7);

        assertRate(measured, new Theory(task).leftContraction(.4), tolerance);
    }

    @ParameterizedTest
    @CsvSource({"1, .01", "10, .1"})
    void amgdRateSuffersFromBothConditionNumbers(double kappa, double tolerance) {
        LinearTask task = noiseFree(kappa);

        double measured = asymptoticFactor(Method.AMGD, task, .02, 0, 1e-8);

        assertRate(measured, new Theory(task).plainContraction(.02), tolerance);
    }
}
