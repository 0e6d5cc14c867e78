package org.layerwise.examples.linear.batchnorm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.LinearTask.Orientation;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Normalisation;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.InMemory;
import org.layerwise.examples.run.Preset;

final class BatchNormTest {
    private static final BatchNormSettings SETTINGS = settings(
            8,
            List.of(
                    Variant.of(Method.AMGD, .02, Normalisation.NONE),
                    Variant.of(Method.AMGD, .02, Normalisation.HIDDEN),
                    Variant.of(Method.AMGD, .02, Normalisation.INPUT),
                    Variant.of(Method.KFAC, .1, Normalisation.NONE)));

    private static BatchNormSettings settings(int iterations, List<Variant> variants) {
        return new BatchNormSettings(
                new Dimensions(12, 6, 2, 60),
                .1,
                10,
                2,
                1,
                iterations,
                iterations,
                new Dampings(1e-5, 1e-4, 1e-5),
                variants);
    }

    @Test
    void sectionFromAFileEqualsThatFromMemory(@TempDir Path folder) throws IOException {
        BatchNorm experiment = new BatchNorm(SETTINGS);

        Section section = InMemory.sectionThroughAFile(experiment, InMemory.table(experiment), folder);

        assertThat(section.claims()).hasSize(7);
        assertThat(section.figures()).hasSize(2);
    }

    @Test
    void rowsDoNotDependOnTheOtherVariants() {
        Variant hidden = SETTINGS.variants().get(1);
        List<Run> together = new Training(SETTINGS, Orientation.ROTATED, 1).run();

        List<Run> alone = new Training(settings(8, List.of(hidden)), Orientation.ROTATED, 1).run();

        assertThat(alone).containsExactly(together.get(1));
    }

    @Test
    void cellsKeepTheirParametersWhenSeedsAreAdded() {
        List<Cell> few = new BatchNorm(SETTINGS).cells();

        List<Cell> many = new BatchNorm(SETTINGS.withSeeds(3)).cells();

        assertThat(few).hasSize(4);
        assertThat(many)
                .extracting(Cell::parameters)
                .containsAll(few.stream().map(Cell::parameters).toList());
        assertThat(many).extracting(Cell::id).doesNotHaveDuplicates();
    }

    @Test
    void divergedRunsAreCutShort() {
        Variant wild = Variant.of(Method.SGD, 1e3, Normalisation.NONE);

        Run run = new Training(settings(60, List.of(wild)), Orientation.ROTATED, 1)
                .run()
                .get(0);

        assertThat(run.states().values()).allMatch(State::isFinite);
        assertThat(run.states()).doesNotContainKey(60);
        assertThat(run.at(60, State::transferLoss)).isInfinite();
    }

    @Test
    void theLastIterationIsRecorded() {
        Variant variant = SETTINGS.variants().get(0);

        assertThat(SETTINGS.recorded(variant)).startsWith(0, 1).endsWith(8);
        assertThat(settings(103, List.of(variant)).recorded(variant))
                .startsWith(0, 4, 8)
                .endsWith(100, 103);
    }

    @Test
    void kfacHasItsOwnNumberOfSteps() {
        BatchNormSettings settings = BatchNormSettings.of(Preset.SMALL, null);
        Variant kfac = settings.variants().get(3);

        assertThat(settings.recorded(kfac)).endsWith(settings.kfacIterations());
        assertThat(settings.steps()).isEqualTo(3L * settings.iterations() + settings.kfacIterations());
    }

    @Test
    void rangesAreChecked() {
        assertThatThrownBy(() -> BatchNorm.of(Preset.SMALL, 0)).hasMessage("seeds is 0: must be in [1, 1000]");
        assertThatThrownBy(() -> settings(0, SETTINGS.variants())).hasMessageContaining("iterations is 0");
        assertThatThrownBy(() -> settings(8, List.of())).hasMessageContaining("variants");
    }
}
