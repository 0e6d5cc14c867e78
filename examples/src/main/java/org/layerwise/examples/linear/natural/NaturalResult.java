package org.layerwise.examples.linear.natural;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Prediction;
import org.layerwise.examples.linear.Trajectory;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * All runs of the experiment.
 *
 * @param settings what was run
 * @param runs one per method, damping, rate and seed
 */
record NaturalResult(NaturalSettings settings, List<Run> runs) {
    /** Columns of a row: the state of one run after one iteration. */
    static final List<String> COLUMNS = List.of(
            "method",
            "damping",
            "learning_rate",
            "seed",
            "iteration",
            "train_loss",
            "subspace_distance",
            "transfer_loss",
            "frobenius_distance",
            "outside");

    /** A trajectory and the damping behind it. */
    record Run(Curvature curvature, Trajectory trajectory) {}

    /** Freezes the list. */
    NaturalResult {
        runs = List.copyOf(runs);
    }

    /** One row per measurement of a run. */
    static List<Row> rows(Curvature curvature, Trajectory trajectory) {
        List<Row> rows = new ArrayList<>();
        for (Measurement state : trajectory.measurements()) {
            rows.add(Row.of(
                    curvature.method().id(),
                    curvature.damping(),
                    trajectory.contender().learningRate(),
                    trajectory.seed(),
                    rows.size(),
                    state.trainLoss(),
                    state.subspaceDistance(),
                    state.transferLoss(),
                    state.frobeniusDistance(),
                    state.outside()));
        }
        return rows;
    }

    /** The runs in a table of such rows, which are in the order of the iterations. */
    static NaturalResult of(NaturalSettings settings, ResultTable table) {
        Map<Run, List<Measurement>> measurements = new LinkedHashMap<>();
        for (Row row : table.rows()) {
            measurements
                    .computeIfAbsent(empty(settings, table, row), key -> new ArrayList<>())
                    .add(measurement(table, row));
        }
        List<Run> runs = new ArrayList<>();
        measurements.forEach((run, states) -> {
            Trajectory key = run.trajectory;
            runs.add(new Run(
                    run.curvature, new Trajectory(key.contender(), key.kappa(), key.seed(), states, key.prediction())));
        });
        return new NaturalResult(settings, runs);
    }

    /** Trajectories over the seeds. */
    List<Trajectory> of(Curvature curvature, double learningRate) {
        return runs.stream()
                .filter(run -> run.curvature.equals(curvature)
                        && run.trajectory.contender().learningRate() == learningRate)
                .map(Run::trajectory)
                .toList();
    }

    /** Subspace distance after {@code iteration} steps, per seed; 1, its largest value, for a run that has diverged. */
    double[] distances(Curvature curvature, double learningRate, int iteration) {
        return of(curvature, learningRate).stream()
                .mapToDouble(run -> reached(run, iteration)
                        ? run.measurements().get(iteration).subspaceDistance()
                        : 1)
                .toArray();
    }

    /** Training loss after {@code iteration} steps, per seed; infinite for a run that has diverged. */
    double[] losses(Curvature curvature, double learningRate, int iteration) {
        return of(curvature, learningRate).stream()
                .mapToDouble(run -> reached(run, iteration)
                        ? run.measurements().get(iteration).trainLoss()
                        : Double.POSITIVE_INFINITY)
                .toArray();
    }

    /** Whether each run ends with more training loss than it began with. */
    List<Boolean> diverged(Curvature curvature, Budget budget) {
        return of(curvature, budget.learningRate()).stream()
                .map(run -> !reached(run, budget.iterations())
                        || run.last().trainLoss() > run.measurements().get(0).trainLoss())
                .toList();
    }

    private static boolean reached(Trajectory run, int iteration) {
        return run.lastIteration() >= iteration;
    }

    private static Run empty(NaturalSettings settings, ResultTable table, Row row) {
        Method method = Method.of(table.text(row, "method"));
        Curvature curvature = new Curvature(method, table.number(row, "damping"));
        Contender contender = new Contender(method, table.number(row, "learning_rate"));
        long seed = Long.parseLong(table.text(row, "seed"));
        return new Run(curvature, new Trajectory(contender, settings.kappa(), seed, List.of(), Prediction.NONE));
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
