package org.layerwise.examples.linear.contraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.Verdict;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.InMemory;
import org.layerwise.examples.run.Preset;

final class ContractionMapTest {
    private static final MapSettings TINY =
            new MapSettings(new Dimensions(8, 4, 2, 8), List.of(1.0, 30.0), List.of(1.0, 5.0), .1, 1, 3);

    @Test
    void section_confirmsTheTheoryAndReadsBackFromItsFile(@TempDir Path folder) throws IOException {
        ContractionMap experiment = new ContractionMap(TINY);

        Section section = InMemory.sectionThroughAFile(experiment, InMemory.table(experiment), folder);

        assertThat(section.claims()).extracting(Claim::verdict).containsOnly(Verdict.REPRODUCED);
        for (Figure figure : section.figures()) {
            figure.write(folder);
            assertThat(folder.resolve(figure.name() + ".png")).isNotEmptyFile();
        }
    }

    @Test
    void cells_ofDifferentSettingsDiffer() {
        MapSettings otherRate = new MapSettings(TINY.sizes(), TINY.kappas(), TINY.headKappas(), .2, 1, 3);

        assertThat(new ContractionMap(otherRate).cells())
                .extracting(Cell::parameters)
                .doesNotContainAnyElementsOf(new ContractionMap(TINY)
                        .cells().stream().map(Cell::parameters).toList());
    }

    @Test
    void presets_growAndKeepTheTasks() {
        assertThat(ContractionMap.of(Preset.FULL, null).cells())
                .hasSizeGreaterThan(
                        ContractionMap.of(Preset.QUICK, null).cells().size());
        assertThat(ContractionMap.of(Preset.SMALL, 2).cells()).hasSize(8);
    }

    @Test
    void settingsOutOfRange_nameTheValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContractionMap.of(Preset.SMALL, 0))
                .withMessage("seeds is 0: must be in [1, 1000]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MapSettings(TINY.sizes(), List.of(10.0, 1.0), List.of(1.0), .1, 1, 1))
                .withMessageStartingWith("kappas is [10.0, 1.0]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MapSettings(TINY.sizes(), List.of(1.0), List.of(.5), .1, 1, 1))
                .withMessageStartingWith("headKappas is [0.5]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MapSettings(TINY.sizes(), List.of(1.0), List.of(1.0), 0, 1, 1))
                .withMessageStartingWith("rate is 0.0");
    }
}
