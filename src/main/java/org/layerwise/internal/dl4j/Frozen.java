package org.layerwise.internal.dl4j;

import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;

/** Layers that do not learn. */
final class Frozen {
    private Frozen() {}

    /** Whether a layer's parameters stay as they are. */
    static boolean is(Trainable running) {
        return running instanceof FrozenLayer
                || running instanceof FrozenVertex
                || running instanceof FrozenLayerWithBackprop;
    }
}
