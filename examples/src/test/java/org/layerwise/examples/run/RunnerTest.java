package org.layerwise.examples.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.report.Section;

final class RunnerTest {
    @TempDir
    private Path folder;

    private final List<String> computed = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> progress = Collections.synchronizedList(new ArrayList<>());

    private record Counting(List<Cell> cells) implements Experiment {
        @Override
        public String name() {
            return "counting";
        }

        @Override
        public List<String> columns() {
            return List.of("cell", "value");
        }

        @Override
        public Section section(ResultTable results) {
            return new Section(name(), "Counting", "How many?", List.of(), List.of(), List.of());
        }
    }

    private Cell cell(String id, String parameters, int value) {
        return new Cell(id, parameters, 10, () -> {
            computed.add(id);
            return List.of(Row.of(id, value), Row.of(id, value + .5));
        });
    }

    private static Cell broken(String id) {
        return new Cell(id, "", 10, () -> {
            throw new ArithmeticException("no result");
        });
    }

    private ResultTable run(int threads, Cell... cells) {
        Counting experiment = new Counting(List.of(cells));
        Runner runner = new Runner(folder, threads, (done, task) -> progress.add(done));
        return runner.run(List.of(experiment)).get(0).table();
    }

    @Test
    void rowsComeInTheOrderOfTheCellsOnAnyNumberOfThreads() {
        Cell[] cells = {cell("a", "", 1), cell("b", "", 2), cell("c", "", 3)};

        assertThat(run(3, cells).numbers("value")).containsExactly(1, 1.5, 2, 2.5, 3, 3.5);
        assertThat(progress).containsExactly(10L, 20L, 30L);
    }

    @Test
    void finishedCellsAreNotComputedAgain() {
        ResultTable first = run(1, cell("a", "", 1), cell("b", "", 2));
        computed.clear();

        ResultTable second = run(1, cell("a", "", 1), cell("b", "", 2), cell("c", "", 3));

        assertThat(computed).containsExactly("c");
        assertThat(second.rows()).startsWith(first.rows().toArray(Row[]::new)).hasSize(6);
        assertThat(progress).endsWith(10L, 20L, 30L);
    }

    @Test
    void otherParametersAreOtherCells() {
        run(1, cell("a", "rate 1", 1));

        assertThat(run(1, cell("a", "rate 2", 2)).numbers("value")).containsExactly(2, 2.5);
        assertThat(computed).containsExactly("a", "a");
    }

    @Test
    void anInterruptedRunContinues() {
        assertThatThrownBy(() -> run(1, cell("a", "", 1), broken("b"), cell("c", "", 3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("counting, cell 'b' failed")
                .hasMessageContaining("no result")
                .hasMessageContaining("run the same command to continue");
        computed.clear();

        assertThat(run(1, cell("a", "", 1), cell("b", "", 2), cell("c", "", 3)).rows())
                .hasSize(6);
        // c may have been under way when b failed, and be finished by either run.
        assertThat(computed).contains("b").doesNotContain("a");
    }

    @Test
    void aDamagedCellIsComputedAgain() throws IOException {
        run(1, cell("a", "", 1));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(file, "cell,value\na\n");
            }
        }

        assertThat(run(1, cell("a", "", 1)).numbers("value")).containsExactly(1, 1.5);
        assertThat(computed).hasSize(2);
    }

    @Test
    void noUnfinishedFileIsLeftBehind() throws IOException {
        run(2, cell("kappa 100, seed 1", "", 1), cell("kappa 100, seed 2", "", 2));

        try (Stream<Path> files = Files.list(folder.resolve("counting"))) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .hasSize(2)
                    .allMatch(name -> name.matches("kappa-100-seed-[12]-[0-9a-f]{12}\\.csv"));
        }
    }

    @Test
    void twoCellsOfOneNameAreRefused() {
        assertThatThrownBy(() -> run(1, cell("a", "", 1), cell("a", "", 2)))
                .hasMessageContaining("two cells named 'a'");
    }
}
