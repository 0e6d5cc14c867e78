package org.layerwise.examples.linear.batchnorm;

import org.layerwise.examples.linear.Batch;
import org.layerwise.examples.linear.LeastSquares;
import org.layerwise.examples.linear.Trainer;
import org.layerwise.examples.linear.TwoLayerNetwork;

/**
 * Alternating minimisation and gradient descent with batch normalisation: the head is solved by least squares on the
 * features of the batch, normalised by its own statistics; then G takes a gradient step at that head, through the
 * statistics.
 *
 * @param network the network in training; its head has a zero learning rate
 */
record NormalisedTrainer(TwoLayerNetwork network) implements Trainer {
    @Override
    public void step(Batch batch) {
        network.setHead(LeastSquares.headOn(network.trainingActivations(batch), batch));
        network.fit(batch);
    }
}
