package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Role;

/** Embeddings: one row a word. */
public final class EmbeddingKind implements LayerKind {
    private static final Set<Class<?>> SERVED = Set.of(EmbeddingLayer.class, EmbeddingSequenceLayer.class);

    /** Creates the kind, for the service loader. */
    public EmbeddingKind() {}

    @Override
    public boolean serves(Layer configuration) {
        return SERVED.contains(configuration.getClass());
    }

    @Override
    public List<Matrix> matrices(LayerSlot slot, Layer configuration, Parameter parameter) {
        if (!parameter.key().equals(DefaultParamInitializer.WEIGHT_KEY)) {
            return List.of(LayerKinds.vector(parameter));
        }
        return List.of(Matrix.contiguous(
                parameter.name(), parameter.offset(), parameter.size(0), parameter.size(1), Role.EMBEDDING, 1));
    }
}
