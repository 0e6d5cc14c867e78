package org.layerwise.examples.benchmark;

import java.util.function.UnaryOperator;
import org.layerwise.examples.run.Backend;
import org.layerwise.examples.run.Cell;

/** Training runs as cells: one run each, kept when finished. */
final class TrainingCells {
    /** Examples that cost as much as one step. */
    private static final int EXAMPLES_PER_STEP = 50;

    private TrainingCells() {}

    /** A run whose times count: alone, and after some steps of warming up. */
    static Cell timed(BenchmarkSettings settings, Data data, Trial trial) {
        return of(settings.conditions(), data, trial, settings.warmUp(), checkpoint -> checkpoint);
    }

    /** A run of which only the losses are kept. */
    static Cell untimed(BenchmarkSettings settings, Data data, Trial trial) {
        return of(settings.conditions(), data, trial, 0, Checkpoint::withoutTimes);
    }

    private static Cell of(
            Conditions conditions, Data data, Trial trial, int warmUp, UnaryOperator<Checkpoint> recorded) {
        // The updater's text holds its defaults, and times depend on the threads.
        String parameters = String.join(
                "\n",
                conditions.toString(),
                data.source(),
                trial.toString(),
                trial.entrant()
                        .optimizer()
                        .updater(trial.rate(), conditions.problem().loss())
                        .toString(),
                warmUp + " steps of warming up",
                Backend.load(Backend.Choice.ANY).toString());
        long cost = conditions.steps(trial.entrant().batch()) + conditions.examples() / EXAMPLES_PER_STEP;
        return new Cell(
                trial.id(),
                parameters,
                cost,
                () -> TrainingRun.run(conditions, data.corpus(), trial, warmUp).stream()
                        .map(checkpoint -> recorded.apply(checkpoint).row())
                        .toList());
    }
}
