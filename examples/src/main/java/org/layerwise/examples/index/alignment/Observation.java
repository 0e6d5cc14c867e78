package org.layerwise.examples.index.alignment;

import java.util.List;
import java.util.Locale;
import org.layerwise.examples.index.Alignment;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.IndexTask.Orientation;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * One row: what one method did on one task, and what the theory says about that very task.
 *
 * @param situation where
 * @param seed of the task
 * @param contender who
 * @param leading of the update's leading direction; unknown where only the theory was evaluated
 * @param spike of the update seen from the head; unknown where only the theory was evaluated
 * @param predicted unknown for the methods without a theory
 */
record Observation(
        Situation situation, long seed, Contender contender, Alignment leading, Alignment spike, Alignment predicted) {
    /** Columns of a row. */
    static final List<String> COLUMNS = List.of(
            "teacher",
            "kappa",
            "ratio",
            "orientation",
            "seed",
            "method",
            "damping",
            "rho_identity",
            "predicted_rho_identity",
            "rho_covariance",
            "predicted_rho_covariance",
            "spike_rho_identity",
            "spike_rho_covariance");

    Row row() {
        return Row.of(
                situation.teacher().id(),
                situation.kappa(),
                situation.ratio(),
                situation.orientation().name().toLowerCase(Locale.ROOT),
                seed,
                contender.method().id(),
                contender.damping(),
                leading.identity(),
                predicted.identity(),
                leading.covariance(),
                predicted.covariance(),
                spike.identity(),
                spike.covariance());
    }

    static Observation of(ResultTable table, Row row) {
        Situation situation = new Situation(
                Teacher.of(table.text(row, "teacher")),
                table.number(row, "kappa"),
                table.number(row, "ratio"),
                Orientation.valueOf(table.text(row, "orientation").toUpperCase(Locale.ROOT)));
        Contender contender = new Contender(FirstStep.of(table.text(row, "method")), table.number(row, "damping"));
        return new Observation(
                situation,
                Long.parseLong(table.text(row, "seed")),
                contender,
                new Alignment(table.number(row, "rho_identity"), table.number(row, "rho_covariance")),
                new Alignment(table.number(row, "spike_rho_identity"), table.number(row, "spike_rho_covariance")),
                new Alignment(
                        table.number(row, "predicted_rho_identity"), table.number(row, "predicted_rho_covariance")));
    }

    boolean isMeasured() {
        return !Double.isNaN(leading.identity());
    }

    Alignment measured(Direction direction) {
        return direction == Direction.LEADING ? leading : spike;
    }
}
