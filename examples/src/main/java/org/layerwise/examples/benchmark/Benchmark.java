package org.layerwise.examples.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;

/**
 * Runs of every entrant at its tuned learning rate with other seeds, timed.
 *
 * @param settings what is run
 * @param data on what
 * @param choices the tuned rates
 */
record Benchmark(BenchmarkSettings settings, Data data, List<Choice> choices) implements Experiment {
    /** Freezes the list. */
    Benchmark {
        choices = List.copyOf(choices);
    }

    /** Name in files, such as "benchmark-curves". */
    static String name(BenchmarkSettings settings) {
        return "benchmark-" + settings.conditions().problem().id();
    }

    @Override
    public String name() {
        return name(settings);
    }

    @Override
    public List<String> columns() {
        return Checkpoint.COLUMNS;
    }

    /** Seed after seed, so that a machine that becomes slower does so for all entrants. */
    @Override
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (long seed : settings.evaluationSeeds()) {
            for (Choice choice : choices) {
                Trial trial = new Trial(choice.entrant(), choice.rate(), seed);
                cells.add(TrainingCells.timed(settings, data, trial));
            }
        }
        return cells;
    }

    @Override
    public Section section(ResultTable results) {
        return new BenchmarkReport(BenchmarkResult.of(settings, choices, results)).section();
    }

    @Override
    public String precision() {
        return "single precision";
    }

    @Override
    public boolean timed() {
        return true;
    }
}
