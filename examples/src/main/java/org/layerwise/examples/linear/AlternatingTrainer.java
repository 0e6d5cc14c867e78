package org.layerwise.examples.linear;

/**
 * Alternating minimisation and gradient descent (AMGD): the head is solved by least squares at the current features,
 * then the features take a gradient step at that head, on the same batch. The head that is reported is the one the
 * feature step used.
 *
 * @param network the network in training; its head has a zero learning rate
 */
record AlternatingTrainer(TwoLayerNetwork network) implements Trainer {
    @Override
    public void step(Batch batch) {
        network.setHead(LeastSquares.head(network.features(), batch));
        network.fit(batch);
    }
}
