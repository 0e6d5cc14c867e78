package org.layerwise.examples.index.alignment;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/** Alignment of one first-layer step with the index, over the amount of data, the anisotropy and the damping. */
public final class SingleIndex implements Experiment {
    /** Name in files and on the command line. */
    public static final String NAME = "single-index";

    /** Cost of the theory of one seed. */
    private static final long THEORY_COST = 20;

    /** Examples that a step of the single-index network gets through in the time of a unit of cost. */
    private static final int EXAMPLES_PER_UNIT = 60;

    private final AlignmentSettings settings;

    SingleIndex(AlignmentSettings settings) {
        this.settings = settings;
    }

    /**
     * The experiment.
     *
     * @param seeds tasks per point, in [1, 1000]; null for the preset's number
     */
    public static SingleIndex of(Preset preset, @Nullable Integer seeds) {
        AlignmentSettings settings = AlignmentSettings.of(preset);
        return new SingleIndex(seeds == null ? settings : settings.withSeeds(seeds));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> columns() {
        return Observation.COLUMNS;
    }

    /** One cell per point and seed: its methods and dampings share the batch; one per seed for the theory's lines. */
    @Override
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (int index = 0; index < settings.seeds(); index++) {
            long seed = settings.firstSeed() + index;
            cells.add(theory(seed));
            settings.situations().forEach(situation -> cells.add(measurement(situation, seed)));
        }
        return cells;
    }

    @Override
    public Section section(ResultTable results) {
        return new AlignmentReport(AlignmentResult.of(settings, results)).section();
    }

    private Cell measurement(Situation situation, long seed) {
        Trial trial = new Trial(settings.sizes(), situation, seed);
        Set<Contender> contenders = settings.contenders(situation);
        int examples = situation.examples(settings.sizes().inputs());
        long cost = Math.max(1, (contenders.size() + 2L) * examples / EXAMPLES_PER_UNIT);
        return cell(situation.label(), seed, trial + "\n" + contenders, cost, () -> trial.run(contenders));
    }

    private Cell theory(long seed) {
        TheoryCurves curves = new TheoryCurves(settings.withSeeds(1), seed);
        return cell("theory", seed, curves.toString(), THEORY_COST, curves::rows);
    }

    private static Cell cell(
            String what, long seed, String parameters, long cost, Supplier<List<Observation>> observations) {
        return new Cell(
                what + ", seed " + seed,
                parameters,
                cost,
                () -> observations.get().stream().map(Observation::row).toList());
    }
}
