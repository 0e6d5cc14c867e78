package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.method.Method;
import org.layerwise.method.Samples;
import org.layerwise.testing.Tolerance;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The contract of the kinds whose weights are shared by positions or time steps: the rows' gradients sum up to DL4J's own, the
 * inputs' weights to one, and every row weighs one by the number of examples on the outputs' side.
 */
class SharedSamplesContractTest {
    private static final DataType TYPE = DataType.DOUBLE;
    private static final int EXAMPLES = 5;
    private static final int CLASSES = 3;
    private static final int LENGTH = 6;

    /** A network and its batch. */
    private record Setting(
            MultiLayerNetwork net,
            INDArray features,
            INDArray labels,
            @Nullable INDArray featuresMask,
            @Nullable INDArray labelsMask) {}

    private static final Map<String, Setting> SETTINGS = new LinkedHashMap<>();

    static {
        for (ConvolutionMode mode : new ConvolutionMode[] {ConvolutionMode.Truncate, ConvolutionMode.Same}) {
            add("conv2d " + mode, images(conv(3, 2).convolutionMode(mode).build()));
            add(
                    "conv2d stride, dilation, " + mode,
                    images(conv(2, 2)
                            .stride(2, 1)
                            .dilation(1, 2)
                            .convolutionMode(mode)
                            .build()));
            add("conv1d " + mode, sequences(conv1d(3).convolutionMode(mode).build(), RNNFormat.NCW));
            add(
                    "conv1d stride, " + mode,
                    sequences(conv1d(2).stride(2).convolutionMode(mode).build(), RNNFormat.NCW));
        }
        add("conv2d padding", images(conv(3, 3).padding(1, 2).build()));
        add("conv2d 1x1", images(conv(1, 1).build()));
        add("conv2d without bias", images(conv(2, 3).hasBias(false).build()));
        add("conv2d NHWC", imagesLast(conv(3, 2).dataFormat(CNN2DFormat.NHWC).build()));
        add(
                "conv2d NHWC Same",
                imagesLast(conv(3, 2)
                        .dataFormat(CNN2DFormat.NHWC)
                        .convolutionMode(ConvolutionMode.Same)
                        .build()));
        add(
                "conv1d causal",
                sequences(conv1d(3).convolutionMode(ConvolutionMode.Causal).build(), RNNFormat.NCW));
        add(
                "conv1d causal, dilation",
                sequences(
                        conv1d(2)
                                .dilation(2)
                                .convolutionMode(ConvolutionMode.Causal)
                                .build(),
                        RNNFormat.NCW));
        add("dense over time", overTime(null, null));
        add("dense over time, masks", overTime(mask(), mask()));
        add("output over time, mask of the labels", overTime(null, mask()));
    }

    private static void add(String name, Setting setting) {
        SETTINGS.put(name, setting);
    }

    static Stream<String> settings() {
        return SETTINGS.keySet().stream();
    }

    private static ConvolutionLayer.Builder conv(int height, int width) {
        return new ConvolutionLayer.Builder(height, width).nOut(4);
    }

    private static Convolution1DLayer.Builder conv1d(int size) {
        return new Convolution1DLayer.Builder(size).nOut(4);
    }

