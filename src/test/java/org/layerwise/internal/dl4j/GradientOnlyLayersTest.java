package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Layerwise;
import org.layerwise.settings.Plan;
import org.layerwise.settings.Plan.LayerPlan;
import org.layerwise.settings.PolarIteration;
import org.layerwise.testing.Loops;
import org.layerwise.updater.Muon;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Which part of each layer kind's parameters is which matrix: one step with exact orthogonalisation must subtract the polar
 * factor of each matrix, computed here by other means from DL4J's own named gradients, and the plain gradient elsewhere.
 */
class GradientOnlyLayersTest {
    /** Orthogonalises to rounding; the fallback subtracts the gradient. */
    private static Muon exact() {
        return Muon.builder()
                .learningRate(1)
                .momentum(0)
                .scaling(Muon.Scaling.NONE)
                .orthogonalization(PolarIteration.polarExpress(20))
                .epsilon(0)
                .fallback(new Sgd(1))
                .build();
    }

    private static Stream<Arguments> layers() {
        InputType flat = InputType.feedForward(6);
        InputType image = InputType.convolutional(6, 6, 2);
        InputType series = InputType.recurrent(5, 4);
        DenseLayer.Builder dense = new DenseLayer.Builder().nOut(5);
        Layer lstm = new LSTM.Builder().nOut(3).build();
        return Stream.of(
                Arguments.of("dense", flat, dense.build(), "W"),
                Arguments.of("dense without bias", flat, dense.hasBias(false).build(), "W"),
                Arguments.of(
                        "dense with layer norm",
                        flat,
                        new DenseLayer.Builder().nOut(8).hasLayerNorm(true).build(),
                        "W"),
                Arguments.of(
                        "dense, bias with its own updater",
                        flat,
                        new DenseLayer.Builder().nOut(5).biasUpdater(new Sgd(1)).build(),
                        "W"),
                Arguments.of(
                        "convolution",
                        image,
                        new ConvolutionLayer.Builder(2, 3).nOut(4).build(),
                        "W"),
                Arguments.of(
                        "convolution without bias",
                        image,
                        new ConvolutionLayer.Builder(2, 2)
                                .nOut(4)
                                .hasBias(false)
                                .build(),
                        "W"),
                Arguments.of(
                        "convolution 1D",
                        series,
                        new Convolution1DLayer.Builder(2).nOut(4).build(),
                        "W"),
                Arguments.of(
                        "convolution 3D",
                        InputType.convolutional3D(
                                org.deeplearning4j.nn.conf.layers.Convolution3D.DataFormat.NCDHW, 3, 4, 4, 2),
                        new Convolution3D.Builder(2, 2, 2)
                                .dataFormat(Convolution3D.DataFormat.NCDHW)
                                .nOut(3)
                                .build(),
                        "W"),
                Arguments.of("LSTM", series, lstm, "W RW"),
                Arguments.of("Graves LSTM", series, graves(), "W RW"),
                Arguments.of(
                        "simple RNN", series, new SimpleRnn.Builder().nOut(3).build(), "W RW"),
                Arguments.of(
                        "separable convolution",
                        image,
                        new SeparableConvolution2D.Builder(2, 2)
                                .depthMultiplier(2)
                                .nOut(3)
                                .build(),
                        "pW"),
                Arguments.of(
                        "separable convolution without bias",
                        image,
                        new SeparableConvolution2D.Builder(2, 2)
                                .nOut(5)
                                .hasBias(false)
                                .build(),
                        "pW"),
                Arguments.of(
                        "deconvolution",
                        image,
                        new Deconvolution2D.Builder(2, 2).nOut(3).build(),
                        ""),
                Arguments.of(
                        "bidirectional", series, new Bidirectional(Bidirectional.Mode.CONCAT, lstm), "fW fRW bW bRW"),
                Arguments.of(
                        "bidirectional, bias with its own updater",
                        series,
                        new Bidirectional(
                                Bidirectional.Mode.CONCAT,
                                new LSTM.Builder()
                                        .nOut(3)
                                        .biasUpdater(new Sgd(1))
                                        .build()),
                        "fW fRW bW bRW"),
                Arguments.of(
                        "last time step",
                        series,
                        new LastTimeStep(new LSTM.Builder().nOut(3).build()),
                        "W RW"),
                Arguments.of("batch normalisation", image, new BatchNormalization.Builder().build(), ""),
                Arguments.of(
                        "depthwise convolution",
                        image,
                        new DepthwiseConvolution2D.Builder(2, 2)
                                .depthMultiplier(2)
                                .nOut(4)
                                .build(),
                        ""));
    }

    @SuppressWarnings("deprecation")
    private static Layer graves() {
        return new org.deeplearning4j.nn.conf.layers.GravesLSTM.Builder()
                .nOut(3)
                .build();
    }

