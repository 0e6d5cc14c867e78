package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.internal.dl4j.Training.Moment;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Period;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** LeNet's architecture at a small size, under K-FAC with every estimator, with factors in blocks, and FOOF. */
class ConvolutionTrainingTest {
    private static final DataType TYPE = DataType.FLOAT;
    private static final int CLASSES = 4;
    private static final int SIDE = 12;
    private static final int EXAMPLES = 32;

    private static Kfac.Builder kfac() {
        return Kfac.builder().learningRate(.1).statistics(Period.every(2)).refresh(Period.every(3));
    }

    private static Stream<Arguments> settings() {
        return Stream.of(WorkspaceMode.ENABLED, WorkspaceMode.NONE)
                .flatMap(mode -> Stream.of(
                        Arguments.of("sampled", kfac().build(), mode),
                        Arguments.of(
                                "exact", kfac().fisher(FisherEstimator.exact()).build(), mode),
                        Arguments.of(
                                "empirical",
                                kfac().fisher(FisherEstimator.empirical()).build(),
                                mode),
                        Arguments.of("blocks", kfac().largestBlock(20).build(), mode),
                        Arguments.of("foof", Foof.builder().learningRate(.05).build(), mode)));
    }

    private static MultiLayerNetwork network(LayerwiseUpdater<?> updater, WorkspaceMode mode) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(TYPE)
                .trainingWorkspaceMode(mode)
                .updater(updater)
                .activation(Activation.RELU)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(6).build())
                .layer(new SubsamplingLayer.Builder(2, 2).stride(2, 2).build())
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(8).build())
                .layer(new DenseLayer.Builder().nOut(16).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(SIDE, SIDE, 1))
                .build());
        net.init();
        return net;
    }

    /** A bright square in one of four corners, in noise. */
    private static DataSet batch(int seed) {
        Nd4j.getRandom().setSeed(1000 + seed);
        INDArray x = Nd4j.randn(TYPE, EXAMPLES, 1, SIDE, SIDE).muli(.5);
        INDArray y = Nd4j.zeros(TYPE, EXAMPLES, CLASSES);
        for (int i = 0; i < EXAMPLES; i++) {
            int corner = (i + seed) % CLASSES;
            for (int k = 0; k < 9; k++) {
                x.putScalar(new int[] {i, 0, 2 + 6 * (corner / 2) + k / 3, 2 + 6 * (corner % 2) + k % 3}, 2);
            }
            y.putScalar(i, corner, 1);
        }
        return new DataSet(x, y);
    }

    private static void fit(MultiLayerNetwork net, int from, int to) {
        for (int i = from; i < to; i++) {
            net.fit(batch(i));
        }
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("settings")
    void lenet_trains_coversEverythingAndResumes(String name, LayerwiseUpdater<?> updater, WorkspaceMode mode) {
        MultiLayerNetwork net = network(updater, mode);
        Attachment attachment = Layerwise.attach(net);
        assertThat(attachment.plan().coverage()).isEqualTo(1);
        assertThat(attachment.plan().layers().get(2).note())
                .matches(note -> note.contains("blocks") == name.equals("blocks"));
        DataSet held = batch(99);
        double before = net.score(held);
        fit(net, 0, 12);
        assertThat(net.score(held)).isLessThan(.5 * before);
        assertThat(attachment.diagnostics().values())
                .allSatisfy(layer -> assertThat(layer).hasToString("no failures"));

        Moment moment = Moment.of(net);
        fit(net, 12, 16);
        MultiLayerNetwork resumed = network(updater, mode);
        Layerwise.attach(resumed);
        moment.into(resumed);
        fit(resumed, 12, 16);
        assertThat(Training.distance(net.params(), resumed.params())).isZero();
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("settings")
    void nanAtOnePixel_isCountedAndNoParameterIsNaN(String name, LayerwiseUpdater<?> updater, WorkspaceMode mode) {
        MultiLayerNetwork net = network(updater, mode);
        Attachment attachment = Layerwise.attach(net);
        fit(net, 0, 3);
        DataSet broken = batch(3);
        broken.getFeatures().putScalar(new int[] {0, 0, 5, 5}, Double.NaN);
        net.fit(broken);
        fit(net, 4, 8);
        assertThat(Training.finite(net.params())).isTrue();
        assertThat(Training.events(attachment)).isPositive();
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("settings")
    void batchOfOne_trains(String name, LayerwiseUpdater<?> updater, WorkspaceMode mode) {
        MultiLayerNetwork net = network(updater, mode);
        Layerwise.attach(net);
        for (int i = 0; i < 6; i++) {
            DataSet one = batch(i);
            net.fit(
                    one.getFeatures()
                            .get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 1))
                            .dup(),
                    one.getLabels()
                            .get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 1))
                            .dup());
        }
        assertThat(Training.finite(net.params())).isTrue();
    }
}
