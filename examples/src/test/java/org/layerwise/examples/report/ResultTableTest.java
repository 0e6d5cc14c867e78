package org.layerwise.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CsvResultsTest {
    @TempDir
    private Path folder;

    private final List<ResultRow> rows = List.of(
            new ResultRow("linear-representation", "kfac", .1, 1000, 7, 0, 1.0 / 3, 1, 5e-300),
            new ResultRow("linear-representation", "a, \"b\"", 1e-5, 1, -1, 300, 0, 0, Double.NaN));

    @Test
    void rowsReadBackToTheSameNumbers() throws IOException {
        Path file = folder.resolve("results.csv");

        CsvResults.write(file, rows);

        assertThat(CsvResults.read(file)).isEqualTo(rows);
    }

    @Test
    void firstLineNamesTheColumns() throws IOException {
        Path file = folder.resolve("new/folder/results.csv");

        CsvResults.write(file, rows);

        assertThat(Files.readAllLines(file).get(0))
                .isEqualTo("experiment,method,learning_rate,kappa,seed,iteration,train_loss,subspace_distance,"
                        + "transfer_loss");
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("results.csv");
        CsvResults.write(file, rows);
        Iterable<ResultRow> broken = () -> Stream.concat(rows.stream(), Stream.<ResultRow>generate(() -> {
                    throw new IllegalStateException("no more rows");
                }))
                .iterator();

        assertThatThrownBy(() -> CsvResults.write(file, broken)).hasMessage("no more rows");

        assertThat(CsvResults.read(file)).isEqualTo(rows);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }
}
