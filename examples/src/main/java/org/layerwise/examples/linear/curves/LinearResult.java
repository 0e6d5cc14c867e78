package org.layerwise.examples.linear.curves;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Prediction;
import org.layerwise.examples.linear.Trajectory;
import org.layerwise.examples.numeric.Quantiles;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * All runs of the experiment.
 *
 * @param settings what was run
 * @param trajectories one per contender, kappa and seed
 */
record LinearResult(LinearSettings settings, List<Trajectory> trajectories) {
    /** Columns of a row: the state of one run after one iteration, and what the theory says about the run. */
    static final List<String> COLUMNS = List.of(
            "method",
            "learning_rate",
            "kappa",
            "seed",
            "iteration",
            "train_loss",
            "subspace_distance",
            "transfer_loss",
            "frobenius_distance",
            "outside",
            "predicted_contraction",
            "predicted_floor");

    /** Freezes the list. */
    LinearResult {
        trajectories = List.copyOf(trajectories);
    }

    /** The runs in a table of rows made by {@link #row}. */
    static LinearResult of(LinearSettings settings, ResultTable table) {
        Map<Trajectory, List<Measurement>> runs = new LinkedHashMap<>();
        for (Row row : table.rows()) {
            runs.computeIfAbsent(run(table, row), key -> new ArrayList<>()).add(measurement(table, row));
        }
        List<Trajectory> trajectories = new ArrayList<>();
        runs.forEach((run, measurements) -> trajectories.add(
                new Trajectory(run.contender(), run.kappa(), run.seed(), measurements, run.prediction())));
        return new LinearResult(settings, trajectories);
    }

    /** The state after {@code iteration} steps as a row. */
    static Row row(Trajectory run, int iteration, Measurement state) {
        return Row.of(
                run.contender().method().id(),
                run.contender().learningRate(),
                run.kappa(),
                run.seed(),
                iteration,
                state.trainLoss(),
                state.subspaceDistance(),
                state.transferLoss(),
                state.frobeniusDistance(),
                state.outside(),
                run.prediction().contraction(),
                run.prediction().noiseFloor());
    }

    /** Runs of one contender at one kappa, over the seeds. */
    List<Trajectory> of(Contender contender, double kappa) {
        return trajectories.stream()
                .filter(t -> t.contender().equals(contender) && t.kappa() == kappa)
                .toList();
    }

    /**
     * Quantile over the seeds of a measure after {@code iteration} steps.
     *
     * @param level in [0, 1]; .5 is the median
     * @return NaN where no seed got so far
     */
    double quantile(
            Contender contender, double kappa, int iteration, double level, ToDoubleFunction<Measurement> measure) {
        double[] values = of(contender, kappa).stream()
                .filter(t -> t.lastIteration() >= iteration)
                .mapToDouble(t -> measure.applyAsDouble(t.measurements().get(iteration)))
                .toArray();
        return Quantiles.of(values, level);
    }

    /** A run without its measurements, as a key. */
    private static Trajectory run(ResultTable table, Row row) {
        Contender contender = new Contender(Method.of(table.text(row, "method")), table.number(row, "learning_rate"));
        Prediction prediction =
                new Prediction(table.number(row, "predicted_contraction"), table.number(row, "predicted_floor"));
        long seed = Long.parseLong(table.text(row, "seed"));
        return new Trajectory(contender, table.number(row, "kappa"), seed, List.of(), prediction);
    }

    private static Measurement measurement(ResultTable table, Row row) {
        return new Measurement(
                table.number(row, "train_loss"),
                table.number(row, "subspace_distance"),
                table.number(row, "transfer_loss"),
                table.number(row, "frobenius_distance"),
                table.number(row, "outside"));
    }
}
