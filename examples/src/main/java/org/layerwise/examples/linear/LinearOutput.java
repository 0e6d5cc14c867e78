package org.layerwise.examples.linear;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.layerwise.examples.report.CsvResults;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.ResultRow;
import org.layerwise.examples.run.Backend;

/**
 * Files of one result: {@code results.csv}, a figure per kappa, {@code report.html}.
 *
 * @param result what was measured
 * @param backend what it was computed on
 */
record LinearOutput(LinearResult result, Backend backend) {
    void write(Path folder) throws IOException {
        CsvResults.write(folder.resolve("results.csv"), rows());
        List<Figure> figures = new ArrayList<>();
        for (double kappa : result.settings().kappas()) {
            Figure figure = new LinearFigure(result, kappa).figure();
            figure.write(folder);
            figures.add(figure);
        }
        new LinearReport(result, backend).page(figures).write(folder.resolve("report.html"));
    }

    private List<ResultRow> rows() {
        List<ResultRow> rows = new ArrayList<>();
        for (Trajectory trajectory : result.trajectories()) {
            for (int iteration = 0; iteration <= trajectory.lastIteration(); iteration++) {
                rows.add(row(trajectory, iteration));
            }
        }
        return rows;
    }

    private static ResultRow row(Trajectory trajectory, int iteration) {
        Measurement measurement = trajectory.measurements().get(iteration);
        return new ResultRow(
                LinearRepresentation.NAME,
                trajectory.contender().method().id(),
                trajectory.contender().learningRate(),
                trajectory.kappa(),
                trajectory.seed(),
                iteration,
                measurement.trainLoss(),
                measurement.subspaceDistance(),
                measurement.transferLoss());
    }
}
