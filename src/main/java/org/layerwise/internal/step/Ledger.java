package org.layerwise.internal.step;

import org.layerwise.method.Work;

/**
 * When one kind of work of one matrix was due, as numbers of the state: how often, at which step last, and at which step it
 * will be due next. Steps count from 1. Nothing here loops as often as a number of the state says.
 */
final class Ledger {
    /** Numbers in the state. */
    static final int LENGTH = 3;

    private final Work work;
    private long count;
    private long latest;
    private long following;

    Ledger(Work work) {
        this.work = work;
        reset();
    }

    void reset() {
        count = 0;
        latest = 0;
        following = work.first();
    }

    /** Takes over saved numbers; those that no run can have written start anew. */
    void read(long[] saved, long steps) {
        count = saved[0];
        latest = saved[1];
        following = saved[2];
        boolean fresh = count == 0 && latest == 0;
        boolean possible = fresh
                ? following == work.first()
                : count >= 1 && count <= latest && latest <= steps && following > latest && following > steps;
        if (!possible) {
            reset();
        }
    }

    long[] numbers() {
        return new long[] {count, latest, following};
    }

    /** Goes to a step. */
    void advance(long step) {
        if (step >= following) {
            latest = step;
            count++;
            following = Math.min(LayerState.LARGEST_COUNT, after(step));
        }
    }

    /** The first due step that follows. After a first step that is none of the period's own, counting begins at the origin. */
    private long after(long step) {
        if (count > 1 || work.first() == work.origin()) {
            return work.period().next(step);
        }
        long own = work.origin();
        while (own <= work.first()) {
            own = work.period().next(own);
        }
        return own > step ? own : work.period().next(step);
    }

    boolean due(long step) {
        return count > 0 && latest == step;
    }

    long count() {
        return count;
    }

    /** Whether one of several items is due, spread over the steps until all are due again. */
    boolean due(long step, int item, int items) {
        if (count == 0) {
            return false;
        }
        long steps = Math.min(items, following - latest);
        return item * steps / items == step - latest;
    }
}
