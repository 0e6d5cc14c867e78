package org.layerwise.examples.linear.curves;

import java.util.List;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * Values of an independent replication of the experiment (NumPy, dX=100, dY=15, dh=8, n=1024, noise .1, medians of three
 * seeds, two digits). They are not values of the paper.
 *
 * @param kappa condition number
 * @param method id of the method
 * @param learningRate eta
 * @param iteration steps taken
 * @param trainLoss NaN if not recorded
 * @param subspaceDistance NaN if not recorded
 * @param transferLoss NaN if not recorded
 */
record Reference(
        double kappa,
        String method,
        double learningRate,
        int iteration,
        double trainLoss,
        double subspaceDistance,
        double transferLoss) {
    private static final String RESOURCE = "reference.csv";

    /** All values, in the order of the file. */
    static List<Reference> all() {
        ResultTable table = ResultTable.resource(Reference.class, RESOURCE);
        return table.rows().stream().map(row -> of(table, row)).toList();
    }

    /** Whether this is a value of {@code contender} at {@code kappa}. */
    boolean isOf(Contender contender, double otherKappa) {
        return method.equals(contender.method().id())
                && learningRate == contender.learningRate()
                && kappa == otherKappa;
    }

    private static Reference of(ResultTable table, Row row) {
        return new Reference(
                table.number(row, "kappa"),
                table.text(row, "method"),
                table.number(row, "learning_rate"),
                Integer.parseInt(table.text(row, "iteration")),
                table.number(row, "train_loss"),
                table.number(row, "subspace_distance"),
                table.number(row, "transfer_loss"));
    }
}
