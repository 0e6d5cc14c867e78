package org.layerwise.examples.linear.curves;

import org.layerwise.examples.run.InMemory;

/** Runs of the experiment without a folder. */
final class Runs {
    private Runs() {}

    static LinearResult of(LinearSettings settings) {
        return LinearResult.of(settings, InMemory.table(new LearningCurves(settings)));
    }
}
