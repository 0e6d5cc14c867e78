package org.layerwise.examples.linear.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.LockstepTraining;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Trajectory;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.InMemory;
import org.layerwise.examples.run.Preset;

final class SweepTest {
    private static final Dimensions SIZES = new Dimensions(12, 6, 2, 60);
    private static final LockstepTraining.Conditions CONDITIONS =
            new LockstepTraining.Conditions(SIZES, .1, 100, 1, new Dampings(1e-5, 1e-4, 1e-5));

    private static final List<Method> METHODS = List.of(Method.SGD, Method.ADAM, Method.KFAC);

    private static SweepSettings settings(List<Double> kappas, List<Double> rates) {
        return SweepSettings.create(SIZES, kappas, 25, 2, SweepSettings.grid(METHODS, rates));
    }

    /** Same tasks, starts, batches and methods as the learning curves. */
    @Test
    void outcome_isTheEndOfTheTrajectory() {
        List<Contender> contenders = List.of(
                new Contender(Method.SGD, .01), new Contender(Method.ADAMW, .02), new Contender(Method.KFAC, .3));

        List<Outcome> outcomes = FinalOutcomes.run(CONDITIONS, contenders, 10);
        List<Trajectory> trajectories = LockstepTraining.run(
                CONDITIONS,
                contenders.stream().map(c -> new LockstepTraining.Entry(c, 10)).toList());

        for (int i = 0; i < contenders.size(); i++) {
            Measurement end = trajectories.get(i).last();
            assertThat(outcomes.get(i).trainLoss()).isEqualTo(end.trainLoss());
            assertThat(outcomes.get(i).subspaceDistance()).isEqualTo(end.subspaceDistance());
            assertThat(outcomes.get(i).transferLoss()).isEqualTo(end.transferLoss());
            assertThat(outcomes.get(i).startLoss())
                    .isEqualTo(trajectories.get(i).measurements().get(0).trainLoss());
            assertThat(outcomes.get(i).diverged()).isFalse();
        }
        assertThat(outcomes.get(2).predictedFloor())
                .isEqualTo(trajectories.get(2).prediction().noiseFloor());
    }

    /** Too large a rate of every method is a result, not a failure, also when its weights overflow. */
    @Test
    void explodingRuns_countAsDiverged() {
        List<Contender> contenders = SweepSettings.grid(SweepSettings.METHODS, List.of(1e4));

        List<Outcome> outcomes = FinalOutcomes.run(CONDITIONS, contenders, 120);

        Outcome sgd = outcomes.get(0);
        assertThat(sgd.diverged()).isTrue();
        assertThat(sgd.subspaceDistance()).isNaN();
        assertThat(RateWindow.works(sgd)).isFalse();
        assertThat(outcomes).noneMatch(RateWindow::works);
        SweepResult result = new SweepResult(settings(List.of(100.0), List.of(1e4)), outcomes);
        assertThat(result.best(Method.SGD, 100, 1)).isEqualTo(1);
        assertThat(result.point(sgd.contender(), 100, 1, Outcome::subspaceDistance))
                .isEmpty();
        assertThat(result.diverged(sgd.contender(), 100)).isEqualTo(1);
    }

    @Test
    void growingTrainingLoss_countsAsDiverged() {
        Outcome run = new Outcome(new Contender(Method.SGD, 1), 1, 1, 10, 11, .05, .1, .1, Double.NaN);

        assertThat(run.diverged()).isTrue();
        assertThat(RateWindow.works(run)).isFalse();
    }

    @Test
    void outcome_readsBackFromItsRow() {
        Outcome diverged = new Outcome(
                new Contender(Method.ADAM, .1), 10, 4, 3, Double.NaN, Double.NaN, Double.NaN, Double.NaN, .2);
        ResultTable table = new ResultTable(Outcome.COLUMNS, List.of(diverged.row()));

        assertThat(Outcome.of(table, table.rows().get(0))).isEqualTo(diverged);
    }

