package org.layerwise.examples.linear.floor;

import java.util.List;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * Stationary distance of KFAC at one rate on one task.
 *
 * @param kappa condition number of Sigma
 * @param seed of the task
 * @param learningRate eta
 * @param predicted Frobenius distance of the theory
 * @param measured root mean square of the Frobenius distance after the burn-in
 * @param operatorNorm root mean square of the subspace distance in the operator norm
 */
record Floor(double kappa, long seed, double learningRate, double predicted, double measured, double operatorNorm) {
    static final List<String> COLUMNS =
            List.of("kappa", "seed", "learning_rate", "predicted", "measured", "operator_norm");

    static Floor of(ResultTable table, Row row) {
        return new Floor(
                table.number(row, "kappa"),
                Long.parseLong(table.text(row, "seed")),
                table.number(row, "learning_rate"),
                table.number(row, "predicted"),
                table.number(row, "measured"),
                table.number(row, "operator_norm"));
    }

    Row row() {
        return Row.of(kappa, seed, learningRate, predicted, measured, operatorNorm);
    }

    double ratio() {
        return measured / predicted;
    }
}
