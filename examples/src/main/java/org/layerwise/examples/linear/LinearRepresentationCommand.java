package org.layerwise.examples.linear;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.run.Backend;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code linear-representation}: options, run, output. */
@Command(
        name = LinearRepresentation.NAME,
        description = {
            "Two linear tasks share their features: which method learns the features, not just the training task?",
            "Writes results.csv, figures (PNG, SVG) and report.html."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class LinearRepresentationCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(LinearRepresentationCommand.class);

    /** Sets of settings. */
    enum Preset {
        QUICK,
        FULL;

        LinearSettings settings() {
            return this == FULL ? LinearSettings.full() : LinearSettings.quick();
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--preset",
            defaultValue = "quick",
            paramLabel = "quick|full",
            description = "quick: 3 seeds, 300 iterations, a few minutes (default). full: 10 seeds, 1000 iterations.")
    private Preset preset = Preset.QUICK;

    @Option(names = "--seeds", paramLabel = "N", description = "Independent tasks per kappa, 1 to 1000.")
    private @Nullable Integer seeds;

    @Option(names = "--iterations", paramLabel = "N", description = "Steps per method, 1 to 1000000.")
    private @Nullable Integer iterations;

    @Option(
            names = "--kappa",
            split = ",",
            paramLabel = "K",
            description = "Condition numbers of the inputs' covariance, 1 to 1e8, separated by commas.")
    private @Nullable List<Double> kappas;

    @Option(
            names = "--out",
            defaultValue = "out",
            paramLabel = "FOLDER",
            description = "Where the results go; default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("out");

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Runs at a time, 1 to 256; default: one per core. Does not change the results.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--backend",
            defaultValue = "any",
            paramLabel = "cpu|cuda|any",
            description = "ND4J backend to insist on; default: ${DEFAULT-VALUE}.")
    private Backend.Choice choice = Backend.Choice.ANY;

    @Override
    public Integer call() throws IOException {
        LinearSettings settings = settings();
        requireThreads();
        Backend backend = backend();
        LOG.info("{}", backend.describe());
        prepareFolder();
        LinearResult result = run(settings);
        new LinearOutput(result, backend).write(out);
        LOG.info("Wrote {}", out.resolve("report.html").toAbsolutePath());
        return 0;
    }

    private LinearSettings settings() {
        LinearSettings settings = preset.settings();
        try {
            settings = seeds == null ? settings : settings.withSeeds(seeds);
            settings = iterations == null ? settings : settings.withIterations(iterations);
            return kappas == null ? settings : settings.withKappas(kappas);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "Option --" + e.getMessage(), e);
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

    private LinearResult run(LinearSettings settings) {
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(LinearRepresentation.NAME)
                .setInitialMax(settings.totalSteps())
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(1000)
                .build()) {
            return new LinearRepresentation(settings, (done, task) -> {
                        bar.stepTo(done);
                        bar.setExtraMessage(task);
                    })
                    .run(threads);
        }
    }
}
