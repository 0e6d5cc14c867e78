package org.layerwise.examples.linear;

import java.util.SplittableRandom;
import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Small problems for the tests. */
final class TestTasks {
    /** Sizes that train in milliseconds. */
    static final Dimensions SMALL = new Dimensions(20, 6, 3, 60);

    private TestTasks() {}

    static LinearTask task(double kappa, double noise, long seed) {
        return LinearTask.random(SMALL, kappa, noise, seed);
    }

    static LinearTask.Start start(long seed) {
        return LinearTask.start(SMALL, seed);
    }

    /** Start within {@code deviation} of the solution of {@code task}. */
    static LinearTask.Start nearSolution(LinearTask task, double deviation) {
        INDArray truth = task.features();
        INDArray shift = Draws.normal(truth.rows(), truth.columns(), deviation, new SplittableRandom(99));
        return new LinearTask.Start(truth.add(shift), task.train().head().dup());
    }
}
