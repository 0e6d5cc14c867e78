package org.layerwise.examples.linear.contraction;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.linear.ErrorSpectrum;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.Theory;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/**
 * Local convergence rate of every choice of the preconditioners over the condition numbers of inputs and head.
 *
 * @param settings what is run
 */
public record ContractionMap(MapSettings settings) implements Experiment {
    /** Name in files and on the command line. */
    public static final String NAME = "contraction-map";

    private static final List<String> COLUMNS = List.of(
            "seed", "kappa", "head_kappa", "method", "damping", "choice", "learning_rate", "predicted", "measured");

    /**
     * The experiment at a preset.
     *
     * @param seeds how many tasks; null for the preset's own number
     */
    public static ContractionMap of(Preset preset, @Nullable Integer seeds) {
        return new ContractionMap(MapSettings.of(preset, seeds));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> columns() {
        return COLUMNS;
    }

    /** One cell per pair of condition numbers and seed. */
    @Override
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (double kappa : settings.kappas()) {
            for (double headKappa : settings.headKappas()) {
                for (int index = 0; index < settings.seeds(); index++) {
                    cells.add(cell(kappa, headKappa, settings.firstSeed() + index));
                }
            }
        }
        return cells;
    }

    @Override
    public Section section(ResultTable results) {
        List<Rate> rates =
                results.rows().stream().map(row -> Rate.of(results, row)).toList();
        return new MapReport(settings, rates).section();
    }

    private Cell cell(double kappa, double headKappa, long seed) {
        String id = "kappa %.4g, head %.4g, seed %d".formatted(kappa, headKappa, seed);
        String parameters = "%s, common rate %s, schemes %s, %s"
                .formatted(settings.sizes(), settings.rate(), settings.schemes(), id);
        return new Cell(id, parameters, cost(), () -> rows(kappa, headKappa, seed));
    }

    /** A step from both sides of every coordinate of the error, at two rates; the problems are small. */
    private long cost() {
        int coordinates = settings.sizes().hidden()
                * (settings.sizes().inputs() - settings.sizes().hidden());
        return (long) settings.schemes().size() * coordinates;
    }

    private List<Row> rows(double kappa, double headKappa, long seed) {
        LinearTask task = ConditionedTask.create(settings.sizes(), kappa, headKappa, seed);
        Theory theory = new Theory(task);
        List<Row> rows = new ArrayList<>();
        for (Scheme scheme : settings.schemes()) {
            ErrorSpectrum spectrum = scheme.spectrum(theory);
            for (Rate.Choice choice : Rate.Choice.values()) {
                double rate = choice.rate(spectrum, settings.rate());
                double predicted = spectrum.contraction(rate);
                double measured = measure(task, scheme, rate);
                rows.add(new Rate(seed, kappa, headKappa, scheme, choice, rate, predicted, measured).row());
            }
        }
        return rows;
    }

    private static double measure(LinearTask task, Scheme scheme, double rate) {
        try (StepMap map = new StepMap(task, scheme, rate)) {
            return map.contraction();
        }
    }
}
