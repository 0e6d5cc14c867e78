package org.layerwise.internal.step;

import org.layerwise.method.PeriodicTask;

/**
 * When one kind of task of one matrix was due, as numbers of the state: how often, at which step last, and at which step it
 * will be due next. Steps count from 1. Nothing here loops as often as a number of the state says.
 */
final class Ledger {
    /** Numbers in the state. */
    static final int LENGTH = 3;

    private final PeriodicTask task;
    private long count;
    private long lastDue;
    private long nextDue;

    Ledger(PeriodicTask task) {
        this.task = task;
        reset();
    }

    void reset() {
        count = 0;
        lastDue = 0;
        nextDue = task.first();
    }

    /** Takes over saved numbers; those that no run can have written start from zero. */
    void read(long[] saved, long steps) {
        count = saved[0];
        lastDue = saved[1];
        nextDue = saved[2];
        boolean fresh = count == 0 && lastDue == 0;
        boolean possible = fresh
                ? nextDue == task.first()
                : count >= 1 && count <= lastDue && lastDue <= steps && nextDue > lastDue && nextDue > steps;
        if (!possible) {
            reset();
        }
    }

    long[] numbers() {
        return new long[] {count, lastDue, nextDue};
    }

    /** Goes to a step. */
    void advance(long step) {
        if (step >= nextDue) {
            lastDue = step;
            count++;
            nextDue = Math.min(LayerState.LARGEST_COUNT, after(step));
        }
    }

    /** The first due step that follows. After a first step that is none of the period's own, counting begins at the origin. */
    private long after(long step) {
        if (count > 1 || task.first() == task.origin()) {
            return task.period().next(step);
        }
        long own = task.origin();
        while (own <= task.first()) {
            own = task.period().next(own);
        }
        return own > step ? own : task.period().next(step);
    }

    boolean due(long step) {
        return count > 0 && lastDue == step;
    }

    long count() {
        return count;
    }

    /** Whether one of several items is due, spread over the steps until all are due again. */
    boolean due(long step, int item, int items) {
        if (count == 0) {
            return false;
        }
        long steps = Math.min(items, nextDue - lastDue);
        return item * steps / items == step - lastDue;
    }
}
