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

final class ResultTableTest {
    @TempDir
    private Path folder;

    private final ResultTable table = new ResultTable(
            List.of("method", "rate", "seed"),
            List.of(Row.of("kfac", 1.0 / 3, 7L), Row.of("a, \"b\"", 5e-300, -1L), Row.of("kfac", Double.NaN, 8L)));

    @Test
    void rowsReadBackToTheSameNumbers() throws IOException {
        Path file = folder.resolve("new/folder/results.csv");

        table.write(file);

        assertThat(ResultTable.read(file)).isEqualTo(table);
        assertThat(Files.readAllLines(file).get(0)).isEqualTo("method,rate,seed");
    }

    @Test
    void rowsAreSelectedByColumn() {
        ResultTable kfac = table.where("method", "kfac");

        assertThat(kfac.numbers("seed")).containsExactly(7, 8);
        assertThat(kfac.numbers("rate")).containsExactly(1.0 / 3, Double.NaN);
        assertThat(table.where("rate", 5e-300).distinct("method")).containsExactly("a, \"b\"");
        assertThat(table.distinctNumbers("seed")).containsExactly(7.0, -1.0, 8.0);
    }

    @Test
    void aMissingColumnIsNamed() {
        assertThatThrownBy(() -> table.numbers("kappa"))
                .hasMessageContaining("'kappa'")
                .hasMessageContaining("method");
    }

    @Test
    void aRowMustFit() {
        List<Row> rows = List.of(Row.of("kfac", 1));

        assertThatThrownBy(() -> new ResultTable(table.columns(), rows))
                .hasMessageContaining("2 cells")
                .hasMessageContaining("3 columns");
    }

    @Test
    void aTornFileIsRefused() throws IOException {
        Path file = folder.resolve("torn.csv");
        Files.writeString(file, "method,rate,seed\nkfac,1.0\n");

        assertThatThrownBy(() -> ResultTable.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("torn.csv");
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("results.csv");
        table.write(file);

        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
                    out.write(1);
                    throw new IllegalStateException("no more rows");
                }))
                .hasMessage("no more rows");

        assertThat(ResultTable.read(file)).isEqualTo(table);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }
}
