package org.layerwise.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.params.BidirectionalParamInitializer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.params.LSTMParamInitializer;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.ParameterLayout;
import org.layerwise.layout.Role;
import org.layerwise.layout.Segment;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Reads off a layer which of its parameters are matrices. Shapes come from the parameter arrays themselves; what is known
 * here per layer kind is the meaning: [nIn, nOut] in 'f' order, convolution kernels [nOut, nIn, ...] in 'c' order (the
 * column-major matrix [nIn ..., nOut]), and the gates side by side in a recurrent layer's weights.
 */
final class LayerLayouts {
    private static final Set<Class<?>> DENSE =
            Set.of(DenseLayer.class, OutputLayer.class, RnnOutputLayer.class, SimpleRnn.class);
    private static final Set<Class<?>> CONVOLUTIONS = Set.of(
            ConvolutionLayer.class,
            Convolution2D.class,
            Convolution1D.class,
            Convolution1DLayer.class,
            Convolution3D.class,
            SeparableConvolution2D.class);
    private static final Set<Class<?>> EMBEDDINGS = Set.of(EmbeddingLayer.class, EmbeddingSequenceLayer.class);
    /** Layers whose parameters are no contiguous matrices [fanIn, fanOut], and why. */
    private static final Map<Class<?>, String> NO_MATRICES = Map.of(
            DepthwiseConvolution2D.class,
            "each of its kernels sees one input channel alone, so no matrix joins inputs to outputs",
            Deconvolution2D.class,
            "its kernels [nIn, nOut, ...] in 'c' order lie in memory as the transpose of the matrix from inputs to outputs");

    private static final int GATES = 4;

    private LayerLayouts() {}

    /** Why a layer's parameters cannot be read as matrices; null if they can. */
    static @Nullable String obstacle(Layer layer) {
        Layer inner = unwrapped(layer);
        Class<?> kind = inner.getClass();
        String reason = NO_MATRICES.get(kind);
        if (reason != null) {
            return reason;
        }
        if (!DENSE.contains(kind)
                && !CONVOLUTIONS.contains(kind)
                && !EMBEDDINGS.contains(kind)
                && !(inner instanceof AbstractLSTM)) {
            return kind.getSimpleName() + " layers are not supported yet";
        }
        if (ownsBias(inner)) {
            return null;
        }
        if (inner instanceof SeparableConvolution2D) {
            return "DL4J updates its bias last although it lies first, so it cannot have an updater of its own";
        }
        return hasGain(inner) ? "its gain lies behind a bias that has an updater of its own" : null;
    }

    private static boolean hasGain(Layer layer) {
        return (layer instanceof DenseLayer dense && dense.hasLayerNorm())
                || (layer instanceof SimpleRnn rnn && rnn.isHasLayerNorm());
    }

    /** Whether the layer's updater also serves its bias. */
    private static boolean ownsBias(Layer inner) {
        IUpdater bias = ((BaseLayer) inner).getBiasUpdater();
        return bias == null || bias instanceof LayerwiseUpdater;
    }

    private static Layer unwrapped(Layer layer) {
        if (layer instanceof BaseWrapperLayer wrapper) {
            return unwrapped(wrapper.getUnderlying());
        }
        return layer instanceof Bidirectional bidirectional ? unwrapped(bidirectional.getFwd()) : layer;
    }

    /**
     * The parameters that a layer's own updater serves, in DL4J's order: all of them, or all but a bias with another updater.
     * In that case the two directions of a bidirectional layer are updated one by one, and the layout is that of either. Where
     * a parameter lies is read off its array, since DL4J does not name all parameters in the order of the memory.
     */
    static ParameterLayout of(NetworkAdapter.Slot slot) {
        Layer conf = slot.layer().conf().getLayer();
        Layer inner = unwrapped(conf);
        boolean bidirectional = conf instanceof Bidirectional;
        boolean ownsBias = ownsBias(inner);
        List<Parameter> served = new ArrayList<>();
        for (Map.Entry<String, INDArray> entry : slot.layer().paramTable(false).entrySet()) {
            String name = entry.getKey();
            Parameter parameter = new Parameter(name, bidirectional ? name.substring(1) : name, entry.getValue());
            boolean bias = inner.initializer().isBiasParam(inner, parameter.key);
            boolean other = bidirectional && name.startsWith(BidirectionalParamInitializer.BACKWARD_PREFIX);
            if (ownsBias || !(bias || other)) {
                served.add(parameter);
            }
        }
        long start = served.stream()
                .mapToLong(parameter -> parameter.array.offset())
                .min()
                .orElse(0);
        List<Segment> segments = new ArrayList<>();
        for (Parameter parameter : served) {
            Role role = role(slot, inner, parameter.key);
            segments.addAll(parameter.segments(inner, role, parameter.array.offset() - start));
        }
        return new ParameterLayout(slot.name(), segments);
    }

    private static Role role(NetworkAdapter.Slot slot, Layer inner, String key) {
        if (key.equals(LSTMParamInitializer.RECURRENT_WEIGHT_KEY)) {
            return Role.RECURRENT;
        }
        if (inner instanceof SeparableConvolution2D) {
            boolean pointwise = key.equals(SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY);
            return pointwise ? Role.CONVOLUTION : Role.VECTOR; // a depthwise kernel sees one channel alone
        }
        if (!key.equals(DefaultParamInitializer.WEIGHT_KEY)) {
            return Role.VECTOR;
        }
        if (EMBEDDINGS.contains(inner.getClass())) {
            return Role.EMBEDDING;
        }
        if (CONVOLUTIONS.contains(inner.getClass())) {
            return Role.CONVOLUTION;
        }
        return inner instanceof BaseOutputLayer ? Role.OUTPUT : slot.input() ? Role.INPUT : Role.HIDDEN;
    }

    /** A parameter array; {@code key} is its name without a direction. */
    private record Parameter(String name, String key, INDArray array) {
        List<Segment> segments(Layer inner, Role role, long offset) {
            if (role == Role.VECTOR) {
                String kind = array.rank() > 2 ? "depthwise " : "";
                return List.of(new Segment(kind + name, offset, 1, (int) array.length(), role));
            }
            if (role == Role.CONVOLUTION) {
                int fanOut = (int) array.size(0);
                int fanIn = (int) (array.length() / fanOut);
                return List.of(new Segment(name, offset, fanIn, fanOut, role, fanIn / (int) array.size(1)));
            }
            if (inner instanceof AbstractLSTM) {
                return gates((int) ((FeedForwardLayer) inner).getNOut(), role, offset);
            }
            return List.of(new Segment(name, offset, (int) array.size(0), (int) array.size(1), role));
        }

        private List<Segment> gates(int units, Role role, long offset) {
            List<Segment> gates = new ArrayList<>();
            int rows = (int) array.size(0);
            long at = offset;
            for (int gate = 1; gate <= GATES; gate++) {
                Segment segment = new Segment(name + " gate " + gate, at, rows, units, role);
                gates.add(segment);
                at = segment.end();
            }
            int peepholes = (int) array.size(1) - GATES * units;
            if (peepholes > 0) {
                gates.add(new Segment(name + " peepholes", at, 1, rows * peepholes, Role.VECTOR));
            }
            return gates;
        }
    }
}
