package org.layerwise.examples.linear;

/** A method at work on one network. */
public interface Trainer extends AutoCloseable {
    /** One iteration on a fresh batch. */
    void step(Batch batch);

    /** The network in training. */
    TwoLayerNetwork network();

    /** Frees what the method holds beside the network. */
    @Override
    default void close() {}
}
