package org.layerwise.examples.report;

/**
 * One line of {@code results.csv}: the state of one run after one iteration.
 *
 * @param experiment name of the experiment
 * @param method id of the method
 * @param learningRate eta
 * @param kappa condition number of the inputs' covariance
 * @param seed seed of the task
 * @param iteration steps taken, 0 at the start
 * @param trainLoss excess risk on the training task
 * @param subspaceDistance distance of the learned from the true features, in [0, 1]
 * @param transferLoss excess risk on the test task
 */
public record ResultRow(
        String experiment,
        String method,
        double learningRate,
        double kappa,
        long seed,
        int iteration,
        double trainLoss,
        double subspaceDistance,
        double transferLoss) {}
