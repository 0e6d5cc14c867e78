package org.layerwise.examples.linear.natural;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.InMemory;
import org.layerwise.examples.run.Preset;

final class NaturalGradientTest {
    private static final NaturalSettings SETTINGS = settings(List.of(new Budget(.05, 6), new Budget(1, 6)));

    private static NaturalSettings settings(List<Budget> budgets) {
        return new NaturalSettings(
                new Dimensions(8, 4, 2, 60), .1, 10, 2, 1, 1e-5, List.of(1e-8, .1), List.of(1e-5, 1.0), budgets);
    }

    @Test
    void sectionFromAFileEqualsThatFromMemory(@TempDir Path folder) throws IOException {
        NaturalGradient experiment = new NaturalGradient(SETTINGS);

        Section section = InMemory.sectionThroughAFile(experiment, InMemory.table(experiment), folder);

        assertThat(section.claims()).hasSize(5);
        assertThat(section.figures()).hasSize(2);
    }

    @Test
    void runsThatEndEarlyCountAsDiverged() {
        ResultTable table = InMemory.table(new NaturalGradient(SETTINGS.withSeeds(1)));
        Curvature exact = SETTINGS.of(Method.NGD).get(0);
        ResultTable cut = table.where(row ->
                table.number(row, "iteration") < 4 || !table.text(row, "method").equals("ngd"));

        NaturalResult result = NaturalResult.of(SETTINGS.withSeeds(1), cut);

        assertThat(result.diverged(exact, SETTINGS.fastest())).containsExactly(true);
        assertThat(result.diverged(SETTINGS.kfac(), SETTINGS.fastest())).containsExactly(false);
        assertThat(result.distances(exact, 1, 6)).containsExactly(1);
        assertThat(result.losses(exact, 1, 6)).containsExactly(Double.POSITIVE_INFINITY);
        assertThat(result.distances(exact, 1, 3)[0]).isLessThan(1);
    }

    @Test
    void cellsHaveNamesAndParametersOfTheirOwn() {
        List<Cell> cells = new NaturalGradient(SETTINGS).cells();

        assertThat(cells).hasSize(2 * 6);
        assertThat(cells).extracting(Cell::id).doesNotHaveDuplicates();
        assertThat(cells).extracting(Cell::parameters).doesNotHaveDuplicates();
    }

    @Test
    void rangesAreChecked() {
        assertThatThrownBy(() -> NaturalGradient.of(Preset.SMALL, 0)).hasMessage("seeds is 0: must be in [1, 1000]");
        assertThatThrownBy(() -> settings(List.of(new Budget(1, 5), new Budget(.1, 5))))
                .hasMessageContaining("rates is [1.0, 0.1]: must be positive, increasing");
        assertThatThrownBy(() -> settings(List.of(new Budget(1, 0)))).hasMessageContaining("budgets");
    }
}
