package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Role;

/** Dense and output layers: weights [nIn, nOut] in 'f' order. */
public final class DenseKind implements LayerKind {
    private static final Set<Class<?>> SERVED = Set.of(DenseLayer.class, OutputLayer.class, RnnOutputLayer.class);

    /** Creates the kind, for the service loader. */
    public DenseKind() {}

    @Override
    public boolean serves(Layer configuration) {
        return SERVED.contains(configuration.getClass());
    }

    @Override
    public List<Matrix> matrices(LayerSlot slot, Layer configuration, Parameter parameter) {
        if (!parameter.key().equals(DefaultParamInitializer.WEIGHT_KEY)) {
            return List.of(LayerKinds.vector(parameter));
        }
        Role role = configuration instanceof BaseOutputLayer ? Role.OUTPUT : slot.input() ? Role.INPUT : Role.HIDDEN;
        return List.of(
                Matrix.contiguous(parameter.name(), parameter.offset(), parameter.size(0), parameter.size(1), role, 1));
    }

    @Override
    public @Nullable String sampleObstacle(LayerSlot slot, Layer configuration) {
        if (configuration instanceof RnnOutputLayer) {
            return LayerKind.super.sampleObstacle(slot, configuration);
        }
        if (configuration instanceof DenseLayer dense && dense.hasLayerNorm()) {
            return "layer normalisation makes the pre-activation depend on the whole row, which breaks A and G apart";
        }
        return slot.shared() ? "its weights are shared across time steps, not supported yet" : null;
    }
}
