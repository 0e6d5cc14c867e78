package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.Map;
import java.util.Set;
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

/** Convolutions: kernels [nOut, nIn, ...] in 'c' order are the column-major matrix [nIn ..., nOut]. */
public final class ConvolutionKind implements LayerKind {
    private static final Set<Class<?>> SERVED = Set.of(
            ConvolutionLayer.class,
            Convolution2D.class,
            Convolution1D.class,
            Convolution1DLayer.class,
            Convolution3D.class,
            SeparableConvolution2D.class);

    /** Layers whose parameters are no contiguous matrices [fanIn, fanOut], and why. */
    private static final Map<Class<?>, String> NO_MATRICES = Map.of(
            DepthwiseConvolution2D.class,
            "each of its kernels sees one input channel alone, so no matrix joins inputs to outputs",
            Deconvolution2D.class,
            "its kernels [nIn, nOut, ...] in 'c' order lie in memory as the transpose of the matrix from inputs to outputs");

    /** Creates the kind, for the service loader. */
    public ConvolutionKind() {}

    @Override
    public boolean serves(Layer configuration) {
        return SERVED.contains(configuration.getClass()) || NO_MATRICES.containsKey(configuration.getClass());
    }

    @Override
    public @Nullable String obstacle(LayerSlot slot, Layer configuration) {
        return NO_MATRICES.get(configuration.getClass());
    }

    @Override
    public List<Matrix> matrices(LayerSlot slot, Layer configuration, Parameter parameter) {
        if (!isKernel(configuration, parameter)) {
            return List.of(LayerKinds.vector(parameter));
        }
        int fanOut = parameter.size(0);
        int fanIn = (int) (parameter.length() / fanOut);
        int area = fanIn / parameter.size(1);
        return List.of(Matrix.contiguous(parameter.name(), parameter.offset(), fanIn, fanOut, Role.CONVOLUTION, area));
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
