package org.layerwise.examples;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command line of the experiments. Exit codes: 0 done, 1 the experiment failed, 2 wrong usage. */
@Command(
        name = "layerwise-examples",
        description = "Experiments on why layer-wise preconditioned training learns better features.",
        mixinStandardHelpOptions = true,
        version = "layerwise-examples 0.1.0")
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Runs the experiment named in {@code args} and exits. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line, ready to execute. */
    static CommandLine commandLine() {
        CommandLine main = new CommandLine(new Main());
        main.addSubcommand(new ExperimentCommand.All());
        for (Catalogue entry : Catalogue.values()) {
            main.addSubcommand(entry.id(), command(entry));
        }
        main.addSubcommand(new BenchmarkCommand());
        return main.setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static CommandLine command(Catalogue entry) {
        ExperimentCommand command = entry == Catalogue.LINEAR_REPRESENTATION
                ? new LearningCurvesCommand()
                : new ExperimentCommand.Single(entry);
        CommandLine line = new CommandLine(command);
        line.getCommandSpec().usageMessage().description(entry.summary());
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Which experiment? Name one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
