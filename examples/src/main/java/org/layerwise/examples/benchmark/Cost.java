package org.layerwise.examples.benchmark;

/**
 * What training has taken so far.
 *
 * @param steps updates; between two checkpoints not whole
 * @param seconds of the wall clock, drawing batches and training, without measuring
 * @param cpuSeconds of all threads of the process in that time, with garbage collection and compilation
 */
record Cost(double steps, double seconds, double cpuSeconds) {
    /** Before the first step. */
    static final Cost NONE = new Cost(0, 0, 0);

    /** A point on the way to {@code later}: this at 0, that at 1. */
    Cost towards(Cost later, double part) {
        return new Cost(
                steps + part * (later.steps - steps),
                seconds + part * (later.seconds - seconds),
                cpuSeconds + part * (later.cpuSeconds - cpuSeconds));
    }
}
