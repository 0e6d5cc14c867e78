package org.layerwise.examples.benchmark;

import java.util.List;
import java.util.Optional;
import org.layerwise.examples.report.ResultTable;

/**
 * All tuning runs.
 *
 * @param settings what was run
 * @param ends their last checkpoints
 */
record TuningResult(BenchmarkSettings settings, List<Checkpoint> ends) {
    static TuningResult of(BenchmarkSettings settings, ResultTable table) {
        List<Checkpoint> ends = table.rows().stream()
                .map(row -> Checkpoint.of(table, row))
                .filter(c -> c.cost().steps()
                        == settings.conditions().steps(c.trial().entrant().batch()))
                .toList();
        return new TuningResult(settings, ends);
    }

    /** Ends of an entrant's runs, by rate. */
    List<Checkpoint> of(Entrant entrant) {
        return ends.stream()
                .filter(end -> end.trial().entrant().equals(entrant))
                .toList();
    }

    /** The learning rate of an entrant; nothing if it diverged at all of them. */
    Optional<Choice> choice(Entrant entrant) {
        return Choice.among(of(entrant));
    }

    /** The learning rates of all entrants that have one. */
    List<Choice> choices() {
        return settings.entrants().stream()
                .flatMap(entrant -> choice(entrant).stream())
                .toList();
    }
}
