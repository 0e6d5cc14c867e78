package org.layerwise.examples.linear;

/**
 * Both layers step together with their own updaters (SGD, Adam).
 *
 * @param network the network in training
 */
public record JointTrainer(TwoLayerNetwork network) implements Trainer {
    @Override
    public void step(Batch batch) {
        network.fit(batch);
    }
}
