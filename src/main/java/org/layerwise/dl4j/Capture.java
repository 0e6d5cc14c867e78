package org.layerwise.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** How a layer's output gradients are read off its backward pass. */
public interface Capture {
    /** Where output gradients go. */
    @FunctionalInterface
    interface Recorder {
        /**
         * Takes the gradients of a backward pass, while the layer's input is still there.
         *
         * @param outputGradients dL/dz of each example's own loss, not divided by the number of examples, in the shape that
         *     {@link LayerKind#rows} takes; read
         */
        void record(INDArray outputGradients);
    }

    /**
     * Begins to show gradients to a recorder.
     *
     * @param slot the layer, whose configuration is the network's own
     * @param recorder where they go
     */
    void install(LayerSlot slot, Recorder recorder);

    /**
     * Leaves the layer as it was.
     *
     * @param slot the layer
     */
    void remove(LayerSlot slot);
}
