package org.layerwise.updater;

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
    void due_resumedAfterAGap_catchesUpOnce() {
        assertThat(Period.every(10).due(1000, 3)).isTrue();
        assertThat(Period.every(10).due(1001, 1000)).isFalse();
        assertThat(Period.growingTo(50).due(1049, 1000)).isFalse();
        assertThat(Period.growingTo(50).due(1050, 1000)).isTrue();
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
