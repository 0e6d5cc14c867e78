package org.layerwise.examples.linear.curves;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Trajectory;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.run.Cell;

final class LearningCurvesTest {
    private static LinearSettings settings(Contender... contenders) {
        return new LinearSettings(
                new Dimensions(20, 6, 3, 60),
                .1,
                List.of(1.0, 50.0),
                2,
                1,
                10,
                new LinearSettings.Budget(1, 4),
                new Dampings(1e-5, 1e-4, 1e-4),
                List.of(contenders));
    }

    private static LinearResult run(LinearSettings settings) {
        return Runs.of(settings);
    }

    @Test
    void everyContenderRunsItsBudget() {
        Contender sgd = new Contender(Method.SGD, .01);
        Contender ngd = new Contender(Method.NGD, .01);

        LinearResult result = run(settings(sgd, ngd));

        assertThat(result.trajectories()).hasSize(2 * 2 + 2 * 1);
        assertThat(result.of(sgd, 50)).extracting(Trajectory::seed).containsExactly(1L, 2L);
        assertThat(result.of(sgd, 50)).extracting(Trajectory::lastIteration).containsOnly(10);
        assertThat(result.of(ngd, 1)).extracting(Trajectory::lastIteration).containsExactly(4);
    }

    @Test
    void aCellGivesTheSameNumbersEveryTime() {
        LinearSettings settings = settings(new Contender(Method.ADAM, .01), new Contender(Method.KFAC, .1));

        assertThat(run(settings)).isEqualTo(run(settings));
    }

    @Test
    void contendersDoNotInfluenceEachOther() {
        Contender amgd = new Contender(Method.AMGD, .01);

        LinearResult alone = run(settings(amgd));
        LinearResult together = run(settings(new Contender(Method.SGD, .01), amgd));

        assertThat(together.of(amgd, 50)).isEqualTo(alone.of(amgd, 50));
    }

    @Test
    void divergedRunsAreCutShort() {
        Contender wild = new Contender(Method.SGD, 1e3);

        LinearResult result = run(settings(wild).withIterations(200));

        assertThat(result.of(wild, 50)).allMatch(t -> t.lastIteration() < 200);
        assertThat(result.of(wild, 50))
                .allSatisfy(t -> assertThat(t.measurements()).allMatch(Measurement::isFinite));
        assertThat(result.quantile(wild, 50, 200, .5, Measurement::trainLoss)).isNaN();
    }

    @Test
    void parametersTellCellsApart() {
        LinearSettings base = settings(new Contender(Method.SGD, .01));
        List<LinearSettings> others = List.of(
                base.withIterations(11),
                base.withKappas(List.of(2.0)),
                base.withContenders(List.of(new Contender(Method.SGD, .02))));

        assertThat(others)
                .allSatisfy(other -> assertThat(parameters(other)).doesNotContainAnyElementsOf(parameters(base)));
        assertThat(parameters(base.withSeeds(1))).isSubsetOf(parameters(base));
    }

    private static List<String> parameters(LinearSettings settings) {
        return new LearningCurves(settings)
                .cells().stream().map(Cell::parameters).toList();
    }

    @Test
    void resultsReadBackFromRows() {
        LinearSettings settings = settings(new Contender(Method.KFAC, .1));
        LinearResult result = run(settings);
        List<Row> rows = result.trajectories().stream()
                .flatMap(t -> t.measurements().stream()
                        .map(m -> LinearResult.row(t, t.measurements().indexOf(m), m)))
                .toList();

        assertThat(LinearResult.of(settings, new ResultTable(LinearResult.COLUMNS, rows)))
                .isEqualTo(result);
    }
}
