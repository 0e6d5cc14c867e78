package org.layerwise.examples.index.risk;

import java.util.OptionalDouble;
import org.layerwise.examples.report.ResultTable;

/**
 * Excess risks of an independent replication of the experiment (NumPy, {@link RiskSizes#REFERENCE}, label noise .3,
 * damping .1, best step size and penalty, two or three digits). They are not values of the paper.
 */
final class RiskReference {
    private final ResultTable table;

    private RiskReference(ResultTable table) {
        this.table = table;
    }

    /** All values. */
    static RiskReference load() {
        return new RiskReference(ResultTable.resource(RiskReference.class, "reference.csv"));
    }

    /** The value of a method or baseline; empty if there is none. */
    OptionalDouble risk(double kappa, String teacher, String method) {
        return table
                .where(row -> table.number(row, "kappa") == kappa)
                .where("teacher", teacher)
                .where("method", method)
                .rows()
                .stream()
                .mapToDouble(row -> table.number(row, "excess_risk"))
                .findFirst();
    }
}
