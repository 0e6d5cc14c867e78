package org.layerwise.examples.linear.floor;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.examples.linear.Batch;
import org.layerwise.examples.linear.BatchSampler;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Measures;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Theory;
import org.layerwise.examples.linear.Trainer;

/** KFAC at every rate from the solution on, on the same fresh batches, until it wanders about its floor. */
final class FloorRun {
    private FloorRun() {}

    /** One floor per rate of the settings. */
    static List<Floor> run(FloorSettings settings, double kappa, long seed) {
        LinearTask task = LinearTask.random(settings.sizes(), kappa, settings.noise(), seed);
        Measures measures = new Measures(task);
        List<ActiveContender> lanes = new ArrayList<>();
        for (double rate : settings.rates()) {
            lanes.add(new ActiveContender(settings, task, rate));
        }
        BatchSampler sampler = new BatchSampler(task, settings.sizes(), seed);
        int last = lanes.stream().mapToInt(lane -> lane.steps).max().orElse(0);
        for (int iteration = 1; iteration <= last; iteration++) {
            try (Batch batch = sampler.next()) {
                for (ActiveContender lane : lanes) {
                    lane.step(batch, iteration, measures);
                }
            }
        }
        Theory theory = new Theory(task);
        return lanes.stream()
                .map(lane -> lane.finish(
                        kappa,
                        seed,
                        theory.noiseFloor(lane.rate, settings.sizes().batch())))
                .toList();
    }

    /** One rate. */
    private static final class ActiveContender {
        private final double rate;
        private final int burnIn;
        private final int steps;
        private final Trainer trainer;
        private double frobenius;
        private double operator;

        ActiveContender(FloorSettings settings, LinearTask task, double rate) {
            this.rate = rate;
            burnIn = settings.burnIn(rate);
            steps = settings.steps(rate);
            LinearTask.Start solution =
                    new LinearTask.Start(task.features(), task.train().head());
            trainer = Method.KFAC.trainer(solution, rate, settings.dampings());
        }

        void step(Batch batch, int iteration, Measures measures) {
            if (iteration > steps) {
                return;
            }
            trainer.step(batch);
            if (iteration > burnIn) {
                Measurement state = measures.of(
                        trainer.network().features(), trainer.network().head());
                frobenius += state.frobeniusDistance() * state.frobeniusDistance();
                operator += state.subspaceDistance() * state.subspaceDistance();
            }
        }

        Floor finish(double kappa, long seed, double predicted) {
            trainer.close();
            int averaged = steps - burnIn;
            return new Floor(
                    kappa, seed, rate, predicted, Math.sqrt(frobenius / averaged), Math.sqrt(operator / averaged));
        }
    }
}
