package org.layerwise.examples.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.SuiteReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of every experiment, and the run they describe. */
public final class RunOptions {
    private static final Logger LOG = LoggerFactory.getLogger(RunOptions.class);

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--preset",
            defaultValue = "quick",
            paramLabel = "small|quick|full",
            description =
                    "small: seconds, to try it out. quick: minutes (default; benchmark: up to an hour and a half a task)."
                            + " full: whole grids and many seeds, hours (benchmark: days).")
    private Preset preset = Preset.QUICK;

    @Option(names = "--full", description = "The same as --preset full.")
    private boolean full;

    @Option(names = "--seeds", paramLabel = "N", description = "Independent repetitions, instead of the preset's.")
    private @Nullable Integer seeds;

    @Option(
            names = "--out",
            defaultValue = "out",
            paramLabel = "FOLDER",
            description = {
                "Where the results go; default: ${DEFAULT-VALUE}.",
                "Finished parts are kept in FOLDER/cells: the same command continues an interrupted run."
            })
    private Path out = Path.of("out");

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Parts at a time, 1 to 256; default: one per core. Does not change the results.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--backend",
            defaultValue = "any",
            paramLabel = "cpu|cuda|any",
            description = "ND4J backend to insist on; default: ${DEFAULT-VALUE}.")
    private Backend.Choice choice = Backend.Choice.ANY;

    /** The sizes asked for. */
    public Preset preset() {
        return full ? Preset.FULL : preset;
    }

    /** The number of seeds asked for; null for the preset's own. */
    public @Nullable Integer seeds() {
        return seeds;
    }

    /**
     * Runs the experiments, then those that their tables call for, and writes a CSV file each, their figures and one report.
     *
     * @throws ParameterException if an option cannot be met
     * @throws IOException if the results cannot be written
     */
    public void run(String title, List<? extends Experiment> experiments) throws IOException {
        requireThreads();
        String environment = backend().describe() + ", "
                + experiments.stream().map(Experiment::precision).distinct().collect(Collectors.joining(" and "));
        LOG.info("{}", environment);
        prepareFolder();
        List<Section> sections = new ArrayList<>();
        for (Runner.Finished finished : computeAll(experiments)) {
            finished.table().write(out.resolve(finished.experiment().name() + ".csv"));
            Section section = finished.experiment().section(finished.table());
            for (Figure figure : section.figures()) {
                figure.write(out);
            }
            sections.add(section);
        }
        Path page = out.resolve("report.html");
        SuiteReport.write(page, title, environment, preset().toString(), sections);
        LOG.info("Wrote {}", page.toAbsolutePath());
    }

    private List<Runner.Finished> computeAll(List<? extends Experiment> experiments) {
        List<Runner.Finished> all = new ArrayList<>();
        List<? extends Experiment> stage = experiments;
        while (!stage.isEmpty()) {
            List<Runner.Finished> finished = compute(stage);
            all.addAll(0, finished);
            stage = finished.stream()
                    .flatMap(f -> f.experiment().next(f.table()).stream())
                    .toList();
        }
        return all;
    }

    private List<Runner.Finished> compute(List<? extends Experiment> experiments) {
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("layerwise")
                .setInitialMax(Runner.totalCost(experiments))
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(1000)
                .build()) {
            int atATime = experiments.stream().anyMatch(Experiment::timed) ? 1 : threads;
            Runner runner = new Runner(out.resolve("cells"), atATime, (done, task) -> {
                bar.stepTo(done);
                bar.setExtraMessage(task);
            });
            return runner.run(experiments);
        }
    }

    private void requireThreads() {
        if (threads < 1 || threads > 256) {
            throw new ParameterException(
                    spec.commandLine(), "Option --threads is " + threads + ": must be in [1, 256]");
        }
    }

    private Backend backend() {
        try {
            return Backend.load(choice);
        } catch (Backend.MissingBackendException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void prepareFolder() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(), "Option --out is " + out + ": not a folder that can be created (" + e + ")", e);
        }
    }
}
