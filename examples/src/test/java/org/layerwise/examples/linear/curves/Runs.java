package org.layerwise.examples.linear.curves;

import java.util.List;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/** Runs of the experiment without a folder. */
final class Runs {
    private Runs() {}

    static LinearResult of(LinearSettings settings) {
        LearningCurves experiment = new LearningCurves(settings);
        List<Row> rows = experiment.cells().stream()
                .parallel()
                .flatMap(cell -> cell.computation().rows().stream())
                .toList();
        return LinearResult.of(settings, new ResultTable(experiment.columns(), rows));
    }
}
