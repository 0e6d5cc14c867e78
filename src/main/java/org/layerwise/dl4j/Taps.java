package org.layerwise.dl4j;

import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** Installs and removes taps on a layer's own configuration. */
final class Taps {
    private Taps() {}

    static void tapActivation(NetworkAdapter.Slot slot, LayerRecorder recorder) {
        BaseLayer conf = (BaseLayer) slot.layer().conf().getLayer();
        conf.setActivationFn(new ActivationTap((IActivation) Tap.untapped(conf.getActivationFn()), recorder));
    }

    static void tapLoss(NetworkAdapter.Slot slot, LayerRecorder recorder, LossTap.@Nullable ProbeSource probes) {
        Layer layer = slot.layer().conf().getLayer();
        Require.argument(
                layer instanceof BaseOutputLayer,
                "The loss of output layer %s (%s) cannot be tapped",
                slot.name(),
                layer.getClass().getSimpleName());
        BaseOutputLayer conf = (BaseOutputLayer) layer;
        conf.setLossFn(new LossTap((ILossFunction) Tap.untapped(conf.getLossFn()), recorder, probes));
    }

    /** Restores the untapped functions. */
    static void remove(Layer layer) {
        if (layer instanceof BaseLayer base && base.getActivationFn() != null) {
            base.setActivationFn((IActivation) Tap.untapped(base.getActivationFn()));
        }
        if (layer instanceof BaseOutputLayer output && output.getLossFn() != null) {
            output.setLossFn((ILossFunction) Tap.untapped(output.getLossFn()));
        }
    }

    /** The head of an output layer; without a model if the layer or loss is not known. */
    static OutputHead head(Layer layer) {
        if (layer instanceof BaseOutputLayer output) {
            return OutputHead.of(
                    (ILossFunction) Tap.untapped(output.getLossFn()),
                    (IActivation) Tap.untapped(output.getActivationFn()),
                    output.getNOut());
        }
        return new OutputHead(null, 1, null);
    }
}
