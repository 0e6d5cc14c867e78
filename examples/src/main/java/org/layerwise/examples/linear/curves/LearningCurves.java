package org.layerwise.examples.linear.curves;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.examples.linear.LockstepTraining;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Trajectory;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;

/**
 * Training loss, subspace distance and transfer loss of every method over the iterations, at several condition numbers.
 *
 * @param settings what is run
 */
public record LearningCurves(LinearSettings settings) implements Experiment {
    /** Name in files and on the command line. */
    public static final String NAME = "linear-representation";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> columns() {
        return LinearResult.COLUMNS;
    }

    /** One cell per condition number and seed: its contenders share the batches. */
    @Override
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (double kappa : settings.kappas()) {
            for (int index = 0; index < settings.seeds(); index++) {
                cells.add(cell(kappa, index));
            }
        }
        return cells;
    }

    @Override
    public Section section(ResultTable results) {
        return new LinearReport(LinearResult.of(settings, results)).section();
    }

    private Cell cell(double kappa, int index) {
        LockstepTraining.Conditions conditions = new LockstepTraining.Conditions(
                settings.sizes(), settings.noise(), kappa, settings.firstSeed() + index, settings.dampings());
        List<LockstepTraining.Entry> entries = settings.contenders().stream()
                .filter(contender -> index < settings.seeds(contender))
                .map(contender -> new LockstepTraining.Entry(contender, settings.iterations(contender)))
                .toList();
        long steps =
                entries.stream().mapToLong(LockstepTraining.Entry::iterations).sum();
        String id = "kappa %.4g, seed %d".formatted(kappa, conditions.seed());
        return new Cell(id, conditions + "\n" + entries, steps, () -> rows(LockstepTraining.run(conditions, entries)));
    }

    private static List<Row> rows(List<Trajectory> trajectories) {
        List<Row> rows = new ArrayList<>();
        for (Trajectory trajectory : trajectories) {
            int iteration = 0;
            for (Measurement measurement : trajectory.measurements()) {
                rows.add(LinearResult.row(trajectory, iteration++, measurement));
            }
        }
        return rows;
    }
}
