package org.layerwise.examples.benchmark;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.layerwise.examples.numeric.Draws;

/**
 * The order of the examples: one random permutation after the other. It depends on the seed alone, so that all updaters
 * see the same examples in the same order at every batch size.
 */
final class ExampleOrder {
    private final int count;
    private final RandomGenerator random;
    private int[] order = {};
    private int used;

    /** Of {@code count} examples. */
    ExampleOrder(int count, long seed) {
        this.count = count;
        random = new SplittableRandom(seed);
    }

    /** The next examples; a batch may reach into the next permutation. */
    int[] next(int batch) {
        int[] indices = new int[batch];
        for (int i = 0; i < batch; i++) {
            if (used == order.length) {
                order = Draws.permutation(count, random);
                used = 0;
            }
            indices[i] = order[used++];
        }
        return indices;
    }
}
