package org.layerwise.bench;

import java.util.Collection;
import java.util.stream.Stream;
import org.layerwise.updater.Updaters;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** {@link StepBenchmark} for SGD, Adam and every updater of the library. Takes JMH's own options. */
public final class StepBenchmarks {
    private StepBenchmarks() {}

    /** Runs it; {@code -p method=...} among the arguments goes before the list of all. */
    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        CommandLineOptions given = new CommandLineOptions(args);
        Collection<String> chosen = given.getParameter("method").orElse(null);
        String[] methods = chosen != null
                ? chosen.toArray(String[]::new)
                : Stream.concat(
                                Stream.of("sgd", "adam"),
                                Updaters.all().stream().map(Updaters.Entry::name))
                        .toArray(String[]::new);
        Options options = new OptionsBuilder()
                .parent(given)
                .include(StepBenchmark.class.getName() + "\\.")
                .param("method", methods)
                .build();
        new Runner(options).run();
    }
}
