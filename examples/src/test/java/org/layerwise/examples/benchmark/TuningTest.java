package org.layerwise.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

final class TuningTest {
    /** The choice among rates of .1, .01 and 1 whose runs end at these losses, one row a seed. */
    private static Optional<Choice> choice(double[]... seeds) {
        double[] rates = {.1, .01, 1};
        List<Checkpoint> ends = new ArrayList<>();
        for (int seed = 0; seed < seeds.length; seed++) {
            for (int i = 0; i < rates.length; i++) {
                ends.add(SyntheticRuns.checkpoint(new Trial(SyntheticRuns.KFAC, rates[i], seed), 20, seeds[seed][i]));
            }
        }
        return new TuningResult(SyntheticRuns.settings(SyntheticRuns.KFAC), ends).choice(SyntheticRuns.KFAC);
    }

    @Test
    void choice_isTheRateOfTheLeastLoss() {
        Choice choice = choice(new double[] {2, 3, 4}).orElseThrow();

        assertThat(choice.rate()).isEqualTo(.1);
        assertThat(choice.loss()).isEqualTo(2);
        assertThat(choice.edge()).isEqualTo(Choice.Edge.INSIDE);
        assertThat(choice.rateWords()).isEqualTo("0.1");
    }

    @Test
    void choiceAtTheEdge_saysSo() {
        assertThat(choice(new double[] {2, 1, 4}).orElseThrow().rateWords()).isEqualTo("0.01 (lowest of the grid)");
        assertThat(choice(new double[] {2, 3, 1}).orElseThrow().rateWords()).isEqualTo("1 (highest of the grid)");
    }

    @Test
    void divergedRuns_areNotChosen() {
        assertThat(choice(new double[] {2, Double.NaN, 3}).orElseThrow().rate()).isEqualTo(.1);
        assertThat(choice(new double[] {Double.NaN, Double.NaN, Double.NaN})).isEmpty();
    }

    /** The rate of .01 has the least loss of all and diverges on one seed, that of 1 has the least median. */
    @Test
    void manyTuningSeeds_areJudgedByTheirMedian() {
        double[][] seeds = {{4, 1, 3}, {5, 6, 3}, {4, Double.NaN, 9}};

        Choice choice = choice(seeds).orElseThrow();

        assertThat(choice.rate()).isEqualTo(1);
        assertThat(choice.loss()).isEqualTo(3);
    }

    @Test
    void tuningSeeds_areNotThoseOfTheComparison() {
        BenchmarkSettings settings =
                new BenchmarkSettings(SyntheticRuns.CONDITIONS, List.of(SyntheticRuns.ADAM), 3, 2, 3, 0);

        assertThat(settings.seedsOfTuning()).containsExactly(1L, 2L);
        assertThat(settings.evaluationSeeds()).containsExactly(3L, 4L, 5L);
        assertThat(new Tuning(settings, new Data(SyntheticRuns.CONDITIONS, null)).cells())
                .hasSize(6);
    }

    /** The runs that follow have the tuned rates, other seeds than tuning, and all cells are told apart. */
    @Test
    void tuning_isFollowedByRunsAtTheBestRates() {
        BenchmarkSettings settings = SyntheticRuns.settings(SyntheticRuns.ADAM, SyntheticRuns.KFAC);
        Tuning tuning = new Tuning(settings, new Data(SyntheticRuns.CONDITIONS, null));
        assertThat(tuning.cells()).hasSize(6);
        assertThat(tuning.cells().stream().map(Cell::parameters)).doesNotHaveDuplicates();
        List<Row> rows = new ArrayList<>();
        for (double rate : settings.grid(Optimizer.ADAM)) {
            SyntheticRuns.run(SyntheticRuns.ADAM, rate, 1, step -> 9 - step / 10 + rate)
                    .forEach(c -> rows.add(c.row()));
        }
        for (double rate : settings.grid(Optimizer.KFAC)) {
            SyntheticRuns.run(SyntheticRuns.KFAC, rate, 1, step -> step == 0 ? 9 : Double.NaN)
                    .forEach(c -> rows.add(c.row()));
        }
        ResultTable table = new ResultTable(tuning.columns(), rows);

        Experiment next = tuning.next(table).orElseThrow();

        assertThat(next.name()).isEqualTo("benchmark-curves");
        assertThat(next.timed()).isTrue();
        assertThat(tuning.timed()).isFalse();
        assertThat(next.cells().stream().map(Cell::id))
                .containsExactly("adam, batch 100, rate 9.5E-4, seed 2", "adam, batch 100, rate 9.5E-4, seed 3");
        Section section = tuning.section(table);
        assertThat(section.figures()).hasSize(1);
        assertThat(section.settings()).anyMatch(words -> words.contains("BLAS threads: 1"));
    }

    @Test
    void grids_areCentredAndOfEqualLength() {
        BenchmarkSettings settings = BenchmarkSettings.of(Problem.CURVES, Preset.FULL, null);

        for (Optimizer optimizer : Optimizer.all()) {
            List<Double> grid = settings.grid(optimizer);
            assertThat(grid).hasSize(7).isSorted();
            assertThat(grid.get(3)).isEqualTo(optimizer.centre(Loss.PIXELS));
        }
        assertThat(settings.seedsOfTuning()).hasSize(3);
        assertThat(settings.evaluationSeeds()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(settings.entrants()).hasSize(2 * Optimizer.all().size());
    }

    @Test
    void theBudget_isInExamplesAndCheckpointsSpreadOverIt() {
        assertThat(SyntheticRuns.CONDITIONS.steps(100)).isEqualTo(20);
        assertThat(SyntheticRuns.CONDITIONS.steps(50)).isEqualTo(40);
        assertThat(SyntheticRuns.CONDITIONS.step(50, 10)).isEqualTo(40);
        assertThat(SyntheticRuns.CONDITIONS.step(100, 1)).isEqualTo(2);
    }

    @Test
    void settingsOutOfRange_nameTheValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tuning.of(Problem.CURVES, Preset.QUICK, 0, null))
                .withMessage("seeds is 0: must be in [1, 100]");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Tuning.of(Problem.CURVES, Preset.SMALL, null, null).with(List.of(Optimizer.of("muon"))))
                .withMessage("methods is [muon]: this preset has [adam, kfac]");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new BenchmarkSettings(SyntheticRuns.CONDITIONS, List.of(SyntheticRuns.ADAM), 4, 1, 1, 0))
                .withMessageContaining("4 learning rates");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new BenchmarkSettings(SyntheticRuns.CONDITIONS, List.of(SyntheticRuns.ADAM), 3, 0, 1, 0))
                .withMessageContaining("tuningSeeds is 0");
    }
}
