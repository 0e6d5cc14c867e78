package org.layerwise.examples.benchmark;

import java.util.List;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.run.Backend;
import org.layerwise.examples.run.Cell;

/** Training runs as cells: one run each, kept when finished. */
final class TrainingCells {
    /** Examples that cost as much as one step. */
    private static final int EXAMPLES_PER_STEP = 50;

    private TrainingCells() {}

    /** The cell of a run. */
    static Cell of(BenchmarkSettings settings, Data data, Trial trial, int warmUp) {
        Conditions conditions = settings.conditions();
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
        return new Cell(trial.id(), parameters, cost, () -> rows(conditions, data, trial, warmUp));
    }

    private static List<Row> rows(Conditions conditions, Data data, Trial trial, int warmUp) {
        return TrainingRun.run(conditions, data.corpus(), trial, warmUp).stream()
                .map(Checkpoint::row)
                .toList();
    }
}
