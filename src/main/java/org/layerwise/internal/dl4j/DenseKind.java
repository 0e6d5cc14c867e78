package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.RNNFormat;
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
import org.nd4j.linalg.api.ndarray.INDArray;

/** Dense and output layers, also over time steps that share the weights: [nIn, nOut] in 'f' order. */
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
        if (configuration instanceof DenseLayer dense && dense.hasLayerNorm()) {
            return "layer normalisation makes the pre-activation depend on the whole row, which breaks A and G apart";
        }
        return null;
    }

    @Override
    public void rows(LayerSlot slot, INDArray inputs, INDArray outputGradients, Rows rows) {
        INDArray x = inputs.rank() == 3 ? steps(slot, inputs) : inputs;
        rows.accept(x, outputGradients, outputGradients.size(0));
    }

    /** [n, nIn, T] as rows, time step after time step, as DL4J stacks them. */
    private static INDArray steps(LayerSlot slot, INDArray series) {
        boolean last =
                slot.running().getConfig() instanceof RnnOutputLayer layer && layer.getRnnDataFormat() == RNNFormat.NWC;
        INDArray x = last ? series : series.permute(0, 2, 1);
        return x.dup('f').reshape('f', x.size(0) * x.size(1), x.size(2));
    }
}
