package org.layerwise.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeriodTest {
    /** The steps at which work is done when every due step does it. */
    private static List<Long> schedule(Period period, long steps) {
        List<Long> done = new ArrayList<>();
        long last = -1;
        for (long step = 0; step < steps; step++) {
            if (period.due(step, last)) {
                done.add(step);
                last = step;
            }
        }
        return done;
    }

    @Test
    void every_k_isDueAtItsMultiples() {
        assertThat(schedule(Period.every(1), 4)).containsExactly(0L, 1L, 2L, 3L);
        assertThat(schedule(Period.every(4), 13)).containsExactly(0L, 4L, 8L, 12L);
    }

    @Test
    void growingTo_target_growsByAQuarterOfTheSteps() {
        assertThat(schedule(Period.growingTo(5), 45))
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 10L, 12L, 15L, 18L, 22L, 27L, 32L, 37L, 42L);
        assertThat(schedule(Period.growingTo(1), 4)).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void geometric_firstAndLimit_doublesThenStaysConstant() {
        assertThat(schedule(Period.geometric(8, 512), 2000))
                .containsExactly(0L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 1024L, 1536L);
        assertThat(schedule(Period.geometric(3, 10), 50)).containsExactly(0L, 3L, 6L, 12L, 22L, 32L, 42L);
        assertThat(schedule(Period.geometric(2, 2), 7)).containsExactly(0L, 2L, 4L, 6L);
    }

    @Test
    void geometric_anyLastStep_nextIsTheFirstOfItsStepsBeyond() {
        List<Long> steps = schedule(Period.geometric(3, 10), 60);
        for (long last = 0; last < 40; last++) {
            long after = last;
            assertThat(Period.geometric(3, 10).next(last))
                    .isEqualTo(steps.stream()
                            .filter(step -> step > after)
                            .findFirst()
                            .orElseThrow());
        }
    }

    @Test
    void at_steps_isDueAtTheseAndNeverAgain() {
        assertThat(schedule(Period.at(2, 3, 10), 30)).containsExactly(0L, 2L, 3L, 10L);
        assertThat(Period.at(5).next(5)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void at_badSteps_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(Period::at).withMessageContaining("at least one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Period.at(3, 3))
                .withMessageContaining("ascend")
                .withMessageContaining("[3, 3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Period.geometric(8, 7))
                .withMessageContaining("8")
                .withMessageContaining("7");
        assertThatIllegalArgumentException().isThrownBy(() -> Period.geometric(0, 7));
    }

    @Test
    void due_resumedAfterAGap_catchesUpOnce() {
        assertThat(Period.every(10).due(1000, 3)).isTrue();
        assertThat(Period.every(10).due(1001, 1000)).isFalse();
        assertThat(Period.growingTo(50).due(1049, 1000)).isFalse();
        assertThat(Period.growingTo(50).due(1050, 1000)).isTrue();
    }

    /** The last step may be read from a damaged state. */
    @Test
    void next_absurdLastStep_isLaterAndFoundAtOnce() {
        Period[] periods = {
            Period.every(3),
            Period.growingTo(7),
            Period.geometric(1, Integer.MAX_VALUE),
            Period.geometric(3, 10),
            Period.at(1, 5)
        };
        for (Period period : periods) {
            for (long last : new long[] {1L << 40, 1L << 50, Long.MAX_VALUE - 1}) {
                assertThat(period.next(last)).isGreaterThan(last);
            }
            assertThat(period.next(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
            assertThat(period.due(3, Long.MIN_VALUE)).isTrue();
        }
        assertThat(Period.geometric(3, 10).next(1L << 50)).isEqualTo((1L << 50) + 8);
    }

    @Test
    void period_belowOne_isRefused() {
        for (int bad : new int[] {0, -3}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Period.every(bad))
                    .withMessageContaining("period")
                    .withMessageContaining(String.valueOf(bad));
            assertThatIllegalArgumentException().isThrownBy(() -> Period.growingTo(bad));
        }
    }
}
