package org.layerwise.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ReachTest {
    private static final double ROUNDING = 1e-12;

    private static final Trial TRIAL = new Trial(SyntheticRuns.KFAC, .1, 2);

    /** Losses 10, 6, 4, 5 after 0, 2, 4 and 6 steps. */
    private static final List<Checkpoint> RUN = List.of(
            SyntheticRuns.checkpoint(TRIAL, 0, 10),
            SyntheticRuns.checkpoint(TRIAL, 2, 6),
            SyntheticRuns.checkpoint(TRIAL, 4, 4),
            SyntheticRuns.checkpoint(TRIAL, 6, 5));

    @Test
    void aLossOfACheckpoint_isReachedThere() {
        assertThat(TimeToLoss.of(RUN, 6)).contains(RUN.get(1).cost());
        assertThat(TimeToLoss.of(RUN, 4)).contains(RUN.get(2).cost());
    }

    @Test
    void aLossBetweenCheckpoints_isReachedOnTheStraightLine() {
        Cost cost = TimeToLoss.of(RUN, 4.5).orElseThrow();

        assertThat(cost.steps()).isCloseTo(3.5, within(ROUNDING));
        assertThat(cost.seconds()).isCloseTo(.035, within(ROUNDING));
        assertThat(cost.cpuSeconds()).isCloseTo(.028, within(ROUNDING));
        assertThat(TimeToLoss.of(RUN, 9).orElseThrow().steps()).isCloseTo(.5, within(ROUNDING));
    }

    /** What counts is the first time, although the loss rises again. */
    @Test
    void aLossThatIsPassedTwice_countsTheFirstTime() {
        assertThat(TimeToLoss.of(RUN, 5).orElseThrow().steps()).isCloseTo(3, within(ROUNDING));
    }

    @Test
    void aSmallerLoss_isNeverReached() {
        assertThat(TimeToLoss.of(RUN, 3.99)).isEmpty();
    }

    /** No run gets credit for the start, which all share. */
    @Test
    void aLossOfTheStart_isReachedAtTheFirstCheckpoint() {
        assertThat(TimeToLoss.of(RUN, 11)).contains(RUN.get(1).cost());
    }

    @Test
    void aDivergedRun_keepsWhatItReachedBefore() {
        List<Checkpoint> run = List.of(
                RUN.get(0),
                RUN.get(1),
                SyntheticRuns.checkpoint(TRIAL, 4, Double.NaN),
                SyntheticRuns.checkpoint(TRIAL, 6, Double.NaN));

        assertThat(TimeToLoss.of(run, 6)).contains(RUN.get(1).cost());
        assertThat(TimeToLoss.of(run, 5)).isEmpty();
        assertThat(TimeToLoss.best(run)).isEqualTo(6);
        assertThat(TimeToLoss.best(run.subList(0, 1))).isInfinite();
    }

    @Test
    void theBest_isTheLeastNotTheLast() {
        assertThat(TimeToLoss.best(RUN)).isEqualTo(4);
    }
}
