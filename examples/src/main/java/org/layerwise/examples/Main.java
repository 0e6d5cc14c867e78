package org.layerwise.examples;

import org.layerwise.examples.linear.LinearRepresentationCommand;
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
        version = "layerwise-examples 0.1.0",
        subcommands = LinearRepresentationCommand.class)
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
        return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Which experiment? Name one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
