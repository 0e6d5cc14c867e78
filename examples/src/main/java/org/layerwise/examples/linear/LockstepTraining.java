package org.layerwise.examples.linear;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.settings.NumericalException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contenders that train on the same stream of batches in lockstep, so that a batch is drawn once. After each step the
 * population measures are taken.
 */
public final class LockstepTraining {
    private static final Logger LOG = LoggerFactory.getLogger(LockstepTraining.class);

    private LockstepTraining() {}

    /**
     * A contender and how long it runs.
     *
     * @param contender method and rate
     * @param iterations steps, at least 0
     */
    public record Entry(Contender contender, int iterations) {}

    /**
     * What all contenders share.
     *
     * @param sizes dX, dY, dh and the batch size n
     * @param noise standard deviation of the label noise
     * @param kappa condition number of Sigma
     * @param seed of task, start and batches
     * @param dampings damping of every method that has one
     */
    public record Conditions(Dimensions sizes, double noise, double kappa, long seed, Dampings dampings) {}

    /** One trajectory per entry, in their order; those that diverge are cut short. */
    public static List<Trajectory> run(Conditions conditions, List<Entry> entries) {
        LinearTask task = LinearTask.random(conditions.sizes, conditions.kappa, conditions.noise, conditions.seed);
        LinearTask.Start start = LinearTask.start(conditions.sizes, conditions.seed);
        Measures measures = new Measures(task);
        List<ActiveContender> lanes = new ArrayList<>();
        for (Entry entry : entries) {
            Contender contender = entry.contender;
            Trainer trainer = contender.method().trainer(start, contender.learningRate(), conditions.dampings);
            lanes.add(new ActiveContender(entry, trainer, measures));
        }
        train(lanes, new BatchSampler(task, conditions.sizes, conditions.seed));
        Theory theory = new Theory(task);
        return lanes.stream().map(lane -> lane.finish(conditions, theory)).toList();
    }

    private static void train(List<ActiveContender> lanes, BatchSampler sampler) {
        int last = lanes.stream().mapToInt(l -> l.entry.iterations).max().orElse(0);
        for (int iteration = 1; iteration <= last; iteration++) {
            try (Batch batch = sampler.next()) {
                for (ActiveContender lane : lanes) {
                    if (iteration <= lane.entry.iterations) {
                        lane.step(batch);
                    }
                }
            }
        }
    }

    /** One contender in training. */
    private static final class ActiveContender {
        private final Entry entry;
        private final Trainer trainer;
        private final Measures measures;
        private final List<Measurement> measurements = new ArrayList<>();
        private boolean diverged;

        ActiveContender(Entry entry, Trainer trainer, Measures measures) {
            this.entry = entry;
            this.measures = measures;
            this.trainer = trainer;
            record();
        }

        void step(Batch batch) {
            if (diverged) {
                return;
            }
            try {
                trainer.step(batch);
                record();
            } catch (NumericalException e) {
                LOG.info("{} failed at iteration {}: {}", label(), measurements.size(), e.getMessage());
                diverged = true;
            }
        }

        Trajectory finish(Conditions conditions, Theory theory) {
            trainer.close();
            Contender contender = entry.contender;
            Prediction prediction = contender
                    .method()
                    .predict(theory, contender.learningRate(), conditions.dampings, conditions.sizes.batch());
            return new Trajectory(contender, conditions.kappa, conditions.seed, measurements, prediction);
        }

        private void record() {
            TwoLayerNetwork network = trainer.network();
            Measurement measurement = measures.of(network.features(), network.head());
            diverged = !measurement.isFinite();
            if (diverged) {
                LOG.info("{} diverged at iteration {}", label(), measurements.size());
            } else {
                measurements.add(measurement);
            }
        }

        private String label() {
            return entry.contender.label();
        }
    }
}
