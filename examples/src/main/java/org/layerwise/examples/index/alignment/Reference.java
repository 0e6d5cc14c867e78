package org.layerwise.examples.index.alignment;

import java.util.List;
import java.util.Locale;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.IndexTask.Orientation;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * Simulated values of an independent replication (NumPy, dX=300, dh=400, noise .3, up to 40 batches).
 * They are not values of the paper.
 *
 * @param situation where
 * @param contender who
 * @param identity mean rho_I^2
 * @param covariance mean rho_Sigma^2; NaN if not recorded
 */
record Reference(Situation situation, Contender contender, double identity, double covariance) {
    private static final String RESOURCE = "reference.csv";

    /** All values, in the order of the file. */
    static List<Reference> all() {
        ResultTable table = ResultTable.resource(Reference.class, RESOURCE);
        return table.rows().stream().map(row -> of(table, row)).toList();
    }

    double of(Metric metric) {
        return metric == Metric.IDENTITY ? identity : covariance;
    }

    private static Reference of(ResultTable table, Row row) {
        Situation situation = new Situation(
                Teacher.of(table.text(row, "teacher")),
                table.number(row, "kappa"),
                table.number(row, "ratio"),
                Orientation.valueOf(table.text(row, "orientation").toUpperCase(Locale.ROOT)));
        return new Reference(
                situation,
                new Contender(FirstStep.of(table.text(row, "method")), table.number(row, "damping")),
                table.number(row, "rho_identity"),
                table.number(row, "rho_covariance"));
    }
}
