package org.layerwise.examples.index.spectrum;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/** Singular values of the first layer after one step, and the spike among them. */
public final class SpectrumExperiment implements Experiment {
    /** Name in files and on the command line. */
    public static final String NAME = "single-index-spectrum";

    private final SpectrumSettings settings;

    SpectrumExperiment(SpectrumSettings settings) {
        this.settings = settings;
    }

    /**
     * The experiment of a preset.
     *
     * @param seeds how many seeds; null for the preset's own number
     * @throws IllegalArgumentException if there cannot be so many
     */
    public static SpectrumExperiment of(Preset preset, @Nullable Integer seeds) {
        SpectrumSettings settings = SpectrumSettings.of(preset);
        return new SpectrumExperiment(seeds == null ? settings : settings.withSeeds(seeds));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> columns() {
        return SingularDirection.COLUMNS;
    }

    /** One cell per seed. */
    @Override
    public List<Cell> cells() {
        return IntStream.range(0, settings.seeds())
                .mapToObj(index -> cell(settings.firstSeed() + index))
                .toList();
    }

    @Override
    public Section section(ResultTable results) {
        return new SpectrumReport(SpectrumResult.of(settings, results)).section();
    }

    /** Its parameters do not name the number of seeds, so that more seeds reuse the finished ones. */
    private Cell cell(long seed) {
        String parameters = settings.withSeeds(1) + "\n" + SpectrumSettings.METHODS + "\n" + SpikedLayer.HEAD_SCALE;
        return new Cell(
                "seed " + seed,
                parameters,
                Math.max(1, (long) settings.inputs() * settings.hidden() / 300),
                () -> SpikedLayer.run(settings, seed).stream()
                        .map(SingularDirection::row)
                        .toList());
    }
}
