package org.layerwise.examples.linear.sweep;

import java.util.List;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Prediction;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * The end of one run.
 *
 * @param contender method and rate
 * @param kappa condition number of the task
 * @param seed seed of the task
 * @param startLoss training loss before the first step
 * @param trainLoss training loss at the end; NaN if the run diverged
 * @param subspaceDistance operator norm; NaN if the run diverged
 * @param transferLoss NaN if the run diverged
 * @param frobeniusDistance NaN if the run diverged
 * @param predictedFloor stationary Frobenius distance; NaN without theory
 */
record Outcome(
        Contender contender,
        double kappa,
        long seed,
        double startLoss,
        double trainLoss,
        double subspaceDistance,
        double transferLoss,
        double frobeniusDistance,
        double predictedFloor) {
    static final List<String> COLUMNS = List.of(
            "method",
            "learning_rate",
            "kappa",
            "seed",
            "start_loss",
            "train_loss",
            "subspace_distance",
            "transfer_loss",
            "frobenius_distance",
            "predicted_floor");

    static Outcome of(
            Contender contender, double kappa, long seed, double startLoss, Measurement end, Prediction prediction) {
        return new Outcome(
                contender,
                kappa,
                seed,
                startLoss,
                end.trainLoss(),
                end.subspaceDistance(),
                end.transferLoss(),
                end.frobeniusDistance(),
                prediction.noiseFloor());
    }

    static Outcome of(ResultTable table, Row row) {
        return new Outcome(
                new Contender(Method.of(table.text(row, "method")), table.number(row, "learning_rate")),
                table.number(row, "kappa"),
                Long.parseLong(table.text(row, "seed")),
                table.number(row, "start_loss"),
                table.number(row, "train_loss"),
                table.number(row, "subspace_distance"),
                table.number(row, "transfer_loss"),
                table.number(row, "frobenius_distance"),
                table.number(row, "predicted_floor"));
    }

    Row row() {
        return Row.of(
                contender.method().id(),
                contender.learningRate(),
                kappa,
                seed,
                startLoss,
                trainLoss,
                subspaceDistance,
                transferLoss,
                frobeniusDistance,
                predictedFloor);
    }

    /** Whether the weights became infinite or the training loss grew: such a run has learned nothing. */
    boolean diverged() {
        return !(trainLoss <= startLoss) || !Double.isFinite(subspaceDistance + transferLoss);
    }

    double learningRate() {
        return contender.learningRate();
    }
}
