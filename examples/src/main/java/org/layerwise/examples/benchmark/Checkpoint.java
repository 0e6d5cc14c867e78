package org.layerwise.examples.benchmark;

import java.util.List;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * A measurement on the way of a run.
 *
 * @param trial the run
 * @param cost what it took so far; its times are NaN once the run has diverged, and in tuning
 * @param trainLoss on the measured training images, mean per example; NaN once the run has diverged
 * @param test on the test images; NaN once the run has diverged
 * @param threads OpenMP and BLAS threads
 */
record Checkpoint(Trial trial, Cost cost, double trainLoss, Score test, String threads) {
    static final List<String> COLUMNS = List.of(
            "method",
            "batch",
            "rate",
            "seed",
            "step",
            "examples",
            "seconds",
            "cpu_seconds",
            "train_loss",
            "test_loss",
            "test_error",
            "blas_threads");

    static Checkpoint of(ResultTable table, Row row) {
        Entrant entrant =
                new Entrant(Optimizer.of(table.text(row, "method")), Integer.parseInt(table.text(row, "batch")));
        return new Checkpoint(
                new Trial(entrant, table.number(row, "rate"), Long.parseLong(table.text(row, "seed"))),
                new Cost(table.number(row, "step"), table.number(row, "seconds"), table.number(row, "cpu_seconds")),
                table.number(row, "train_loss"),
                new Score(table.number(row, "test_loss"), table.number(row, "test_error")),
                table.text(row, "blas_threads"));
    }

    /** The same without times, which mean nothing where runs share the machine. */
    Checkpoint withoutTimes() {
        return new Checkpoint(trial, new Cost(cost.steps(), Double.NaN, Double.NaN), trainLoss, test, threads);
    }

    Row row() {
        long step = Math.round(cost.steps());
        return Row.of(
                trial.entrant().optimizer().id(),
                trial.entrant().batch(),
                trial.rate(),
                trial.seed(),
                step,
                step * trial.entrant().batch(),
                cost.seconds(),
                cost.cpuSeconds(),
                trainLoss,
                test.loss(),
                test.error(),
                threads);
    }
}
