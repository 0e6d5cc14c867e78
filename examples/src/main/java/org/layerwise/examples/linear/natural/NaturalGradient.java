package org.layerwise.examples.linear.natural;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.LockstepTraining;
import org.layerwise.examples.linear.Trajectory;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/** Natural gradient descent with full matrices against KFAC, by Fisher matrix, damping and learning rate. */
public final class NaturalGradient implements Experiment {
    /** Name in files and on the command line. */
    public static final String NAME = "natural-gradient";

    /** Time of a step with a full matrix over that of another, roughly. */
    private static final int MATRIX_COST = 4;

    private final NaturalSettings settings;

    NaturalGradient(NaturalSettings settings) {
        this.settings = settings;
    }

    /**
     * The experiment.
     *
     * @param seeds tasks in [1, 1000]; null for the preset's own number
     */
    public static NaturalGradient of(Preset preset, @Nullable Integer seeds) {
        return new NaturalGradient(NaturalSettings.of(preset, seeds));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> columns() {
        return NaturalResult.COLUMNS;
    }

    /** One cell per method, damping and seed; all cells of a seed draw the same task, start and batches. */
    @Override
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (int index = 0; index < settings.seeds(); index++) {
            for (Curvature curvature : settings.curvatures()) {
                cells.add(cell(curvature, settings.firstSeed() + index));
            }
        }
        return cells;
    }

    @Override
    public Section section(ResultTable results) {
        return new NaturalReport(NaturalResult.of(settings, results)).section();
    }

    private Cell cell(Curvature curvature, long seed) {
        LockstepTraining.Conditions conditions = new LockstepTraining.Conditions(
                settings.sizes(),
                settings.noise(),
                settings.kappa(),
                seed,
                curvature.dampings(settings.inputDamping()));
        List<LockstepTraining.Entry> entries = settings.budgets(curvature.method()).stream()
                .map(budget -> new LockstepTraining.Entry(
                        new Contender(curvature.method(), budget.learningRate()), budget.iterations()))
                .toList();
        long steps =
                entries.stream().mapToLong(LockstepTraining.Entry::iterations).sum();
        String id = String.format(
                Locale.ROOT, "%s, damping %.1e, seed %d", curvature.method().id(), curvature.damping(), seed);
        return new Cell(
                id,
                conditions + "\n" + entries,
                curvature.method().isFullMatrix() ? MATRIX_COST * steps : steps,
                () -> rows(curvature, LockstepTraining.run(conditions, entries)));
    }

    private static List<Row> rows(Curvature curvature, List<Trajectory> trajectories) {
        return trajectories.stream()
                .flatMap(trajectory -> NaturalResult.rows(curvature, trajectory).stream())
                .toList();
    }
}
