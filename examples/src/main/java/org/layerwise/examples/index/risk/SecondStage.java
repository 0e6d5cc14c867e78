package org.layerwise.examples.index.risk;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/** Excess risk of a ridge regression on the features that one first-layer step has made, against the step's size. */
public final class SecondStage implements Experiment {
    /** Name in files and on the command line. */
    public static final String NAME = "single-index-risk";

    private final RiskSettings settings;

    SecondStage(RiskSettings settings) {
        this.settings = settings;
    }

    /**
     * The experiment of a preset.
     *
     * @param seeds how many seeds; null for the preset's own number
     * @throws IllegalArgumentException if there cannot be so many
     */
    public static SecondStage of(Preset preset, @Nullable Integer seeds) {
        RiskSettings settings = RiskSettings.of(preset);
        return new SecondStage(seeds == null ? settings : settings.withSeeds(seeds));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> columns() {
        return Outcome.COLUMNS;
    }

    /** One cell per condition number, teacher and seed. */
    @Override
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (double kappa : settings.kappas()) {
            for (Teacher teacher : settings.teachers()) {
                for (int index = 0; index < settings.seeds(); index++) {
                    cells.add(cell(kappa, teacher, settings.firstSeed() + index));
                }
            }
        }
        return cells;
    }

    @Override
    public Section section(ResultTable results) {
        return new RiskReport(RiskResult.of(settings, results)).section();
    }

    /** The ridge regressions dominate: one of every step size. */
    private long cost() {
        long hidden = settings.sizes().hidden();
        return Math.max(1, settings.steps().count() * hidden * hidden / 1500);
    }

    private Cell cell(double kappa, Teacher teacher, long seed) {
        TwoStages.Conditions conditions = new TwoStages.Conditions(
                settings.sizes(),
                settings.noise(),
                settings.damping(),
                kappa,
                teacher,
                settings.steps(),
                settings.penalties(),
                seed);
        String id = "kappa %.4g, %s, seed %d".formatted(kappa, teacher.id(), seed);
        return new Cell(
                id,
                conditions.toString(),
                cost(),
                () -> TwoStages.run(conditions).stream().map(Outcome::row).toList());
    }
}
