package org.layerwise.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.run.Backend;
import picocli.CommandLine;

final class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int execute(String... args) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return commandLine.execute(args);
    }

    @Test
    void helpNamesTheExperimentsAndTheirOptions() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains("all", "linear-representation");

        assertThat(execute("linear-representation", "--help")).isZero();
        assertThat(out.toString())
                .contains("--preset", "--full", "--seeds", "--iterations", "--kappa", "--out", "--backend");
    }

    @Test
    void anExperimentMustBeNamed() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString()).contains("Which experiment?", "linear-representation");
    }

    @ParameterizedTest
    @CsvSource({
        "--seeds, 0, seeds is 0: must be in [1; 1000]",
        "--iterations, -5, iterations is -5: must be in [1; 1000000]",
        "--kappa, 0.5, kappa is [0.5]: must be in [1; 1e8]",
        "--threads, 0, threads is 0: must be in [1; 256]",
        "--seeds, three, 'three'",
        "--preset, tiny, tiny",
        "--backend, gpu, gpu",
        "--frobnicate, 1, --frobnicate"
    })
    void badValuesAreNamed(String option, String value, String message) {
        assertThat(execute("linear-representation", option, value, "--out", folder.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains(message.replace(';', ','));
    }

    @Test
    void aFolderThatCannotBeCreatedIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(execute("linear-representation", "--out", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("--out is " + file);
    }

    @Test
    void theOtherBackendIsMissing() {
        boolean cpu = Backend.load(Backend.Choice.ANY).name().contains("Cpu");
        String other = cpu ? "cuda" : "cpu";

        assertThat(execute("linear-representation", "--backend", other, "--out", folder.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--backend " + other);
    }

    @Test
    void aShortRunWritesAllFiles() throws IOException {
        int code = execute(
                "linear-representation",
                "--seeds",
                "1",
                "--iterations",
                "2",
                "--kappa",
                "1,100",
                "--out",
                folder.toString());

        assertThat(code).as(err.toString()).isZero();
        ResultTable rows = ResultTable.read(folder.resolve("linear-representation.csv"));
        assertThat(rows.distinctNumbers("kappa")).containsExactly(1.0, 100.0);
        assertThat(rows.distinctNumbers("iteration")).containsExactly(0.0, 1.0, 2.0);
        assertThat(Arrays.stream(rows.numbers("train_loss"))).allMatch(v -> v > 0);
        assertThat(Arrays.stream(rows.numbers("subspace_distance"))).allMatch(v -> v > 0 && v <= 1);
        for (String kappa : List.of("1", "100")) {
            String name = "linear-representation-kappa-" + kappa;
            assertThat(folder.resolve(name + ".png")).isNotEmptyFile();
            assertThat(folder.resolve(name + ".svg")).isNotEmptyFile();
        }
        assertThat(folder.resolve("report.html"))
                .content()
                .contains("kfac-rate-condition-free", "choices of this project");
    }

    @Test
    void theBenchmarkExplainsItself() {
        assertThat(execute("benchmark", "--help")).isZero();
        assertThat(out.toString()).contains("--data", "--tasks", "mnist-autoencoder", "--methods", "shampoo");
    }

    @ParameterizedTest
    @CsvSource({
        "--data, nowhere, --data is nowhere: has no train-images-idx3-ubyte",
        "--methods, muon, methods is [muon]: this preset has [adam; kfac]",
        "--methods, sgd, sgd",
        "--tasks, imagenet, imagenet",
        "--seeds, 0, seeds is 0: must be in [1; 100]"
    })
    void badValuesOfTheBenchmarkAreNamed(String option, String value, String message) {
        assertThat(execute("benchmark", "--preset", "small", option, value, "--out", folder.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains(message.replace(';', ','));
    }

    /** Tuning, then the runs at the tuned rates, then one page about both. */
    @Test
    void aSmallBenchmarkWritesAllFiles() throws IOException {
        int code = execute(
                "benchmark",
                "--preset",
                "small",
                "--tasks",
                "curves",
                "--methods",
                "adam,kfac",
                "--seeds",
                "1",
                "--out",
                folder.toString());

        assertThat(code).as(err.toString()).isZero();
        ResultTable tuning = ResultTable.read(folder.resolve("benchmark-curves-rates.csv"));
        ResultTable runs = ResultTable.read(folder.resolve("benchmark-curves.csv"));
        assertThat(tuning.distinctNumbers("seed")).containsExactly(1.0);
        assertThat(tuning.where("method", "kfac").distinctNumbers("rate")).hasSize(3);
        assertThat(runs.distinctNumbers("seed")).containsExactly(2.0);
        assertThat(runs.distinct("method")).containsExactly("adam", "kfac");
        assertThat(Arrays.stream(runs.numbers("train_loss"))).allMatch(v -> v > 0);
        for (String figure : List.of("benchmark-curves-batch-50", "benchmark-curves-rates")) {
            assertThat(folder.resolve(figure + ".png")).isNotEmptyFile();
        }
        assertThat(folder.resolve("report.html"))
                .content()
                .contains("benchmark-curves-kfac-steps", "Learning rates: deep autoencoder");
    }
}
