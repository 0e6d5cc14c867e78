package org.layerwise.examples.linear.floor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/**
 * How close to the true features label noise lets KFAC come.
 *
 * @param settings what is run
 */
public record NoiseFloor(FloorSettings settings) implements Experiment {
    /** Name in files and on the command line. */
    public static final String NAME = "noise-floor";

    /**
     * The experiment at a preset.
     *
     * @param seeds how many tasks; null for the preset's own number
     */
    public static NoiseFloor of(Preset preset, @Nullable Integer seeds) {
        return new NoiseFloor(FloorSettings.of(preset, seeds));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> columns() {
        return Floor.COLUMNS;
    }

    /** One cell per condition number and seed: its rates share the batches. */
    @Override
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (double kappa : settings.kappas()) {
            for (int index = 0; index < settings.seeds(); index++) {
                cells.add(cell(kappa, settings.firstSeed() + index));
            }
        }
        return cells;
    }

    @Override
    public Section section(ResultTable results) {
        List<Floor> floors =
                results.rows().stream().map(row -> Floor.of(results, row)).toList();
        return new FloorReport(settings, floors).section();
    }

    private Cell cell(double kappa, long seed) {
        long cost = settings.rates().stream().mapToLong(settings::steps).sum();
        List<String> lengths = settings.rates().stream()
                .map(rate -> settings.burnIn(rate) + " of " + settings.steps(rate))
                .toList();
        String id = "kappa %.4g, seed %d".formatted(kappa, seed);
        String parameters = "%s\n%s, noise %s, %s, rates %s, dropped steps %s"
                .formatted(id, settings.sizes(), settings.noise(), settings.dampings(), settings.rates(), lengths);
        return new Cell(
                id,
                parameters,
                cost,
                () -> FloorRun.run(settings, kappa, seed).stream()
                        .map(Floor::row)
                        .toList());
    }
}
