package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.updater.Foof;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** First tries with all defaults: targets that are not standardised, one wrong label, deep and wide regressions. */
class FoofDefaultsTest {
    /** By which part of the first loss training must get on. */
    private static final double PROGRESS = .5;
    /** How much of a clean run's loss one wrong label may cost. */
    private static final double DAMAGE = 1.2;

    private static MultiLayerNetwork network(Activation hidden, LossFunction loss, Activation output, int... sizes) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Foof())
                .weightInit(WeightInit.XAVIER)
                .list();
        int last = sizes.length - 1;
        for (int i = 1; i < last; i++) {
            list.layer(new DenseLayer.Builder()
                    .nIn(sizes[i - 1])
                    .nOut(sizes[i])
                    .activation(hidden)
                    .build());
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.layer(new OutputLayer.Builder(loss)
                        .nIn(sizes[last - 1])
                        .nOut(sizes[last])
                        .activation(output)
                        .build())
                .build());
        net.init();
        return net;
    }

    private static void assertUnharmed(MultiLayerNetwork net, Attachment attachment) {
        assertThat(Double.isFinite(net.params().norm2Number().doubleValue())).isTrue();
        assertThat(attachment.diagnostics().values())
                .allSatisfy(counters -> assertThat(counters).hasToString("no failures"));
    }

    private static DataSet regression(long seed, double scale) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray x = Nd4j.create(DataType.FLOAT, 32, 10);
        INDArray y = Nd4j.create(DataType.FLOAT, 32, 1);
        for (int i = 0; i < 32; i++) {
            double sum = 0;
            for (int j = 0; j < 10; j++) {
                double value = random.nextGaussian();
                x.putScalar(i, j, value);
                sum += value * (j % 3 - 1);
            }
            y.putScalar(i, 0, scale * Math.tanh(sum));
        }
        return new DataSet(x, y);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 30, 1000})
    void regression_targetsOfAnySize_getsOn(double scale) {
        MultiLayerNetwork net = network(Activation.RELU, LossFunction.MSE, Activation.IDENTITY, 10, 16, 16, 1);
        Attachment attachment = Layerwise.attach(net);
        DataSet unseen = regression(99, scale);
        double before = net.score(unseen);
        for (int i = 1; i <= 60; i++) {
            net.fit(regression(i, scale));
        }
        assertThat(net.score(unseen)).isLessThan(PROGRESS * before);
        assertUnharmed(net, attachment);
    }

    private static DataSet classes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray x = Nd4j.create(DataType.FLOAT, 16, 6);
        INDArray y = Nd4j.create(DataType.FLOAT, 16, 3);
        for (int i = 0; i < 16; i++) {
            for (int j = 0; j < 6; j++) {
                x.putScalar(i, j, random.nextGaussian());
            }
            y.putScalar(i, random.nextInt(3), 1);
        }
        return new DataSet(x, y);
    }

    /** Loss on unseen data; one label of one batch of the training is as given. */
    private static double afterOneLabel(LossFunction loss, Activation output, double label) {
        MultiLayerNetwork net = network(Activation.TANH, loss, output, 6, 8, 3);
        Attachment attachment = Layerwise.attach(net);
        for (int i = 1; i <= 60; i++) {
            DataSet batch = classes(i);
            if (i == 20) {
                batch.getLabels().putScalar(0, 0, label);
            }
            net.fit(batch);
        }
        assertUnharmed(net, attachment);
        return net.score(classes(99));
    }

    @ParameterizedTest
    @CsvSource({
        "MCXENT, SOFTMAX, 1e2",
        "MCXENT, SOFTMAX, 1e3",
        "MCXENT, SOFTMAX, 1e6",
        "MSE, IDENTITY, 1e2",
        "MSE, IDENTITY, 1e3",
        "MSE, IDENTITY, 1e6"
    })
    void oneWrongLabel_doesNotRuinTheNetwork(LossFunction loss, Activation output, double label) {
        assertThat(afterOneLabel(loss, output, label)).isLessThan(DAMAGE * afterOneLabel(loss, output, 1));
    }

    /** Losses of steps, all of them finite. */
    private static List<Double> losses(MultiLayerNetwork net, List<DataSet> batches) {
        List<Double> losses = new ArrayList<>();
        Attachment attachment = Layerwise.attach(net);
        for (DataSet batch : batches) {
            net.fit(batch);
            losses.add(net.score());
        }
        assertThat(losses).allSatisfy(loss -> assertThat(loss).isFinite());
        assertUnharmed(net, attachment);
        return losses;
    }

    /** DL4J's example ImageDrawer: a colour for each point of the plane. */
    @Test
    void deepRegression_getsOn() {
        MultiLayerNetwork net =
                network(Activation.LEAKYRELU, LossFunction.L2, Activation.IDENTITY, 2, 25, 25, 25, 25, 25, 3);
        Nd4j.getRandom().setSeed(7);
        INDArray x = Nd4j.randn(DataType.FLOAT, 1000, 2);
        INDArray y = x.mmul(Nd4j.randn(DataType.FLOAT, 2, 3)).divi(Math.sqrt(2));
        List<Double> losses = losses(net, Collections.nCopies(30, new DataSet(x, y)));
        assertThat(losses.get(29)).isLessThan(PROGRESS * losses.get(0));
    }

    /** As DL4J's example MNISTAutoencoder, with smaller images: noisy variants of ten. */
    @Test
    void autoencoder_getsOn() {
        int pixels = 196;
        MultiLayerNetwork net =
                network(Activation.RELU, LossFunction.MSE, Activation.LEAKYRELU, pixels, 65, 10, 65, pixels);
        Nd4j.getRandom().setSeed(5);
        INDArray images = Nd4j.rand(DataType.FLOAT, 10, pixels).muli(.8);
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            INDArray x = Nd4j.rand(DataType.FLOAT, 100, pixels).muli(.2);
            for (int row = 0; row < 100; row++) {
                x.getRow(row).addi(images.getRow(row % 10));
            }
            batches.add(new DataSet(x, x));
        }
        List<Double> losses = losses(net, batches);
        assertThat(losses.get(29)).isLessThan(PROGRESS * losses.get(0));
    }
}
