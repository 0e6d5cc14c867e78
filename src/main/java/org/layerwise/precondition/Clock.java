package org.layerwise.precondition;

/**
 * The steps at which a schedule has work done, counted. They follow from the step number alone, so that nothing of it needs
 * to be saved.
 */
final class Clock {
    private final Schedule schedule;
    private final long first;
    private final long origin;
    private long own;
    private long now;
    private long latest;
    private long following;
    private long count;

    /**
     * Starts before the first step. The schedule begins with it.
     *
     * @param first step at which work is due, at least 1
     */
    Clock(Schedule schedule, long first) {
        this(schedule, first, first);
    }

    /**
     * Starts before the first step.
     *
     * @param first step at which work is due, at least 1
     * @param origin where the schedule begins, from 0 to {@code first}; its steps before {@code first} are left out
     */
    Clock(Schedule schedule, long first, long origin) {
        this.schedule = schedule;
        this.first = first;
        this.origin = origin;
        rewind();
    }

    private void rewind() {
        own = origin;
        now = 0;
        latest = 0;
        following = first;
        count = 0;
    }

    /** Goes to a step, from 1. */
    void set(long step) {
        if (step < now) {
            rewind();
        }
        now = step;
        while (following <= step) {
            latest = following;
            following = after(latest);
            count++;
        }
    }

    private long after(long step) {
        while (own <= step) {
            own = schedule.next(own);
        }
        return own;
    }

    /** Whether work is due at this step. */
    boolean due() {
        return latest == now;
    }

    /** How often work was due, this step included. */
    long count() {
        return count;
    }

    /**
     * Whether an item's share of the work is due: items take turns, one a step where the distance allows it, so that no step
     * does more than it must.
     */
    boolean due(int item, int items) {
        if (count == 0) {
            return false;
        }
        long steps = Math.min(items, following - latest);
        return item * steps / items == now - latest;
    }
}
