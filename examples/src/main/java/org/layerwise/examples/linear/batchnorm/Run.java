package org.layerwise.examples.linear.batchnorm;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.linear.LinearTask;

/**
 * One training run.
 *
 * @param orientation of the inputs
 * @param variant id of the variant
 * @param seed of task, start and batches
 * @param inputCondition condition number of the inputs as G sees them
 * @param states by iteration; ends early if training diverged
 */
record Run(
        LinearTask.Orientation orientation,
        String variant,
        long seed,
        double inputCondition,
        SortedMap<Integer, State> states) {
    /** Copies the states. */
    Run {
        states = new TreeMap<>(states);
    }

    /** A measure after {@code iteration} steps; infinite if training has diverged by then. */
    double at(int iteration, ToDoubleFunction<State> measure) {
        State state = states.get(iteration);
        return state == null ? Double.POSITIVE_INFINITY : measure.applyAsDouble(state);
    }

    /** The states by iteration. */
    Iterable<Map.Entry<Integer, State>> entries() {
        return states.entrySet();
    }
}
