package org.layerwise.examples.linear.floor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.InMemory;
import org.layerwise.examples.run.Preset;

final class NoiseFloorTest {
    private static final Dimensions SIZES = new Dimensions(12, 6, 2, 150);

    private static FloorSettings settings(double noise, int leastSteps) {
        return new FloorSettings(SIZES, noise, List.of(1.0, 50.0), List.of(.3, 1.0), 2, 1, 1, leastSteps, 1e-6);
    }

    /**
     * At rate 1 the states of different steps are independent; the squared distance of some 10 effective directions then
     * has a relative standard error of sqrt(2 / (10 * 150)) / 2, about two percent, and the prediction an error of second
     * order in the noise.
     */
    @ParameterizedTest
    @CsvSource({"1", "50"})
    void kfac_settlesAtThePredictedDistance(double kappa) {
        List<Floor> floors = FloorRun.run(settings(.05, 150), kappa, 3);

        assertThat(floors.get(1).learningRate()).isEqualTo(1);
        assertThat(floors.get(1).ratio()).isCloseTo(1, within(.06));
        assertThat(floors.get(0).ratio()).isCloseTo(1, within(.08));
        assertThat(floors).allMatch(floor -> floor.operatorNorm() < floor.measured());
    }

    @Test
    void floor_isProportionalToTheNoise() {
        double low = FloorRun.run(settings(.005, 20), 50, 3).get(1).measured();
        double high = FloorRun.run(settings(.01, 20), 50, 3).get(1).measured();

        assertThat(high / low).isCloseTo(2, within(.01));
    }

    @Test
    void burnIn_isThreeTimeConstants() {
        FloorSettings settings = FloorSettings.of(Preset.QUICK, null);

        assertThat(settings.burnIn(.01)).isEqualTo(300);
        assertThat(settings.steps(.01)).isEqualTo(600);
        assertThat(settings.steps(1)).isEqualTo(23);
    }

    @Test
    void section_readsBackFromItsFile(@TempDir Path folder) throws IOException {
        NoiseFloor experiment = new NoiseFloor(settings(.1, 10));

        Section section = InMemory.sectionThroughAFile(experiment, InMemory.table(experiment), folder);

        section.figures().get(0).write(folder);
        assertThat(folder.resolve("noise-floor.png")).isNotEmptyFile();
    }

    /** Rows that follow the theory to the digit give its exponent and ratios of one. */
    @Test
    void claims_ofExactRowsAreExact() {
        FloorSettings settings = settings(.1, 10);
        List<Row> rows = List.of(
                row(1, 1, .3),
                row(1, 1, 1),
                row(50, 1, .3),
                row(50, 1, 1),
                row(1, 2, .3),
                row(1, 2, 1),
                row(50, 2, .3),
                row(50, 2, 1));

        Section section = new NoiseFloor(settings).section(new ResultTable(Floor.COLUMNS, rows));

        double[] values = section.claims().stream()
                .mapToDouble(claim -> claim.measured().value())
                .toArray();
        assertThat(values).containsExactly(new double[] {1, .5, 1}, within(1e-12));
    }

    private static Row row(double kappa, long seed, double rate) {
        double floor = kappa * seed * Math.sqrt(rate / (2 - rate));
        return new Floor(kappa, seed, rate, floor, floor, floor / 2).row();
    }

    @Test
    void settingsOutOfRange_nameTheValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NoiseFloor.of(Preset.QUICK, 0))
                .withMessage("seeds is 0: must be in [1, 1000]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FloorSettings(
                        new Dimensions(12, 6, 2, 13), .1, List.of(1.0, 2.0), List.of(.1, 1.0), 1, 1, 1, 1, 0))
                .withMessage("batch is 13: must be above inputs + 1 = 13");
        assertThatIllegalArgumentException().isThrownBy(() -> settings(0, 10)).withMessageStartingWith("noise is 0.0");
    }
}
