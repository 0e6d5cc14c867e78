package org.layerwise.examples.linear.contraction;

import org.layerwise.examples.linear.ErrorSpectrum;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * Contraction of one scheme on one task.
 *
 * @param seed of the task
 * @param kappa condition number of Sigma
 * @param headKappa condition number of F*
 * @param scheme the preconditioners
 * @param choice how the learning rate was chosen
 * @param learningRate eta
 * @param predicted factor per step of the slowest mode
 * @param measured the same, from real steps
 */
record Rate(
        long seed,
        double kappa,
        double headKappa,
        Scheme scheme,
        Choice choice,
        double learningRate,
        double predicted,
        double measured) {
    /** How a learning rate is chosen. */
    enum Choice {
        /** The same for every scheme and task. */
        COMMON("at the common rate"),
        /** The best one for this scheme on this task, {@code 2 / (lambda_min + lambda_max)}. */
        BEST("at each one's best rate");

        private final String label;

        Choice(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }

        double rate(ErrorSpectrum spectrum, double common) {
            return this == COMMON ? common : spectrum.bestRate();
        }
    }

    /** Share of the slowest mode that a step removes, as predicted. */
    double predictedGain() {
        return 1 - predicted;
    }

    /** Share of the slowest mode that a step removes, as measured. */
    double gain() {
        return 1 - measured;
    }

    /** Relative error of the prediction. */
    double error() {
        return Math.abs(gain() / predictedGain() - 1);
    }

    Row row() {
        return Row.of(
                seed,
                kappa,
                headKappa,
                scheme.method().id(),
                scheme.damping(),
                choice,
                learningRate,
                predicted,
                measured);
    }

    static Rate of(ResultTable table, Row row) {
        return new Rate(
                Long.parseLong(table.text(row, "seed")),
                table.number(row, "kappa"),
                table.number(row, "head_kappa"),
                new Scheme(Method.of(table.text(row, "method")), table.number(row, "damping")),
                Choice.valueOf(table.text(row, "choice")),
                table.number(row, "learning_rate"),
                table.number(row, "predicted"),
                table.number(row, "measured"));
    }
}
