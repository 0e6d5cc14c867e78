package org.layerwise.examples.index.spectrum;

import java.util.List;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * One singular value of the first layer after a step.
 *
 * @param seed of the task
 * @param method id of the first step
 * @param theta strength of the spike that the step plants
 * @param rank 0 for the largest singular value
 * @param value the singular value
 * @param estimate squared alignment of its right singular vector with betahat, the direction of the planted spike
 * @param index the same with beta*
 * @param spike squared alignment of betahat with beta*
 */
record SingularDirection(
        long seed, String method, double theta, int rank, double value, double estimate, double index, double spike) {
    static final List<String> COLUMNS = List.of(
            "seed",
            "method",
            "theta",
            "rank",
            "singular_value",
            "alignment_spike",
            "alignment_index",
            "spike_alignment_index");

    Row row() {
        return Row.of(seed, method, theta, rank, value, estimate, index, spike);
    }

    static SingularDirection of(ResultTable table, Row row) {
        return new SingularDirection(
                Long.parseLong(table.text(row, "seed")),
                table.text(row, "method"),
                table.number(row, "theta"),
                Integer.parseInt(table.text(row, "rank")),
                table.number(row, "singular_value"),
                table.number(row, "alignment_spike"),
                table.number(row, "alignment_index"),
                table.number(row, "spike_alignment_index"));
    }
}
