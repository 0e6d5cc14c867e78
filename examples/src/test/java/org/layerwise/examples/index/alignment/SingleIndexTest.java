package org.layerwise.examples.index.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.InMemory;
import org.layerwise.examples.run.Preset;

@TestInstance(Lifecycle.PER_CLASS)
class SingleIndexTest {
    private static final AlignmentSettings TINY = new AlignmentSettings(
            new AlignmentSettings.Sizes(12, 8, .3), List.of(2.0, 8.0), List.of(1.0, 100.0), List.of(.1, 1.0), 2, 1);

    private final SingleIndex experiment = new SingleIndex(TINY);
    private ResultTable table = new ResultTable(experiment.columns(), List.of());

    @BeforeAll
    void run() {
        table = InMemory.table(experiment);
    }

    @Test
    void cells_areDistinctAndRepeatable() {
        List<Cell> cells = experiment.cells();
        assertThat(cells).extracting(Cell::id).doesNotHaveDuplicates();
        assertThat(cells).extracting(Cell::parameters).doesNotHaveDuplicates();
        assertThat(cells).allSatisfy(cell -> assertThat(cell.cost()).isPositive());
        Cell last = cells.get(cells.size() - 1);
        assertThat(last.computation().rows()).isEqualTo(last.computation().rows());
    }

    @Test
    void section_fromAFile_equalsTheOneFromMemory(@TempDir Path folder) throws IOException {
        Section fromFile = InMemory.sectionThroughAFile(experiment, table, folder);
        assertThat(fromFile.settings()).isEqualTo(experiment.section(table).settings());
    }

    @Test
    void section_hasClaimsOfDifferentNamesAndThreeFigures() {
        Section section = experiment.section(table);
        assertThat(section.claims())
                .extracting(Claim::id)
                .doesNotHaveDuplicates()
                .hasSize(13);
        assertThat(section.figures())
                .hasSize(3)
                .allSatisfy(f -> assertThat(f.panels()).hasSize(6));
        assertThat(section.settings()).anySatisfy(text -> assertThat(text).contains("Muon, Shampoo"));
    }

    @Test
    void section_ofASingleSeed_claimsNoAgreement() {
        ResultTable one = table.where("seed", 1L);
        Section section = new SingleIndex(TINY.withSeeds(1)).section(one);
        assertThat(section.claims().get(0).measured().value()).isZero();
    }

    /** The lines of the figures and the predictions beside the dots are about the same tasks. */
    @Test
    void theoryCurves_meetThePredictionsOfTheTrials() {
        AlignmentResult result = AlignmentResult.of(TINY, table);
        for (Teacher teacher : Teacher.values()) {
            Situation least = Situation.rotated(teacher, AlignmentSettings.KAPPA, 2);
            for (Contender contender : TINY.lines(least)) {
                double[] line = result.theory(least, contender, Metric.IDENTITY);
                double[] predicted = result.predicted(least, contender, Metric.IDENTITY);
                assertThat(line).hasSameSizeAs(predicted);
                for (int seed = 0; seed < line.length; seed++) {
                    assertThat(line[seed]).isCloseTo(predicted[seed], within(1e-12));
                }
            }
        }
    }

    @Test
    void optimalDamping_dependsOnTheDataAlone() {
        assertThat(TINY.optimalDamping(Teacher.TANH, 2)).isCloseTo(.160, within(5e-4));
        assertThat(TINY.optimalDamping(Teacher.RELU, 2)).isCloseTo(.680, within(5e-4));
        assertThat(TINY.optimalDamping(Teacher.TANH, 8)).isCloseTo(.040, within(5e-4));
    }

    @Test
    void reference_isRunByTheReferenceSizes() {
        AlignmentSettings quick = AlignmentSettings.of(Preset.QUICK);
        assertThat(Reference.all()).hasSize(18).allSatisfy(reference -> {
            assertThat(quick.situations()).contains(reference.situation());
            assertThat(quick.contenders(reference.situation())).contains(reference.contender());
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1001})
    void seeds_outOfRange_areRefused(int seeds) {
        assertThatThrownBy(() -> SingleIndex.of(Preset.SMALL, seeds))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("seeds is " + seeds + ": must be in [1, 1000]");
    }

    @Test
    void presets_haveTheSeedsTheyPromise() {
        assertThat(AlignmentSettings.of(Preset.QUICK).seeds()).isGreaterThanOrEqualTo(3);
        assertThat(AlignmentSettings.of(Preset.FULL).seeds()).isGreaterThanOrEqualTo(10);
        assertThat(Stream.of(Preset.values()).map(p -> SingleIndex.of(p, null).name()))
                .containsOnly("single-index");
        assertThat(SingleIndex.of(Preset.SMALL, 3).cells())
                .hasSize(3 * (TINY.situations().size() + 1));
    }

    @Test
    void batches_ofDifferentSeedsAreNoShiftsOfEachOther() {
        long[] first = Trial.batches(1, 600).longs(1000).toArray();
        for (long seed = 2; seed < 20; seed++) {
            long[] other = Trial.batches(seed, 600).longs(1000).toArray();
            assertThat(other).doesNotContain(first);
        }
    }
}
