package org.layerwise.dl4j;

import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.MatrixLayout;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

/** Which layers can be preconditioned, and why others cannot. */
final class LayerSupport {
    private LayerSupport() {}

    /** The updater of a layer's parameters, looked up through wrappers; null if it has none. */
    static @Nullable IUpdater updater(Layer layer) {
        if (layer instanceof BaseLayer base) {
            return base.getIUpdater();
        }
        if (layer instanceof BaseWrapperLayer wrapper) {
            return updater(wrapper.getUnderlying());
        }
        if (layer instanceof Bidirectional bidirectional) {
            return updater(bidirectional.getFwd());
        }
        if (layer instanceof FrozenLayerWithBackprop frozen) {
            return updater(frozen.getUnderlying());
        }
        return layer instanceof AbstractSameDiffLayer sameDiff ? sameDiff.getUpdater() : null;
    }

    /** Gives the updater to a layer's parameters, through wrappers. */
    static void setUpdater(Layer layer, IUpdater updater) {
        if (layer instanceof BaseLayer base) {
            base.setIUpdater(updater);
            if (base.getBiasUpdater() instanceof LayerwiseUpdater) {
                base.setBiasUpdater(null); // the bias follows the weights
            }
        } else if (layer instanceof BaseWrapperLayer wrapper) {
            setUpdater(wrapper.getUnderlying(), updater);
        } else if (layer instanceof Bidirectional bidirectional) {
            setUpdater(bidirectional.getFwd(), updater);
            setUpdater(bidirectional.getBwd(), updater.clone());
        } else if (layer instanceof AbstractSameDiffLayer sameDiff) {
            sameDiff.setUpdater(updater);
        }
    }

    /** Why a layer that asks for preconditioning cannot have it; null if it can. */
    static @Nullable String obstacle(Layer layer, @Nullable InputPreProcessor preProcessor) {
        if (layer.getClass() != DenseLayer.class && layer.getClass() != OutputLayer.class) {
            return layer.getClass().getSimpleName() + " layers are not supported yet";
        }
        if (layer instanceof DenseLayer dense && dense.hasLayerNorm()) {
            return "layer normalisation makes the pre-activation depend on the whole row, which breaks A and G apart";
        }
        return sharesWeights(preProcessor) ? "its weights are shared across time steps, not supported yet" : null;
    }

    private static boolean sharesWeights(@Nullable InputPreProcessor preProcessor) {
        if (preProcessor instanceof ComposableInputPreProcessor composed) {
            for (InputPreProcessor part : composed.getInputPreProcessors()) {
                if (sharesWeights(part)) {
                    return true;
                }
            }
        }
        return preProcessor instanceof RnnToFeedForwardPreProcessor || preProcessor instanceof RnnToCnnPreProcessor;
    }

    /** The canonical matrix of a supported layer. A bias with an updater of its own stays out. */
    static MatrixLayout layout(String name, Layer layer) {
        FeedForwardLayer dense = (FeedForwardLayer) layer;
        boolean hasBias = layer instanceof DenseLayer d ? d.hasBias() : ((OutputLayer) layer).hasBias();
        IUpdater biasUpdater = dense.getBiasUpdater();
        boolean joint = biasUpdater == null || biasUpdater instanceof LayerwiseUpdater;
        return new MatrixLayout(name, (int) dense.getNIn(), (int) dense.getNOut(), hasBias && joint);
    }
}
