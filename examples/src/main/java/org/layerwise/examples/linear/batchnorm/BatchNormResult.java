package org.layerwise.examples.linear.batchnorm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.numeric.Quantiles;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * All runs of the experiment.
 *
 * @param settings what was run
 * @param runs one per orientation, variant and seed
 */
record BatchNormResult(BatchNormSettings settings, List<Run> runs) {
    /** Columns of a row: the state of one run after one iteration. */
    static final List<String> COLUMNS = List.of(
            "orientation",
            "variant",
            "seed",
            "input_condition",
            "iteration",
            "train_loss",
            "distance",
            "transfer_loss",
            "recomputed_distance",
            "recomputed_transfer_loss");

    /** Freezes the list. */
    BatchNormResult {
        runs = List.copyOf(runs);
    }

    /** One row per state of a run. */
    static List<Row> rows(Run run) {
        List<Row> rows = new ArrayList<>();
        for (Map.Entry<Integer, State> entry : run.entries()) {
            State state = entry.getValue();
            rows.add(Row.of(
                    run.orientation().id(),
                    run.variant(),
                    run.seed(),
                    run.inputCondition(),
                    entry.getKey(),
                    state.trainLoss(),
                    state.distance(),
                    state.transferLoss(),
                    state.recomputedDistance(),
                    state.recomputedLoss()));
        }
        return rows;
    }

    /** The runs in a table of such rows. */
    static BatchNormResult of(BatchNormSettings settings, ResultTable table) {
        Map<List<String>, Run> runs = new LinkedHashMap<>();
        for (Row row : table.rows()) {
            List<String> key =
                    List.of(table.text(row, "orientation"), table.text(row, "variant"), table.text(row, "seed"));
            Run run = runs.computeIfAbsent(key, k -> empty(table, row));
            run.states().put((int) table.number(row, "iteration"), state(table, row));
        }
        return new BatchNormResult(settings, List.copyOf(runs.values()));
    }

    /** Runs of one variant, over the seeds. */
    List<Run> of(LinearTask.Orientation orientation, Variant variant) {
        return runs.stream()
                .filter(run -> run.orientation() == orientation && run.variant().equals(variant.id()))
                .toList();
    }

    /** A measure at the variant's last iteration, per seed. */
    double[] last(LinearTask.Orientation orientation, Variant variant, ToDoubleFunction<State> measure) {
        return at(orientation, variant, settings.iterations(variant), measure);
    }

    /** Median over the seeds of a measure at the last iteration. */
    double median(LinearTask.Orientation orientation, Variant variant, ToDoubleFunction<State> measure) {
        return Quantiles.median(last(orientation, variant, measure));
    }

    /** A measure after some iterations, per seed. */
    double[] at(LinearTask.Orientation orientation, Variant variant, int iteration, ToDoubleFunction<State> measure) {
        return of(orientation, variant).stream()
                .mapToDouble(run -> run.at(iteration, measure))
                .toArray();
    }

    private static Run empty(ResultTable table, Row row) {
        String id = table.text(row, "orientation");
        LinearTask.Orientation orientation = Arrays.stream(LinearTask.Orientation.values())
                .filter(value -> value.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No orientation is named '" + id + "'"));
        long seed = Long.parseLong(table.text(row, "seed"));
        double condition = table.number(row, "input_condition");
        return new Run(orientation, table.text(row, "variant"), seed, condition, new TreeMap<>());
    }

    private static State state(ResultTable table, Row row) {
        return new State(
                table.number(row, "train_loss"),
                table.number(row, "distance"),
                table.number(row, "transfer_loss"),
                table.number(row, "recomputed_distance"),
                table.number(row, "recomputed_transfer_loss"));
    }
}
