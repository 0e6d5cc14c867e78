package org.layerwise.precondition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockTest {
    private static final Schedule EVERY_FOUR = last -> last + 4;

    private static List<Long> due(Clock clock, long steps) {
        List<Long> due = new ArrayList<>();
        for (long step = 1; step <= steps; step++) {
            clock.set(step);
            if (clock.due()) {
                due.add(step);
            }
        }
        return due;
    }

    @Test
    void due_schedule_isFollowedFromItsFirstStep() {
        Clock clock = new Clock(EVERY_FOUR, 3);
        assertThat(due(clock, 12)).containsExactly(3L, 7L, 11L);
        assertThat(clock.count()).isEqualTo(3);
    }

    @Test
    void due_scheduleFromZero_isNotShiftedByItsFirstStep() {
        Clock clock = new Clock(EVERY_FOUR, 3, 0);
        assertThat(due(clock, 14)).containsExactly(3L, 4L, 8L, 12L);
        assertThat(clock.count()).isEqualTo(4);
        assertThat(due(clock, 9)).as("rewound").containsExactly(3L, 4L, 8L);
        clock.set(11);
        assertThat(clock.count()).as("as if all had been taken").isEqualTo(3);
        assertThat(due(new Clock(EVERY_FOUR, 4, 0), 12)).containsExactly(4L, 8L, 12L);
        assertThat(due(new Clock(EVERY_FOUR, 9, 0), 16)).containsExactly(9L, 12L, 16L);
        assertThat(due(new Clock(last -> last < 5 ? 5 : Long.MAX_VALUE, 3, 0), 30))
                .containsExactly(3L, 5L);
    }

    @Test
    void set_anyStep_isAsIfAllHadBeenTaken() {
        Clock clock = new Clock(EVERY_FOUR, 3);
        clock.set(12);
        assertThat(clock.count()).isEqualTo(3);
        clock.set(1);
        assertThat(clock.count()).isZero();
        assertThat(clock.due()).isFalse();
        clock.set(3);
        assertThat(clock.due()).isTrue();
    }

    @Test
    void due_neverAgain_isDueOnce() {
        Clock clock = new Clock(last -> Long.MAX_VALUE, 1);
        clock.set(1);
        assertThat(clock.due()).isTrue();
        clock.set(1_000_000);
        assertThat(clock.due()).isFalse();
        assertThat(clock.count()).isEqualTo(1);
    }

    /** The steps at which each of some items is due. */
    private static List<List<Long>> turns(int items, long steps) {
        Clock clock = new Clock(EVERY_FOUR, 3);
        List<List<Long>> turns = new ArrayList<>();
        for (int i = 0; i < items; i++) {
            turns.add(new ArrayList<>());
        }
        for (long step = 1; step <= steps; step++) {
            clock.set(step);
            for (int i = 0; i < items; i++) {
                if (clock.due(i, items)) {
                    turns.get(i).add(step);
                }
            }
        }
        return turns;
    }

    @Test
    void due_items_takeTurns() {
        assertThat(turns(1, 10)).containsExactly(List.of(3L, 7L));
        assertThat(turns(3, 10)).containsExactly(List.of(3L, 7L), List.of(4L, 8L), List.of(5L, 9L));
        assertThat(turns(8, 10))
                .as("two a step")
                .containsExactly(
                        List.of(3L, 7L),
                        List.of(3L, 7L),
                        List.of(4L, 8L),
                        List.of(4L, 8L),
                        List.of(5L, 9L),
                        List.of(5L, 9L),
                        List.of(6L, 10L),
                        List.of(6L, 10L));
    }
}
