package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Layerwise;
import org.layerwise.internal.linalg.KroneckerProduct;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.method.Matrix;
import org.layerwise.method.Matrix.Band;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.testing.Tolerance;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * K-FAC over weights that positions or time steps share equals the exact Fisher block where the expanded form does: each output
 * reads one position (test T4 of Dangel et al. 2025, arXiv 2507.05127, and Eschenhagen et al. 2023, arXiv 2311.00636), through
 * real networks. The oracle is made of explicit Jacobians by central differences.
 */
class SharedWeightsFisherTest {
    private static final DataType TYPE = DataType.DOUBLE;
    private static final int EXAMPLES = 4;
    private static final double H = 1e-5;
    /** Limited by the finite differences of the oracle. */
    private static final double RELATIVE = 1e-6;

    /** The Hessian of the canonical loss, a sum of squares. */
    private static final double HESSIAN = 2;

    private record Setting(MultiLayerNetwork net, long[] features, int exactLayers) {}

    private static final Map<String, Setting> SETTINGS = new LinkedHashMap<>();

    static {
        SETTINGS.put("conv2d", images(conv(2, 2).build(), 12));
        SETTINGS.put("conv2d stride", images(conv(2, 1).stride(2, 2).build(), 8));
        SETTINGS.put(
                "conv2d padding, dilation",
                images(conv(2, 2).padding(1, 1).dilation(2, 2).build(), 24));
        SETTINGS.put(
                "conv2d Same",
                images(conv(3, 2).convolutionMode(ConvolutionMode.Same).build(), 24));
        SETTINGS.put("conv2d without bias", images(conv(2, 2).hasBias(false).build(), 12));
        SETTINGS.put("conv2d 1x1", images(conv(1, 1).build(), 24));
        SETTINGS.put("conv2d NHWC", imagesLast());
        SETTINGS.put("conv1d", sequences(new Convolution1DLayer.Builder(2).nOut(2)));
        SETTINGS.put(
                "conv1d causal",
                sequences(new Convolution1DLayer.Builder(3).nOut(2).convolutionMode(ConvolutionMode.Causal)));
        SETTINGS.put("dense over time", overTime());
    }

    static Stream<String> settings() {
        return SETTINGS.keySet().stream();
    }

    private static Kfac kfac(FisherEstimator fisher) {
        return Kfac.builder()
                .learningRate(0)
                .fisher(fisher)
                .movingAverage(0)
                .momentum(0)
                .build();
    }

    private static ConvolutionLayer.Builder conv(int height, int width) {
        return new ConvolutionLayer.Builder(height, width).nOut(2);
    }

    private static ListBuilder list(FisherEstimator fisher) {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(TYPE)
                .updater(kfac(fisher))
                .activation(Activation.IDENTITY)
                .list();
    }

    private static MultiLayerNetwork attached(ListBuilder list) {
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        Layerwise.attach(net);
        return net;
    }

    /** Every output is one position of one channel. */
    private static MultiLayerNetwork readApart(MultiLayerNetwork net) {
        INDArray w = net.getParam("1_W");
        w.assign(Nd4j.eye(w.rows()).castTo(TYPE));
        return net;
    }

