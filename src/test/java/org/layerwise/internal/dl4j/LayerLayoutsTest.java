package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Layerwise;
import org.layerwise.internal.layout.FlatMatrix;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Plan.LayerPlan;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Where each element of DL4J's named gradients lies in the matrices that updaters see. */
class LayerLayoutsTest {
    private static final InputType FLAT = InputType.feedForward(6);
    private static final InputType IMAGE = InputType.convolutional(7, 7, 3);
    private static final InputType SERIES = InputType.recurrent(5, 4);

    private static MultiLayerNetwork network(InputType input, Layer layer, LayerwiseUpdater<?> updater) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .list()
                .layer(layer);
        if (input != FLAT) {
            list.layer(new GlobalPoolingLayer());
        }
        MultiLayerNetwork net = new MultiLayerNetwork(
                list.layer(new OutputLayer.Builder(LossFunction.MSE).nOut(2).build())
                        .setInputType(input)
                        .build());
        net.init();
        return net;
    }

    private static Layer separable() {
        return new SeparableConvolution2D.Builder(2, 3)
                .nOut(4)
                .depthMultiplier(2)
                .build();
    }

    /** DL4J 1.0.0-M2.1 cannot run it: the forward pass reads its gain [2 nOut] as a row of a matrix. */
    private static Layer normalisedRnn() {
        return new SimpleRnn.Builder().nOut(4).hasLayerNorm(true).build();
    }

    /** Layer, element of a named gradient, matrix, row and column. */
    private static Stream<Arguments> elements() {
        Layer dense = new DenseLayer.Builder().nOut(8).hasLayerNorm(true).build();
        Layer convolution = new ConvolutionLayer.Builder(2, 3).nOut(4).build();
        Layer lstm = new LSTM.Builder().nOut(4).build();
        return Stream.of(
                element(FLAT, dense, "W", "W", 5, 2, 5, 2),
                element(FLAT, dense, "b", "b", 0, 3, 3),
                element(FLAT, dense, "g", "g", 0, 7, 7),
                element(IMAGE, convolution, "W", "W", (2 * 2 + 1) * 3 + 2, 3, 3, 2, 1, 2),
                element(IMAGE, convolution, "W", "W", 1, 0, 0, 0, 0, 1),
                element(IMAGE, convolution, "b", "b", 0, 2, 2),
                element(SERIES, lstm, "W", "W gate 3", 4, 1, 4, 2 * 4 + 1),
                element(SERIES, lstm, "RW", "RW gate 4", 2, 3, 2, 3 * 4 + 3),
                element(SERIES, lstm, "b", "b", 0, 9, 9),
                element(SERIES, normalisedRnn(), "W", "W", 4, 2, 4, 2),
                element(SERIES, normalisedRnn(), "RW", "RW", 1, 3, 1, 3),
                element(SERIES, normalisedRnn(), "b", "b", 0, 1, 1),
                element(SERIES, normalisedRnn(), "g", "g", 0, 6, 6),
                // DL4J names the bias last, but it lies first.
                element(IMAGE, separable(), "b", "b", 0, 3, 3),
                element(IMAGE, separable(), "W", "depthwise W", 0, ((1 * 3 + 2) * 2 + 1) * 3 + 2, 1, 2, 1, 2),
                element(IMAGE, separable(), "pW", "pW", 5, 3, 3, 5, 0, 0),
                element(IMAGE, separable(), "pW", "pW", 1, 0, 0, 1, 0, 0));
    }

    private static Arguments element(
            InputType input, Layer layer, String parameter, String segment, int row, int column, int... index) {
        String name = String.format("%s %s%s", layer.getClass().getSimpleName(), parameter, Arrays.toString(index));
        return Arguments.of(name, input, layer, parameter, index, segment, row, column);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("elements")
    void layout_unitGradient_isAtItsRowAndColumn(
            String name,
            InputType input,
            Layer layer,
            String parameter,
            int[] index,
            String segment,
            int row,
            int column) {
        MultiLayerNetwork net = network(input, layer.clone(), new Scion());
        Layerwise.attach(net);
        NeuralNetConfiguration conf = net.getLayer(0).conf();
        BlockConfiguration bound = (BlockConfiguration) ((BaseLayer) conf.getLayer()).getIUpdater();
        ParameterLayout layout = Objects.requireNonNull(bound.layout());
        ParamInitializer initializer = conf.getLayer().initializer();
        assertThat(layout.length()).isEqualTo(initializer.numParams(conf));
        INDArray flat = Nd4j.create(DataType.DOUBLE, layout.length());
        INDArray named = Objects.requireNonNull(
                initializer.getGradientsFromFlattened(conf, flat).get(parameter));
        named.putScalar(index, 1);
        assertThat(flat.sumNumber().doubleValue()).isEqualTo(1);
        Matrix found = layout.matrices().stream()
                .filter(each -> each.name().equals(segment))
                .findFirst()
                .orElseThrow();
        assertThat(new FlatMatrix(Kernels.forBackend(), found).view(flat).getDouble(row, column))
                .isEqualTo(1);
    }

    private static LayerPlan plan(Layer layer) {
        return Layerwise.attach(network(IMAGE, layer, new Soap()))
                .plan()
                .layers()
                .get(0);
    }

    @Test
    void plan_separableConvolution_preconditionsThePointwisePart() {
        LayerPlan plan = plan(separable());
        assertThat(plan.shape()).isEqualTo("6 x 4");
        assertThat(plan.covered()).isEqualTo(24);
        assertThat(plan.note()).isEqualTo("b, depthwise W: Adam");
    }

    @Test
    void plan_layersWithoutAMatrix_sayWhy() {
        assertThat(plan(new DepthwiseConvolution2D.Builder(2, 2)
                                .depthMultiplier(2)
                                .nOut(6)
                                .build())
                        .note())
                .isEqualTo(
                        "fallback: each of its kernels sees one input channel alone, so no matrix joins inputs to outputs");
        assertThat(plan(new Deconvolution2D.Builder(2, 2).nOut(4).build()).note())
                .startsWith("fallback: its kernels [nIn, nOut, ...] in 'c' order")
                .contains("transpose");
        assertThat(plan(new SeparableConvolution2D.Builder(2, 2)
                                .nOut(4)
                                .biasUpdater(new Nesterovs(.1))
                                .build())
                        .note())
                .contains("DL4J updates its bias last although it lies first");
    }
}
