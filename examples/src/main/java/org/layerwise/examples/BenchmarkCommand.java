package org.layerwise.examples;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.benchmark.Optimizer;
import org.layerwise.examples.benchmark.Problem;
import org.layerwise.examples.benchmark.Tuning;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.RunOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code benchmark}: not part of {@code all}, because it takes long and needs a quiet machine. */
@Command(
        name = "benchmark",
        description = {
            "Is it worth it? Loss against steps and seconds of this library's updaters and DL4J's own, each at its own",
            "tuned learning rate. Needs a quiet machine; runs are made one at a time, whatever --threads says.",
            "With OMP_NUM_THREADS=1 CPU seconds mean the most."
        })
final class BenchmarkCommand extends ExperimentCommand {
    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "MNIST's four IDX files, gzipped or not. Without it DL4J downloads them if they are needed.")
    private @Nullable Path data;

    @Option(
            names = "--tasks",
            split = ",",
            paramLabel = "TASK",
            description =
                    "Any of ${COMPLETION-CANDIDATES}, separated by commas; default: all with --data, else curves.")
    private @Nullable List<Problem> tasks;

    @Option(
            names = "--methods",
            split = ",",
            completionCandidates = Methods.class,
            converter = Methods.class,
            paramLabel = "METHOD",
            description = "Some of ${COMPLETION-CANDIDATES}, separated by commas; default: all of the preset.")
    private @Nullable List<Optimizer> methods;

    @Override
    String title() {
        return "Is it worth it?";
    }

    @Override
    List<Experiment> experiments(RunOptions chosen) {
        Path folder = folder();
        return problems().stream()
                .<Experiment>map(problem -> restricted(Tuning.of(problem, chosen.preset(), chosen.seeds(), folder)))
                .toList();
    }

    /** Of MNIST's files; null if no task needs them and none is named. */
    private @Nullable Path folder() {
        if (data == null) {
            return problems().stream().anyMatch(Problem::mnist) ? Tuning.downloadMnist() : null;
        }
        Tuning.requireMnist(data);
        return data;
    }

    private Tuning restricted(Tuning tuning) {
        return methods == null ? tuning : tuning.with(methods);
    }

    private List<Problem> problems() {
        if (tasks != null) {
            return tasks.stream().distinct().toList();
        }
        return data == null ? List.of(Problem.CURVES) : Arrays.asList(Problem.values());
    }

    /** The names of the methods. */
    static final class Methods implements ITypeConverter<Optimizer>, Iterable<String> {
        @Override
        public Optimizer convert(String id) {
            try {
                return Optimizer.of(id);
            } catch (IllegalArgumentException unknown) {
                throw new TypeConversionException(unknown.getMessage());
            }
        }

        @Override
        public Iterator<String> iterator() {
            return Optimizer.all().stream().map(Optimizer::toString).iterator();
        }
    }
}