    private static Setting images(ConvolutionLayer layer, int outputs) {
        ListBuilder list = list(FisherEstimator.exact())
                .layer(layer)
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nOut(outputs)
                        .build())
                .setInputType(InputType.convolutional(4, 3, 2));
        return new Setting(readApart(attached(list)), new long[] {EXAMPLES, 2, 4, 3}, 1);
    }

    private static Setting imagesLast() {
        ListBuilder list = list(FisherEstimator.exact())
                .layer(conv(2, 2).dataFormat(CNN2DFormat.NHWC).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nOut(12)
                        .build())
                .setInputType(InputType.convolutional(4, 3, 2, CNN2DFormat.NHWC));
        return new Setting(readApart(attached(list)), new long[] {EXAMPLES, 4, 3, 2}, 1);
    }

    private static Setting sequences(Convolution1DLayer.Builder layer) {
        return new Setting(
                attached(list(FisherEstimator.exact())
                        .layer(layer.build())
                        .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .nOut(3)
                                .build())
                        .setInputType(InputType.recurrent(2, 5))),
                new long[] {EXAMPLES, 2, 5},
                2);
    }

    private static Setting overTime() {
        return new Setting(
                attached(list(FisherEstimator.exact())
                        .layer(new DenseLayer.Builder().nOut(3).build())
                        .layer(new DenseLayer.Builder().nOut(2).build())
                        .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .nOut(3)
                                .build())
                        .setInputType(InputType.recurrent(2, 5))),
                new long[] {EXAMPLES, 2, 5},
                3);
    }

    private static INDArray gaussian(long... shape) {
        Random random = new Random(23);
        INDArray array = Nd4j.create(TYPE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }

    @ParameterizedTest
    @MethodSource("settings")
    void exactFisher_linearNetWhoseOutputsReadOnePosition_equalsGaussNewtonBlocks(String name) {
        Setting setting = Objects.requireNonNull(SETTINGS.get(name));
        INDArray x = gaussian(setting.features);
        INDArray labels = gaussian(setting.net.output(x).shape());
        setting.net.fit(x, labels);
        List<KroneckerProduct> factors = TestNets.factors(setting.net);
        for (int layer = 0; layer < setting.exactLayers; layer++) {
            INDArray expected = gaussNewton(setting.net, layer, x);
            INDArray actual = factors.get(layer).dense();
            assertThat(actual.sub(expected).norm2Number().doubleValue())
                    .as("layer %s", layer)
                    .isLessThan(RELATIVE * expected.norm2Number().doubleValue());
        }
    }

    /** One output position and one example are exact in any network (T1). */
    @Test
    void exactFisher_kernelAsLargeAsTheImageAndOneExample_equalsGaussNewtonBlocks() {
        MultiLayerNetwork net = attached(list(FisherEstimator.exact())
                .layer(conv(4, 3).activation(Activation.TANH).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nOut(3)
                        .build())
                .setInputType(InputType.convolutional(4, 3, 2)));
        INDArray x = gaussian(1, 2, 4, 3);
        net.fit(x, gaussian(1, 3));
        INDArray expected = gaussNewton(net, 0, x);
        INDArray actual = TestNets.factors(net).get(0).dense();
        assertThat(actual.sub(expected).norm2Number().doubleValue())
                .isLessThan(RELATIVE * expected.norm2Number().doubleValue());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void factors_batchTwice_areThoseOfTheBatch(String name) {
        Setting setting = Objects.requireNonNull(SETTINGS.get(name));
        INDArray x = gaussian(setting.features);
        INDArray y = gaussian(setting.net.output(x).shape());
        setting.net.fit(x, y);
        List<KroneckerProduct> once = TestNets.factors(setting.net);
        setting.net.fit(Nd4j.concat(0, x, x), Nd4j.concat(0, y, y));
        List<KroneckerProduct> twice = TestNets.factors(setting.net);
        for (int layer = 0; layer < once.size(); layer++) {
            assertThatArray(twice.get(layer).input()).isCloseTo(once.get(layer).input(), Tolerance.FORMULA);
            assertThatArray(twice.get(layer).output()).isCloseTo(once.get(layer).output(), Tolerance.FORMULA);
        }
    }

    /** Image 1..9 under a kernel of 2 by 2: four patches, computed by NumPy. */
    @Test
    void inputFactor_smallImage_isTheGoldenOne() {
        MultiLayerNetwork net = attached(list(FisherEstimator.empirical())
                .layer(new ConvolutionLayer.Builder(2, 2).nOut(2).build())
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .nOut(1)
                        .build())
                .setInputType(InputType.convolutional(3, 3, 1)));
        INDArray x = Nd4j.linspace(1, 9, 9, TYPE).reshape('c', 1, 1, 3, 3);
        net.fit(x, gaussian(1, 1));
        assertThatArray(TestNets.factors(net).get(0).input())
                .isCloseTo(
                        new double[][] {
                            {11.5, 14.5, 20.5, 23.5, 3},
                            {14.5, 18.5, 26.5, 30.5, 4},
                            {20.5, 26.5, 38.5, 44.5, 6},
                            {23.5, 30.5, 44.5, 51.5, 7},
                            {3, 4, 6, 7, 1}
                        },
                        Tolerance.FORMULA);
    }

    /** The block of a layer in its matrix's column-major order: mean over examples of J' H J. */
    private static INDArray gaussNewton(MultiLayerNetwork net, int layer, INDArray x) {
        UpdaterBlock block = TestNets.updater(net).getUpdaterBlocks().get(layer);
        BlockConfiguration config =
                (BlockConfiguration) block.getGradientUpdater().getConfig();
        Matrix matrix = Objects.requireNonNull(config.layout()).matrices().get(0);
        List<INDArray> derivatives = new ArrayList<>();
        for (int column = 0; column < matrix.columns(); column++) {
            for (Band band : matrix.bands()) {
                for (int row = 0; row < band.rows(); row++) {
                    long at = band.byRows()
                            ? column + (long) row * band.leadingDimension()
                            : row + (long) column * band.leadingDimension();
                    derivatives.add(derivative(net, x, block.getParamOffsetStart() + band.offset() + at));
                }
            }
        }
        int n = derivatives.size();
        INDArray fisher = Nd4j.create(TYPE, n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double sum =
                        derivatives.get(i).mul(derivatives.get(j)).sumNumber().doubleValue();
                fisher.putScalar(i, j, HESSIAN * sum / x.size(0));
            }
        }
        return fisher;
    }

    private static INDArray derivative(MultiLayerNetwork net, INDArray x, long parameter) {
        INDArray params = net.params().reshape(net.params().length());
        double value = params.getDouble(parameter);
        params.putScalar(parameter, value + H);
        INDArray plus = net.output(x).dup();
        params.putScalar(parameter, value - H);
        INDArray minus = net.output(x).dup();
        params.putScalar(parameter, value);
        return plus.subi(minus).divi(2 * H);
    }
}
