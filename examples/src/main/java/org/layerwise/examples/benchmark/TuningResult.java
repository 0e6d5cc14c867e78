package org.layerwise.examples.benchmark;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.layerwise.examples.numeric.Quantiles;
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

    /** Ends of an entrant's runs. */
    List<Checkpoint> of(Entrant entrant) {
        return ends.stream()
                .filter(end -> end.trial().entrant().equals(entrant))
                .toList();
    }

    /** Training loss of an entrant by rate, median over the seeds; a run that diverged counts as infinite. */
    SortedMap<Double, Double> losses(Entrant entrant) {
        SortedMap<Double, Double> losses = new TreeMap<>();
        for (Checkpoint end : of(entrant)) {
            losses.computeIfAbsent(end.trial().rate(), rate -> median(entrant, rate));
        }
        return losses;
    }

    private double median(Entrant entrant, double rate) {
        return Quantiles.median(of(entrant).stream()
                .filter(end -> end.trial().rate() == rate)
                .mapToDouble(Checkpoint::trainLoss)
                .map(loss -> Double.isFinite(loss) ? loss : Double.POSITIVE_INFINITY)
                .toArray());
    }

    /** The learning rate of an entrant; nothing if it diverged at all of them. */
    Optional<Choice> choice(Entrant entrant) {
        return Choice.among(entrant, losses(entrant));
    }

    /** The learning rates of all entrants that have one. */
    List<Choice> choices() {
        return settings.entrants().stream()
                .flatMap(entrant -> choice(entrant).stream())
                .toList();
    }
}
