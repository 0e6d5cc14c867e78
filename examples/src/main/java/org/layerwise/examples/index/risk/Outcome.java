package org.layerwise.examples.index.risk;

import java.util.List;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * One trained second stage.
 *
 * @param kappa condition number of Sigma
 * @param teacher id of the teacher
 * @param seed of the task
 * @param method id of the first step or of the baseline
 * @param step step size s; 0 for the baselines
 * @param alignment rho_Sigma^2 of the update's leading right singular vector; NaN for the baselines
 * @param penalty of the ridge regression, the best on the test examples
 * @param risk excess mean squared error
 */
record Outcome(
        double kappa,
        String teacher,
        long seed,
        String method,
        double step,
        double alignment,
        double penalty,
        double risk) {
    /** Id of the features at the start. */
    static final String RANDOM_FEATURES = "random-features";

    /** Id of least squares on the inputs. */
    static final String LINEAR = "linear";

    static final List<String> COLUMNS =
            List.of("kappa", "teacher", "seed", "method", "step", "alignment_sigma", "penalty", "excess_risk");

    Row row() {
        return Row.of(kappa, teacher, seed, method, step, alignment, penalty, risk);
    }

    static Outcome of(ResultTable table, Row row) {
        return new Outcome(
                table.number(row, "kappa"),
                table.text(row, "teacher"),
                Long.parseLong(table.text(row, "seed")),
                table.text(row, "method"),
                table.number(row, "step"),
                table.number(row, "alignment_sigma"),
                table.number(row, "penalty"),
                table.number(row, "excess_risk"));
    }
}
