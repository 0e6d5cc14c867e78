package org.layerwise.examples.linear.batchnorm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.layerwise.examples.linear.Batch;
import org.layerwise.examples.linear.BatchSampler;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.Trainer;
import org.layerwise.settings.NumericalException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The variants on one task, in lockstep on the same batches.
 *
 * @param settings sizes, steps and variants
 * @param orientation of the inputs
 * @param seed of task, start and batches
 */
record Training(BatchNormSettings settings, LinearTask.Orientation orientation, long seed) {
    private static final Logger LOG = LoggerFactory.getLogger(Training.class);

    /** One run per variant, in their order. */
    List<Run> run() {
        LinearTask task = LinearTask.random(settings.sizes(), settings.kappa(), settings.noise(), seed, orientation);
        LinearTask.Start start = LinearTask.start(settings.sizes(), seed);
        NormalisedMeasures measures = new NormalisedMeasures(task);
        List<ActiveContender> lanes = new ArrayList<>();
        for (Variant variant : settings.variants()) {
            lanes.add(new ActiveContender(settings, variant, variant.trainer(start, settings.dampings()), measures));
        }
        lanes.forEach(lane -> lane.record(0));
        BatchSampler sampler = new BatchSampler(task, settings.sizes(), seed);
        for (int iteration = 1; iteration <= settings.iterations(); iteration++) {
            try (Batch batch = sampler.next()) {
                for (ActiveContender lane : lanes) {
                    lane.step(batch, iteration);
                }
            }
        }
        return lanes.stream().map(this::finish).toList();
    }

    private Run finish(ActiveContender lane) {
        lane.trainer.close();
        double condition = lane.measures.inputCondition(lane.variant.normalisation());
        return new Run(orientation, lane.variant.id(), seed, condition, lane.states);
    }

    /** One variant in training. */
    private static final class ActiveContender {
        private final Variant variant;
        private final Trainer trainer;
        private final NormalisedMeasures measures;
        private final int last;
        private final Set<Integer> recorded;
        private final TreeMap<Integer, State> states = new TreeMap<>();
        private boolean diverged;

        ActiveContender(BatchNormSettings settings, Variant variant, Trainer trainer, NormalisedMeasures measures) {
            this.variant = variant;
            this.trainer = trainer;
            this.measures = measures;
            last = settings.iterations(variant);
            recorded = new HashSet<>(settings.recorded(variant));
        }

        void step(Batch batch, int iteration) {
            if (diverged || iteration > last) {
                return;
            }
            try {
                trainer.step(batch);
                if (recorded.contains(iteration)) {
                    record(iteration);
                }
            } catch (NumericalException e) {
                LOG.info("{} failed at iteration {}: {}", variant.label(), iteration, e.getMessage());
                diverged = true;
            }
        }

        void record(int iteration) {
            State state = measures.of(trainer.network(), variant.normalisation());
            diverged = !state.isFinite();
            if (diverged) {
                LOG.info("{} diverged by iteration {}", variant.label(), iteration);
            } else {
                states.put(iteration, state);
            }
        }
    }
}
