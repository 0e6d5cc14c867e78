package org.layerwise.examples.linear.batchnorm;

/**
 * State of training after some iteration.
 *
 * @param trainLoss excess risk on the training task with frozen statistics
 * @param distance subspace distance of the learned map with frozen statistics
 * @param transferLoss excess risk of the best head on the test task with frozen statistics
 * @param recomputedDistance subspace distance with the statistics of the test inputs
 * @param recomputedLoss excess risk of the best head on the test task with the statistics of the test inputs
 */
record State(double trainLoss, double distance, double transferLoss, double recomputedDistance, double recomputedLoss) {
    /** False once training has diverged. */
    boolean isFinite() {
        return Double.isFinite(trainLoss + distance + transferLoss + recomputedDistance + recomputedLoss);
    }
}
