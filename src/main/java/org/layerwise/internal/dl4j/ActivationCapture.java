package org.layerwise.internal.dl4j;

import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.layerwise.dl4j.Capture;
import org.layerwise.dl4j.LayerSlot;
import org.nd4j.linalg.activations.IActivation;

/** Reads output gradients behind a layer's activation function. */
final class ActivationCapture implements Capture {
    @Override
    public void install(LayerSlot slot, Recorder recorder) {
        BaseLayer layer = (BaseLayer) slot.running().getConfig();
        layer.setActivationFn(new ActivationTap((IActivation) Tap.untapped(layer.getActivationFn()), recorder));
    }

    @Override
    public void remove(LayerSlot slot) {
        if (slot.running().getConfig() instanceof BaseLayer layer && layer.getActivationFn() != null) {
            layer.setActivationFn((IActivation) Tap.untapped(layer.getActivationFn()));
        }
    }
}
