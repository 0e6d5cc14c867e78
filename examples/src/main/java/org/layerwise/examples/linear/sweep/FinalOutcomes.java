package org.layerwise.examples.linear.sweep;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.examples.linear.Batch;
import org.layerwise.examples.linear.BatchSampler;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.LockstepTraining;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Measures;
import org.layerwise.examples.linear.Prediction;
import org.layerwise.examples.linear.Theory;
import org.layerwise.examples.linear.Trainer;
import org.layerwise.settings.NumericalException;

/** Trains contenders on the same batches and measures where they end: a race without pictures of the way. */
final class FinalOutcomes {
    private static final Measurement NOWHERE =
            new Measurement(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    private FinalOutcomes() {}

    /** One outcome per contender, in their order. */
    static List<Outcome> run(LockstepTraining.Conditions conditions, List<Contender> contenders, int iterations) {
        LinearTask task =
                LinearTask.random(conditions.sizes(), conditions.kappa(), conditions.noise(), conditions.seed());
        LinearTask.Start start = LinearTask.start(conditions.sizes(), conditions.seed());
        Measures measures = new Measures(task);
        double startLoss = measures.of(start.features(), start.head()).trainLoss();
        List<ActiveContender> lanes = new ArrayList<>();
        for (Contender contender : contenders) {
            lanes.add(new ActiveContender(contender, start, conditions));
        }
        BatchSampler sampler = new BatchSampler(task, conditions.sizes(), conditions.seed());
        for (int iteration = 0; iteration < iterations; iteration++) {
            try (Batch batch = sampler.next()) {
                lanes.forEach(lane -> lane.step(batch));
            }
        }
        Theory theory = new Theory(task);
        return lanes.stream()
                .map(lane -> lane.finish(conditions, startLoss, measures, theory))
                .toList();
    }

    /** One contender in training. */
    private static final class ActiveContender {
        private final Contender contender;
        private final Trainer trainer;
        private boolean failed;

        ActiveContender(Contender contender, LinearTask.Start start, LockstepTraining.Conditions conditions) {
            this.contender = contender;
            trainer = contender.method().trainer(start, contender.learningRate(), conditions.dampings());
        }

        void step(Batch batch) {
            if (failed) {
                return;
            }
            try {
                trainer.step(batch);
                failed = !Double.isFinite(
                        trainer.network().model().params().sumNumber().doubleValue());
            } catch (NumericalException e) {
                // A matrix of exploding weights has no factorisation: that is a result of the sweep.
                failed = true;
            }
        }

        Outcome finish(LockstepTraining.Conditions conditions, double startLoss, Measures measures, Theory theory) {
            Measurement end = failed ? NOWHERE : measure(measures);
            trainer.close();
            Prediction prediction = contender
                    .method()
                    .predict(
                            theory,
                            contender.learningRate(),
                            conditions.dampings(),
                            conditions.sizes().batch());
            return Outcome.of(contender, conditions.kappa(), conditions.seed(), startLoss, end, prediction);
        }

        private Measurement measure(Measures measures) {
            try {
                return measures.of(
                        trainer.network().features(), trainer.network().head());
            } catch (NumericalException e) {
                // Features that have collapsed onto fewer directions have no best head.
                return NOWHERE;
            }
        }
    }
}
