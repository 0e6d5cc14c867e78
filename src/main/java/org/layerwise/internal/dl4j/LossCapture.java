package org.layerwise.internal.dl4j;

import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.Capture;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.dl4j.LossKind.Head;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** Reads the gradients of an output layer's loss function, or has a probe take their place. */
final class LossCapture implements Capture {
    private final LossTap.@Nullable ProbeSource probes;

    LossCapture() {
        this(null);
    }

    LossCapture(LossTap.@Nullable ProbeSource probes) {
        this.probes = probes;
    }

    /** Whether a layer's loss function can be read. */
    static boolean fits(LayerSlot slot) {
        return slot.running().getConfig() instanceof BaseOutputLayer;
    }

    @Override
    public void install(LayerSlot slot, Recorder recorder) {
        BaseOutputLayer layer = (BaseOutputLayer) slot.running().getConfig();
        layer.setLossFn(new LossTap((ILossFunction) Tap.untapped(layer.getLossFn()), recorder, probes));
    }

    @Override
    public void remove(LayerSlot slot) {
        if (slot.running().getConfig() instanceof BaseOutputLayer layer && layer.getLossFn() != null) {
            layer.setLossFn((ILossFunction) Tap.untapped(layer.getLossFn()));
        }
    }

    /** The loss of a layer; without a model if layer or loss is not known. */
    static Head head(LayerSlot slot) {
        if (slot.running().getConfig() instanceof BaseOutputLayer layer) {
            return LayerKinds.head(
                    (ILossFunction) Tap.untapped(layer.getLossFn()),
                    (IActivation) Tap.untapped(layer.getActivationFn()),
                    layer.getNOut());
        }
        return new Head(null, 1, null);
    }
}