    @Test
    void window_countsTheStepOfEveryWorkingRate() {
        RateWindow window = new RateWindow(List.of(.001, .01, .1, 1.0));

        assertThat(window.step()).isCloseTo(1, within(1e-12));
        assertThat(window.decades(rate -> rate > .005)).isCloseTo(3, within(1e-12));
    }

    /** With a thousand steps KFAC works from about 2.3e-3 on: (1 - eta)^1000 = .1. */
    @Test
    void predictedWindow_startsWhereTheStepsSuffice() {
        RateWindow window = new RateWindow(List.of(.001, .002, .004, .008, .016));

        assertThat(window.predictedKfac(1000)).isCloseTo(3 * Math.log10(2), within(1e-12));
        assertThat(window.predictedKfac(100)).isZero();
    }

    @Test
    void rateSweep_readsBackFromItsFile(@TempDir Path folder) throws IOException {
        assertReadsBack(new RateSweep(settings(List.of(100.0), List.of(.01, .1, 1.0))), folder);
    }

    @Test
    void anisotropySweep_readsBackFromItsFile(@TempDir Path folder) throws IOException {
        assertReadsBack(new AnisotropySweep(settings(List.of(1.0, 100.0), List.of(.01, .1))), folder);
    }

    private static void assertReadsBack(Experiment experiment, Path folder) throws IOException {
        Section section = InMemory.sectionThroughAFile(experiment, InMemory.table(experiment), folder);

        assertThat(section.figures()).isNotEmpty();
        for (Figure figure : section.figures()) {
            figure.write(folder);
            assertThat(folder.resolve(figure.name() + ".png")).isNotEmptyFile();
        }
    }

    @Test
    void cells_carryEverythingTheyDependOn() {
        List<String> few = parameters(settings(List.of(100.0), List.of(.01)));

        assertThat(parameters(settings(List.of(10.0), List.of(.01)))).doesNotContainAnyElementsOf(few);
        assertThat(parameters(settings(List.of(100.0), List.of(.02)))).doesNotContainAnyElementsOf(few);
        assertThat(parameters(
                        SweepSettings.create(SIZES, List.of(100.0), 26, 2, SweepSettings.grid(METHODS, List.of(.01)))))
                .doesNotContainAnyElementsOf(few);
    }

    private static List<String> parameters(SweepSettings settings) {
        return SweepCells.of(settings).stream().map(Cell::parameters).toList();
    }

    @Test
    void presets_haveTheGridsOfTheReport() {
        SweepSettings full = RateSweep.of(Preset.FULL, null).settings();

        assertThat(full.of(Method.KFAC)).hasSize(13);
        assertThat(full.of(Method.SGD).get(0).learningRate()).isEqualTo(1e-4);
        assertThat(full.of(Method.SGD).get(12).learningRate()).isEqualTo(1);
        assertThat(full.seeds()).isEqualTo(10);
        assertThat(AnisotropySweep.of(Preset.QUICK, 5).settings().seeds()).isEqualTo(5);
        assertThat(AnisotropySweep.of(Preset.FULL, null).settings().methods()).hasSize(7);
    }

    @Test
    void settingsOutOfRange_nameTheValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateSweep.of(Preset.SMALL, 0))
                .withMessage("seeds is 0: must be in [1, 1000]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AnisotropySweep.of(Preset.FULL, 1001))
                .withMessage("seeds is 1001: must be in [1, 1000]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(List.of(.5), List.of(.01)))
                .withMessageStartingWith("kappas is [0.5]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RateWindow(List.of(.1)))
                .withMessageContaining("at least two");
    }

    @Test
    void estimateOfOneSeed_isADotWithoutErrorBar() {
        Curve.Point point = Curve.Point.of(2, Estimate.mean(.5));

        assertThat(point).isEqualTo(Curve.Point.bare(2, .5));
    }
}