    private static MultiLayerNetwork network(InputType input, Layer layer) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .biasInit(.1)
                .updater(exact())
                .list()
                .layer(layer);
        if (!(layer instanceof DenseLayer || layer instanceof LastTimeStep)) {
            list.layer(new GlobalPoolingLayer());
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(4)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(input)
                .build());
        net.init();
        return net;
    }

    private static INDArray features(InputType input) {
        Nd4j.getRandom().setSeed(9);
        long[] shape = input.getShape(false);
        long[] withBatch = new long[shape.length + 1];
        withBatch[0] = 32;
        System.arraycopy(shape, 0, withBatch, 1, shape.length);
        return Nd4j.randn(DataType.DOUBLE, withBatch);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void step_everyParameter_isItsMatricesPolarFactorOrTheGradient(
            String name, InputType input, Layer layer, String matrices) {
        MultiLayerNetwork net = network(input, layer);
        INDArray x = features(input);
        INDArray y = Nd4j.randn(DataType.DOUBLE, 32, 4);
        MultiLayerNetwork twin = net.clone();
        twin.setInput(x);
        twin.setLabels(y);
        twin.computeGradientAndScore();
        Map<String, INDArray> gradients = twin.gradient().gradientForVariable();
        Plan plan = Layerwise.attach(net).plan();
        net.fit(x, y);
        List<String> expected = matrices.isEmpty() ? List.of() : List.of(matrices.split(" "));
        net.getLayer(0).paramTable().forEach((parameter, after) -> {
            INDArray before =
                    Objects.requireNonNull(twin.getLayer(0).paramTable().get(parameter));
            INDArray update = before.sub(after);
            INDArray gradient = Objects.requireNonNull(gradients.get("0_" + parameter));
            if (parameter.equals("mean") || parameter.equals("var") || parameter.equals("log10stdev")) {
                return;
            }
            INDArray mean = gradient.div(32);
            if (expected.contains(parameter)) {
                assertPolar(parameter, mean, update, name);
            } else {
                assertThat(update.equalsWithEps(mean, 1e-12))
                        .as("%s of %s", parameter, name)
                        .isTrue();
            }
        });
        assertThat(plan.layers().get(0).preconditioned()).isEqualTo(!expected.isEmpty());
    }

    private static void assertPolar(String parameter, INDArray gradient, INDArray update, String name) {
        List<INDArray> from = split(gradient, name);
        List<INDArray> to = split(update, name);
        for (int i = 0; i < from.size(); i++) {
            if (i < 4) {
                assertThatArray(Loops.of(to.get(i)))
                        .as("%s of %s, matrix %s", parameter, name, i)
                        .isCloseTo(polar(Loops.of(from.get(i))), 1e-6);
            } else {
                assertThat(to.get(i).equalsWithEps(from.get(i), 1e-12)).isTrue();
            }
        }
    }

    /** Into gates, and what is left; kernels become one row an output, those of one dimension one column an output. */
    private static List<INDArray> split(INDArray array, String name) {
        if (name.equals("convolution 1D")) { // DL4J runs on the array as [k, nIn, nOut]
            return List.of(array.dup('c').reshape('c', array.length() / array.size(0), array.size(0)));
        }
        if (array.rank() > 2) {
            return List.of(array.dup('c').reshape('c', array.size(0), array.length() / array.size(0)));
        }
        if (!name.matches(".*(LSTM|bidirectional|last).*")) {
            return List.of(array);
        }
        List<INDArray> gates = new ArrayList<>();
        for (int gate = 0; gate < 4; gate++) {
            gates.add(array.get(NDArrayIndex.all(), NDArrayIndex.interval(3 * gate, 3 * gate + 3))
                    .dup());
        }
        if (array.size(1) > 12) {
            gates.add(array.get(NDArrayIndex.all(), NDArrayIndex.interval(12, array.size(1)))
                    .dup());
        }
        return gates;
    }

    /** The polar factor by the cubic iteration X (3 - X'X) / 2, run to convergence. */
    private static double[][] polar(double[][] g) {
        boolean wide = g.length < g[0].length;
        double[][] tall = wide ? Loops.transpose(g) : g;
        double[][] x = Loops.scaled(1 / Math.sqrt(Loops.dot(tall, tall)), tall);
        for (int i = 0; i < 80; i++) {
            double[][] gram = Loops.multiply(Loops.transpose(x), x);
            x = Loops.multiply(x, Loops.combine(1.5, Loops.identity(gram.length), -.5, gram));
        }
        return wide ? Loops.transpose(x) : x;
    }

    @Test
    void plan_recurrentNetwork_namesGatesAndFallbacks() {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .updater(new Muon())
                .list()
                .layer(new EmbeddingSequenceLayer.Builder().nIn(50).nOut(10).build())
                .layer(new LSTM.Builder().nOut(20).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(7)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(50));
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        Plan plan = Layerwise.attach(net).plan();
        assertThat(plan.layers()).extracting(LayerPlan::method).containsExactly("Adam", "Muon", "Adam");
        LayerPlan lstm = plan.layers().get(1);
        assertThat(lstm.shape()).isEqualTo("4 (10 x 20) + 4 (20 x 20)");
        assertThat(lstm.note()).isEqualTo("b: Adam");
        assertThat(lstm.covered()).isEqualTo(4 * (10 * 20 + 20 * 20));
        // A little more than the 2400 of the momentum; whole multiples of the parameters.
        assertThat(lstm.stateBytes()).isEqualTo(4 * 2 * 2480);
        assertThat(net.getUpdater().getStateViewArray().length()).isEqualTo(2 * (500 + 2480 + 147));
        assertThat(plan.layers().get(0).note()).contains("embedding");
        assertThat(plan.layers().get(2).note()).contains("output");
        assertThat(plan.coverage()).isEqualTo(2400. / (500 + 2480 + 147));
    }

    @Test
    void plan_biasUpdaterBehindAGain_isAnObstacle() {
        MultiLayerNetwork net = network(
                InputType.feedForward(6),
                new DenseLayer.Builder()
                        .nOut(5)
                        .hasLayerNorm(true)
                        .biasUpdater(new Nesterovs(.1))
                        .build());
        assertThat(Layerwise.attach(net).plan().layers().get(0).note()).contains("gain");
    }
}
