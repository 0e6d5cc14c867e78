package org.layerwise.examples;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.linear.curves.LearningCurves;
import org.layerwise.examples.linear.curves.LinearSettings;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.RunOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code linear-representation} with its own options. */
@Command(
        name = LearningCurves.NAME,
        description = "Two linear tasks share their features: which method learns the features, not just the task?")
final class LearningCurvesCommand extends ExperimentCommand {
    @Option(names = "--iterations", paramLabel = "N", description = "Steps per method, 1 to 1000000.")
    private @Nullable Integer iterations;

    @Option(
            names = "--kappa",
            split = ",",
            paramLabel = "K",
            description = "Condition numbers of the inputs' covariance, 1 to 1e8, separated by commas.")
    private @Nullable List<Double> kappas;

    @Override
    String title() {
        return "Linear representation learning";
    }

    @Override
    List<Experiment> experiments(RunOptions chosen) {
        LinearSettings settings = LinearSettings.of(chosen.preset());
        Integer seeds = chosen.seeds();
        settings = seeds == null ? settings : settings.withSeeds(seeds);
        settings = iterations == null ? settings : settings.withIterations(iterations);
        settings = kappas == null ? settings : settings.withKappas(kappas);
        return List.of(new LearningCurves(settings));
    }
}
