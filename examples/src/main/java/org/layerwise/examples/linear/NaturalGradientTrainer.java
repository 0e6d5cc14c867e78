package org.layerwise.examples.linear;

import org.layerwise.internal.linalg.Cholesky;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Natural gradient descent on all parameters at once, {@code theta -= eta (H + gamma I)^-1 g}, with curvature and
 * gradient of the same batch. H is a full [p, p] matrix, more than an updater of one layer can see, so the step acts on
 * the network's flat gradient and parameters from outside.
 *
 * @param network the network in training; both layers have zero learning rates
 * @param curvature which H
 * @param damping gamma, positive: H is singular along {@code (F M^-1, M G)}
 * @param learningRate eta
 */
record NaturalGradientTrainer(TwoLayerNetwork network, CurvatureMatrix curvature, double damping, double learningRate)
        implements Trainer {
    @Override
    public void step(Batch batch) {
        INDArray gradient = network.gradient(batch);
        try (INDArray matrix = curvature.damped(network, batch, damping)) {
            INDArray direction = Cholesky.factor(matrix).solve(gradient.reshape(gradient.length(), 1));
            INDArray parameters = network.model().params();
            parameters.subi(direction.muli(learningRate).reshape(parameters.shape()));
        }
    }
}
