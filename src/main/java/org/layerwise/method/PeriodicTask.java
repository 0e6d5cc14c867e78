package org.layerwise.method;

import org.layerwise.internal.Require;
import org.layerwise.settings.Period;

/**
 * A task that a method does now and then, such as taking statistics. When it was last due stands in the state, so that a
 * restored network resumes its rhythm.
 *
 * @param name unique within the method
 * @param period from one due step to the next; steps count from 1
 * @param first the first step at which it is due, at least 1
 * @param origin what the period counts from after the first step, in [0, first]
 */
public record PeriodicTask(String name, Period period, long first, long origin) {
    /** Checks the steps. {@inheritDoc} */
    public PeriodicTask {
        Require.argument(name != null && !name.isEmpty(), "A periodic task needs a name");
        Require.present(period, "period");
        Require.argument(
                first >= 1 && origin >= 0 && origin <= first,
                "The first step of %s must be at least 1 and its origin in [0, first], but they are %s and %s",
                name,
                first,
                origin);
    }

    /**
     * A task that is due at the first step.
     *
     * @param name unique within the method
     * @param period from one due step to the next
     * @return the task
     */
    public static PeriodicTask fromTheFirstStep(String name, Period period) {
        return new PeriodicTask(name, period, 1, 1);
    }
}
