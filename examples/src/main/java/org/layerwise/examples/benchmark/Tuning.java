package org.layerwise.examples.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/**
 * Runs of the whole budget for every entrant and learning rate of its grid; the winners go on to {@link Benchmark}. Their
 * times are not recorded, since only their losses count: so they may run side by side.
 *
 * @param settings what is run
 * @param data on what
 */
public record Tuning(BenchmarkSettings settings, Data data) implements Experiment {
    /**
     * The experiment at a preset.
     *
     * @param seeds runs of every winner; null for the preset's own number
     * @param folder of MNIST's files; may be null for problems without them
     * @throws IllegalArgumentException if seeds is out of range
     */
    public static Tuning of(Problem problem, Preset preset, @Nullable Integer seeds, @Nullable Path folder) {
        BenchmarkSettings settings = BenchmarkSettings.of(problem, preset, seeds);
        return new Tuning(settings, new Data(settings.conditions(), folder));
    }

    /**
     * The same with some of the methods alone; those that the preset does not have are left out.
     *
     * @throws IllegalArgumentException if none is left, with a message that begins with "methods"
     */
    public Tuning with(List<Optimizer> optimizers) {
        return new Tuning(settings.with(optimizers), data);
    }

    /**
     * Checks that a folder has MNIST's files.
     *
     * @throws IllegalArgumentException if one is missing, with a message that begins with "data"
     */
    public static void requireMnist(Path folder) {
        List<String> missing = Mnist.missing(folder);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("data is " + folder + ": has no " + String.join(", no ", missing)
                    + " (each may end in .gz). Put MNIST's four files there, or name a folder that has them");
        }
    }

    /**
     * Has DL4J download MNIST, unless it did so before.
     *
     * @return the folder of its files
     * @throws IllegalArgumentException if that fails, with a message that begins with "data"
     */
    public static Path downloadMnist() {
        try {
            return MnistDownload.folder();
        } catch (IOException e) {
            throw new IllegalArgumentException("data is not given, and " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return Benchmark.name(settings) + "-rates";
    }

    @Override
    public List<String> columns() {
        return Checkpoint.COLUMNS;
    }

    @Override
    public List<Cell> cells() {
        return settings.entrants().stream()
                .flatMap(entrant -> settings.grid(entrant.optimizer()).stream()
                        .flatMap(rate -> settings.seedsOfTuning().stream().map(seed -> new Trial(entrant, rate, seed))))
                .map(trial -> TrainingCells.untimed(settings, data, trial))
                .toList();
    }

    @Override
    public Section section(ResultTable results) {
        return new TuningReport(name(), TuningResult.of(settings, results)).section();
    }

    @Override
    public Optional<Experiment> next(ResultTable results) {
        return Optional.of(
                new Benchmark(settings, data, TuningResult.of(settings, results).choices()));
    }

    @Override
    public String precision() {
        return "single precision";
    }
}
