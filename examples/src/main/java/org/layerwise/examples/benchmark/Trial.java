package org.layerwise.examples.benchmark;

/**
 * A training run.
 *
 * @param entrant updater and batch size
 * @param rate learning rate
 * @param seed of the weights and of the order of the examples
 */
record Trial(Entrant entrant, double rate, long seed) {
    /** Name within an experiment. */
    String id() {
        return "%s, batch %d, rate %s, seed %d".formatted(entrant.optimizer().id(), entrant.batch(), rate, seed);
    }
}
