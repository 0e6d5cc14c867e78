package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Role;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions: kernels [nOut, nIn, ...] in 'c' order are the column-major matrix [nIn ..., nOut]. */
public final class ConvolutionKind implements LayerKind {
    private static final Set<Class<?>> SERVED = Set.of(
            ConvolutionLayer.class,
            Convolution2D.class,
            Convolution1D.class,
            Convolution1DLayer.class,
            Convolution3D.class,
            SeparableConvolution2D.class);

    private static final Set<Class<?>> SAMPLED =
            Set.of(ConvolutionLayer.class, Convolution2D.class, Convolution1D.class, Convolution1DLayer.class);

    /** Layers whose parameters are no contiguous matrices [fanIn, fanOut], and why. */
    private static final Map<Class<?>, String> NO_MATRICES = Map.of(
            DepthwiseConvolution2D.class,
            "each of its kernels sees one input channel alone, so no matrix joins inputs to outputs",
            Deconvolution2D.class,
            "its kernels [nIn, nOut, ...] in 'c' order lie in memory as the transpose of the matrix from inputs to outputs");

    private static final String NO_GRADIENT =
            "DL4J's backward pass takes its weights in another order than its forward pass where sequences are NWC; use NCW";

    /** Creates the kind, for the service loader. */
    public ConvolutionKind() {}

    @Override
    public boolean serves(Layer configuration) {
        return SERVED.contains(configuration.getClass()) || NO_MATRICES.containsKey(configuration.getClass());
    }

    @Override
    public @Nullable String obstacle(LayerSlot slot, Layer configuration) {
        boolean last =
                configuration instanceof Convolution1DLayer sequence && sequence.getRnnDataFormat() == RNNFormat.NWC;
        return last ? NO_GRADIENT : NO_MATRICES.get(configuration.getClass());
    }

    @Override
    public List<Matrix> matrices(LayerSlot slot, Layer configuration, Parameter parameter) {
        if (!isKernel(configuration, parameter)) {
            return List.of(LayerKinds.vector(parameter));
        }
        int fanOut = parameter.size(0);
        int fanIn = (int) (parameter.length() / fanOut);
        int area = fanIn / parameter.size(1);
        if (configuration instanceof Convolution1DLayer) {
            // DL4J reads the array [nOut, nIn, k, 1] as [k, nIn, nOut].
            Matrix.Band band = new Matrix.Band(parameter.offset(), fanIn, fanOut, fanOut, true);
            return List.of(new Matrix(parameter.name(), List.of(band), Role.CONVOLUTION, area));
        }
        return List.of(Matrix.contiguous(parameter.name(), parameter.offset(), fanIn, fanOut, Role.CONVOLUTION, area));
    }

    @Override
    public @Nullable String sampleObstacle(LayerSlot slot, Layer configuration) {
        return SAMPLED.contains(configuration.getClass()) ? null : LayerKind.super.sampleObstacle(slot, configuration);
    }

    @Override
    public void rows(LayerSlot slot, INDArray inputs, INDArray outputGradients, Rows rows) {
        ConvolutionLayer layer = (ConvolutionLayer) LayerKinds.unwrapped(Objects.requireNonNull(slot.configuration()));
        if (layer instanceof Convolution1DLayer) {
            Patches.of(layer, withWidth(inputs), withWidth(outputGradients)).show(rows);
        } else {
            boolean last = layer.getCnn2dDataFormat() == CNN2DFormat.NHWC;
            Patches.of(layer, last ? inputs.permute(0, 3, 1, 2) : inputs, outputGradients)
                    .show(rows);
        }
    }

    /** A sequence [n, channels, length] as images one pixel wide. */
    private static INDArray withWidth(INDArray sequence) {
        return sequence.dup('c').reshape('c', sequence.size(0), sequence.size(1), sequence.size(2), 1);
    }

    /** Of a separable convolution the pointwise part; a depthwise kernel sees one channel alone. */
    private static boolean isKernel(Layer configuration, Parameter parameter) {
        return parameter
                .key()
                .equals(
                        configuration instanceof SeparableConvolution2D
                                ? SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY
                                : DefaultParamInitializer.WEIGHT_KEY);
    }
}
