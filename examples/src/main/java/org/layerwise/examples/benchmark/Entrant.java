package org.layerwise.examples.benchmark;

/**
 * An updater at a batch size: what gets its own learning rate.
 *
 * @param optimizer the updater
 * @param batch examples per step, at least 1
 */
record Entrant(Optimizer optimizer, int batch) {
    /** Name in text. */
    String label() {
        return optimizer.label() + ", batch " + batch;
    }
}