    private static ListBuilder list() {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(TYPE)
                .updater(new Kfac())
                .activation(Activation.TANH)
                .list();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static MultiLayerNetwork initialised(ListBuilder list) {
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    /** Two convolutions, so that the second one's inputs are activations. */
    private static Setting images(ConvolutionLayer layer) {
        MultiLayerNetwork net = initialised(list().layer(layer)
                .layer(new ConvolutionLayer.Builder(2, 2).nOut(3).build())
                .layer(output())
                .setInputType(InputType.convolutional(7, 8, 2)));
        return new Setting(net, gaussian(EXAMPLES, 2, 7, 8), classes(), null, null);
    }

    private static Setting imagesLast(ConvolutionLayer layer) {
        MultiLayerNetwork net = initialised(
                list().layer(layer).layer(output()).setInputType(InputType.convolutional(7, 8, 2, CNN2DFormat.NHWC)));
        return new Setting(net, gaussian(EXAMPLES, 7, 8, 2), classes(), null, null);
    }

    private static Setting sequences(Convolution1DLayer layer, RNNFormat format) {
        MultiLayerNetwork net = initialised(list().layer(layer)
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(output())
                .setInputType(InputType.recurrent(2, 9, format)));
        return new Setting(net, gaussian(EXAMPLES, 2, 9), classes(), null, null);
    }

    private static Setting overTime(@Nullable INDArray featuresMask, @Nullable INDArray labelsMask) {
        MultiLayerNetwork net =
                initialised(list().layer(new DenseLayer.Builder().nOut(4).build())
                        .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build())
                        .setInputType(InputType.recurrent(2, LENGTH)));
        INDArray labels = Nd4j.zeros(TYPE, EXAMPLES, CLASSES, LENGTH);
        for (int i = 0; i < EXAMPLES; i++) {
            for (int t = 0; t < LENGTH; t++) {
                labels.putScalar(new int[] {i, (i + 2 * t) % CLASSES, t}, 1);
            }
        }
        return new Setting(net, gaussian(EXAMPLES, 2, LENGTH), labels, featuresMask, labelsMask);
    }

    /** The first example has all steps, each further one less. */
    private static INDArray mask() {
        INDArray mask = Nd4j.zeros(TYPE, EXAMPLES, LENGTH);
        for (int i = 0; i < EXAMPLES; i++) {
            for (int t = 0; t < LENGTH - i; t++) {
                mask.putScalar(i, t, 1);
            }
        }
        return mask;
    }

    private static INDArray gaussian(long... shape) {
        Random random = new Random(7);
        INDArray array = Nd4j.create(TYPE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }

    private static INDArray classes() {
        INDArray labels = Nd4j.zeros(TYPE, EXAMPLES, CLASSES);
        for (int i = 0; i < EXAMPLES; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return labels;
    }

    /** Sums up what it is shown. */
    private static final class Sum implements Method.Statistics {
        private @Nullable INDArray gradient;
        private double inputWeights;
        private final List<Double> outputWeights = new ArrayList<>();

        @Override
        public void clear() {
            gradient = null;
        }

        @Override
        public void add(Samples part) {
            INDArray sum = part.gradient();
            gradient = gradient == null ? sum : gradient.add(sum);
            inputWeights += part.inputRows() * part.inputWeight();
            outputWeights.add(part.outputWeight());
        }

        @Override
        public boolean filled() {
            return gradient != null;
        }

        @Override
        public void blend(Method.Statistics other, double share) {
            throw new UnsupportedOperationException();
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void gradient_ofSharedWeights_isDl4jsOwn(String name) {
        Setting setting = Objects.requireNonNull(SETTINGS.get(name));
        MultiLayerNetwork net = setting.net;
        Map<LayerSlot, Sum> sums = new LinkedHashMap<>();
        for (LayerSlot slot : new MultiLayerAdapter(net).slots()) {
            LayerKind kind = LayerBlocks.kind(slot);
            if (kind == null || slot.running().numParams() == 0) {
                continue;
            }
            assertThat(kind.sampleObstacle(slot, Objects.requireNonNull(slot.configuration())))
                    .isNull();
            Sum sum = new Sum();
            boolean bias = slot.running().paramTable(false).containsKey("b");
            LayerRecorder recorder = new LayerRecorder(kind, slot, bias);
            recorder.arm(sum, new LayerRecorder.Pass(1, 1, EXAMPLES, 1, true, null));
            (slot.output() ? new LossCapture() : new ActivationCapture()).install(slot, recorder);
            sums.put(slot, sum);
        }
        net.setInput(setting.features);
        net.setLabels(setting.labels);
        if (setting.featuresMask != null || setting.labelsMask != null) {
            net.setLayerMaskArrays(setting.featuresMask, setting.labelsMask);
        }
        net.computeGradientAndScore();
        net.clearLayerMaskArrays();

        assertThat(sums).isNotEmpty();
        sums.forEach((slot, sum) -> {
            int layer = List.of(net.getLayers()).indexOf(slot.running());
            assertThatArray(Objects.requireNonNull(sum.gradient, slot.name()))
                    .isCloseTo(expected(net, layer), Tolerance.FORMULA);
            assertThat(sum.inputWeights).isCloseTo(1, within(Tolerance.FORMULA));
            assertThat(sum.outputWeights).containsOnly(1.0 / EXAMPLES);
        });
    }

    /** [W; b] as DL4J's backward pass leaves it, inputs by outputs. */
    private static INDArray expected(MultiLayerNetwork net, int layer) {
        INDArray w = net.gradient().getGradientFor(layer + "_W");
        INDArray flat = w.dup('c').ravel();
        INDArray matrix = w.rank() == 2
                ? w.dup()
                : net.getLayer(layer).conf().getLayer() instanceof Convolution1DLayer
                        ? flat.reshape('c', w.length() / w.size(0), w.size(0))
                        : flat.reshape('c', w.size(0), w.length() / w.size(0)).transpose();
        INDArray b = net.gradient().gradientForVariable().get(layer + "_b");
        return b == null ? matrix : Nd4j.vstack(matrix, b.reshape(1, b.length()));
    }
}
