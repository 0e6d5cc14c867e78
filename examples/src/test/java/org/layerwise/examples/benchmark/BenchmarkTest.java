package org.layerwise.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.SuiteReport;
import org.layerwise.examples.report.Verdict;

/** What made-up runs of known outcome say. */
final class BenchmarkTest {
    private static final double ROUNDING = 1e-9;

    private static final BenchmarkSettings SETTINGS =
            SyntheticRuns.settings(SyntheticRuns.ADAM, SyntheticRuns.FAST_ADAM, SyntheticRuns.KFAC, SyntheticRuns.SOAP);
    private static final List<Choice> CHOICES = SETTINGS.entrants().stream()
            .map(entrant -> new Choice(entrant, .1, 1, Choice.Edge.HIGHEST))
            .toList();
    private static final Benchmark BENCHMARK =
            new Benchmark(SETTINGS, new Data(SyntheticRuns.CONDITIONS, null), CHOICES);

    /** Falls by the rate every step down to a floor. */
    private static DoubleUnaryOperator falling(double rate, double floor) {
        return step -> Math.max(100 - rate * step, floor);
    }

    /** At batch 100 Adam is at 60 after 20 steps, K-FAC after 4, SOAP never; at batch 50 Adam is at 40 after 40. */
    private static ResultTable table() {
        List<Row> rows = new ArrayList<>();
        for (long seed : SETTINGS.evaluationSeeds()) {
            List<List<Checkpoint>> runs = List.of(
                    SyntheticRuns.run(SyntheticRuns.ADAM, .1, seed, falling(2, 0)),
                    SyntheticRuns.run(SyntheticRuns.FAST_ADAM, .1, seed, falling(1.5, 0)),
                    SyntheticRuns.run(SyntheticRuns.KFAC, .1, seed, falling(10, 10)),
                    SyntheticRuns.run(SyntheticRuns.SOAP, .1, seed, falling(3, seed == 2 ? 61 : 50)));
            runs.forEach(run -> run.forEach(c -> rows.add(c.row())));
        }
        return new ResultTable(Checkpoint.COLUMNS, rows);
    }

