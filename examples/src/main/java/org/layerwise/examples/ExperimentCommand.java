package org.layerwise.examples;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.RunOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command that runs one experiment or all of them. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
abstract class ExperimentCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final RunOptions options = new RunOptions();

    /** Heading of the report. */
    abstract String title();

    /**
     * What to run.
     *
     * @throws IllegalArgumentException if an option is out of range, with a message that begins with its name
     */
    abstract List<Experiment> experiments(RunOptions chosen);

    @Override
    public Integer call() throws IOException {
        options.run(title(), checked(() -> experiments(options)));
        return 0;
    }

    private List<Experiment> checked(Supplier<List<Experiment>> experiments) {
        try {
            return experiments.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "Option --" + e.getMessage(), e);
        }
    }

    /** All experiments. */
    @Command(
            name = "all",
            description = {
                "Runs every experiment and writes one report.html with a verdict per claim.",
                "Results (CSV) and figures (PNG, SVG) lie beside it."
            })
    static final class All extends ExperimentCommand {
        @Override
        String title() {
            return "Layer-wise preconditioning: claims, predictions, measurements";
        }

        @Override
        List<Experiment> experiments(RunOptions chosen) {
            return Catalogue.all(chosen.preset(), chosen.seeds());
        }
    }

    /** One experiment of the catalogue. */
    @Command
    static final class Single extends ExperimentCommand {
        private final Catalogue entry;

        Single(Catalogue entry) {
            this.entry = entry;
        }

        @Override
        String title() {
            return "Layer-wise preconditioning: " + entry.id();
        }

        @Override
        List<Experiment> experiments(RunOptions chosen) {
            return List.of(entry.create(chosen.preset(), chosen.seeds()));
        }
    }
}