    private static Claim claim(String end) {
        return BENCHMARK.section(table()).claims().stream()
                .filter(claim -> claim.id().equals("benchmark-curves-" + end))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void ratios_areThoseOfTheRuns() {
        assertThat(claim("kfac-steps").measured().value()).isCloseTo(.2, within(ROUNDING));
        assertThat(claim("kfac-steps").verdict()).isEqualTo(Verdict.MILD);
        assertThat(claim("kfac-seconds").measured().value()).isCloseTo(.2, within(ROUNDING));
        assertThat(claim("kfac-seconds").verdict()).isEqualTo(Verdict.REPRODUCED);
    }

    /** K-FAC is at 40 after 6 steps of batch 100, Adam after 40 of batch 50. */
    @Test
    void adamAtItsBestBatch_isTheOneWithTheLeastLoss() {
        Claim claim = claim("any-batch");

        assertThat(claim.quantity()).contains("K-FAC, batch 100", "Adam, batch 50");
        assertThat(claim.measured().value()).isCloseTo(.3, within(ROUNDING));
        assertThat(claim.verdict()).isEqualTo(Verdict.REPRODUCED);
    }

    @Test
    void aLossThatOneSeedNeverReaches_isInfinitelyFar() {
        assertThat(claim("soap-steps").measured().value()).isInfinite();
        assertThat(claim("soap-steps").verdict()).isEqualTo(Verdict.NOT_REPRODUCED);
        assertThat(claim("soap-steps").statement()).contains("batch 100 SOAP");
    }

    @Test
    void theReport_showsEdgesAndWhatWasNeverReached(@TempDir Path folder) throws IOException {
        Section section = BENCHMARK.section(table());
        SuiteReport.write(folder.resolve("report.html"), "Benchmark", "a test", "small", List.of(section));

        assertThat(folder.resolve("report.html"))
                .content()
                .contains(
                        "0.1 (highest of the grid)",
                        "1 of 2",
                        "never",
                        "not within the budget",
                        "∞",
                        "seeds 2, 3",
                        "seed 1)")
                .contains("steps, target + 1 %", "CPU seconds, target + 5 %", "(1 of 2)");
        assertThat(section.figures().stream().map(Figure::name))
                .containsExactly("benchmark-curves-batch-100", "benchmark-curves-batch-50");
        for (Figure figure : section.figures()) {
            figure.write(folder);
            assertThat(folder.resolve(figure.name() + ".png")).isNotEmptyFile();
        }
    }

    @Test
    void theSection_readsBackFromItsFile(@TempDir Path folder) throws IOException {
        table().write(folder.resolve("benchmark.csv"));

        Section readBack = BENCHMARK.section(ResultTable.read(folder.resolve("benchmark.csv")));

        assertThat(readBack.claims()).isEqualTo(BENCHMARK.section(table()).claims());
        assertThat(readBack.figures()).isEqualTo(BENCHMARK.section(table()).figures());
    }

    /** Without Adam there is nothing to compare with, and the page says so. */
    @Test
    void withoutAdam_thereAreNoClaims() {
        List<Choice> others = CHOICES.stream()
                .filter(c -> c.entrant().equals(SyntheticRuns.KFAC))
                .toList();
        Benchmark benchmark = new Benchmark(SETTINGS, new Data(SyntheticRuns.CONDITIONS, null), others);
        List<Row> rows = new ArrayList<>();
        for (long seed : SETTINGS.evaluationSeeds()) {
            SyntheticRuns.run(SyntheticRuns.KFAC, .1, seed, falling(10, 10)).forEach(c -> rows.add(c.row()));
        }

        Section section = benchmark.section(new ResultTable(Checkpoint.COLUMNS, rows));

        assertThat(section.claims()).isEmpty();
        assertThat(section.body().toString()).contains("nothing to compare with");
    }

    /** At 5 % above 60, K-FAC is there after 3.7 steps and Adam after 18.5; at 5 % above 40 Adam's small batch needs 39.3. */
    @Test
    void slackenedTargets_areReachedEarlier() {
        BenchmarkResult result = BenchmarkResult.of(SETTINGS, CHOICES, table());

        assertThat(new TargetLoss(result, SyntheticRuns.ADAM, .05).target(2)).isCloseTo(63, within(ROUNDING));
        assertThat(new TargetLoss(result, SyntheticRuns.ADAM, .05).ratios(SyntheticRuns.KFAC, Cost::steps))
                .containsExactly(new double[] {3.7 / 18.5, 3.7 / 18.5}, within(ROUNDING));
    }

    /** Cells of other budgets, rates, data and warm-up never meet. */
    @Test
    void cells_carryEverythingTheyDependOn() {
        Trial trial = new Trial(SyntheticRuns.KFAC, .1, 2);
        Data data = new Data(SyntheticRuns.CONDITIONS, null);
        String parameters = TrainingCells.timed(SETTINGS, data, trial).parameters();

        assertThat(parameters).contains("KlClip", "epochs=10", "generated");
        BenchmarkSettings warmer = new BenchmarkSettings(SyntheticRuns.CONDITIONS, SETTINGS.entrants(), 3, 1, 2, 4);
        assertThat(TrainingCells.timed(warmer, data, trial).parameters()).isNotEqualTo(parameters);
        assertThat(TrainingCells.timed(SETTINGS, data, new Trial(SyntheticRuns.KFAC, .2, 2))
                        .parameters())
                .isNotEqualTo(parameters);
    }

    @Test
    void untimedRuns_keepTheirLossesAlone() {
        Checkpoint timed = SyntheticRuns.checkpoint(new Trial(SyntheticRuns.KFAC, .1, 2), 20, 3);

        Checkpoint untimed = timed.withoutTimes();

        assertThat(untimed.cost().steps()).isEqualTo(20);
        assertThat(untimed.cost().seconds()).isNaN();
        assertThat(untimed.cost().cpuSeconds()).isNaN();
        assertThat(untimed.trainLoss()).isEqualTo(3);
    }
}
