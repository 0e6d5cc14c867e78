package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.junit.jupiter.api.Test;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Plan.LayerPlan;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Each kind of layer gets the method that is right for it, and the plan says which and why. */
class LayerSupportTest {
    private static NeuralNetConfiguration.ListBuilder list(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .list();
    }

    private static OutputLayer softmax(int nIn) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(nIn)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static MultiLayerNetwork init(NeuralNetConfiguration.ListBuilder list) {
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();
        return net;
    }

    private static INDArray labels(int n) {
        INDArray y = Nd4j.zeros(DataType.DOUBLE, n, 3);
        for (int i = 0; i < n; i++) {
            y.putScalar(i, i % 3, 1);
        }
        return y;
    }

    private static double scoreAfter(MultiLayerNetwork net, INDArray x, INDArray y, int steps) {
        for (int i = 0; i < steps; i++) {
            net.fit(x, y);
        }
        return net.score();
    }

    private static LayerPlan row(Attachment attachment, int layer) {
        return attachment.plan().layers().get(layer);
    }

    @Test
    void convolutionalNet_convolutionAndDenseArePreconditioned() {
        MultiLayerNetwork net = init(list(new Kfac())
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(4)
                        .activation(Activation.RELU)
                        .build())
                .layer(new BatchNormalization())
                .layer(new ActivationLayer(Activation.TANH))
                .layer(new DenseLayer.Builder()
                        .nOut(5)
                        .activation(Activation.TANH)
                        .build())
                .layer(softmax(5))
                .setInputType(InputType.convolutional(6, 6, 1)));
        Attachment attachment = Layerwise.attach(net);
        assertThat(row(attachment, 0).method()).isEqualTo("Kfac");
        assertThat(row(attachment, 0).shape()).isEqualTo("10 x 4");
        assertThat(row(attachment, 1).method()).isEqualTo("Adam");
        assertThat(row(attachment, 3).preconditioned()).isTrue();
        assertThat(row(attachment, 3).shape()).isEqualTo("65 x 5");
        assertThat(attachment.plan().coverage()).isBetween(.9, 1.0);
        assertThat(attachment.plan().toString()).contains("ConvolutionLayer", "65 x 5", "preconditioned");
        Nd4j.getRandom().setSeed(4);
        INDArray x = Nd4j.randn(DataType.DOUBLE, 12, 1, 6, 6);
        double before = scoreAfter(net, x, labels(12), 1);
        assertThat(scoreAfter(net, x, labels(12), 20)).isLessThan(before);
    }

    @Test
    void recurrentNet_layersOverTimeArePreconditionedTheLstmIsNot() {
        MultiLayerNetwork net =
                init(list(Kfac.builder().fallback(new Nesterovs(.1)).build())
                        .layer(new LSTM.Builder()
                                .nIn(4)
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build())
                        .layer(new DenseLayer.Builder()
                                .nIn(5)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build())
                        .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .nIn(4)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build())
                        .setInputType(InputType.recurrent(4)));
        Attachment attachment = Layerwise.attach(net);
        assertThat(attachment.plan().layers())
                .extracting(LayerPlan::method)
                .containsExactly("Nesterovs", "Kfac", "Kfac");
        assertThat(row(attachment, 0).note()).contains("LSTM");
        assertThat(row(attachment, 1).shape()).isEqualTo("6 x 4");
        assertThat(row(attachment, 2).shape()).isEqualTo("5 x 3");
        INDArray x = Nd4j.randn(DataType.DOUBLE, 6, 4, 7);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, 6, 3, 7);
        y.get(org.nd4j.linalg.indexing.NDArrayIndex.all(), org.nd4j.linalg.indexing.NDArrayIndex.point(1))
                .assign(1);
        double before = scoreAfter(net, x, y, 1);
        assertThat(scoreAfter(net, x, y, 10)).isLessThan(before);
    }

    @Test
    void layerNorm_fallsBackWithItsReason() {
        MultiLayerNetwork net = init(list(new Kfac())
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(5)
                        .hasLayerNorm(true)
                        .build())
                .layer(softmax(5)));
        Attachment attachment = Layerwise.attach(net);
        assertThat(row(attachment, 0).note()).contains("layer normalisation");
        assertThat(row(attachment, 1).preconditioned()).isTrue();
        net.fit(Nd4j.randn(DataType.DOUBLE, 6, 4), labels(6));
    }

    @Test
    void layerWithItsOwnUpdater_keepsIt() {
        MultiLayerNetwork net = init(list(new Kfac())
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(5)
                        .updater(new Sgd(.5))
                        .build())
                .layer(softmax(5)));
        Attachment attachment = Layerwise.attach(net);
        assertThat(row(attachment, 0).method()).isEqualTo("Sgd");
        assertThat(row(attachment, 0).note()).isEqualTo("as configured");
    }

    @Test
    void biasWithItsOwnUpdater_staysOutOfTheMatrix() {
        MultiLayerNetwork net = init(list(new Kfac())
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(5)
                        .biasUpdater(new Sgd(.5))
                        .activation(Activation.TANH)
                        .build())
                .layer(softmax(5)));
        Attachment attachment = Layerwise.attach(net);
        assertThat(row(attachment, 0).shape()).isEqualTo("4 x 5");
        assertThat(row(attachment, 0).note()).contains("bias");
        assertThat(TestNets.updater(net).getUpdaterBlocks())
                .extracting(block ->
                        block.getGradientUpdater().getConfig().getClass().getSimpleName())
                .containsExactly("Kfac", "Sgd", "Kfac");
        double before = scoreAfter(net, Nd4j.ones(DataType.DOUBLE, 6, 4), labels(6), 1);
        assertThat(scoreAfter(net, Nd4j.ones(DataType.DOUBLE, 6, 4), labels(6), 20))
                .isLessThanOrEqualTo(before);
    }

    @Test
    void equalLayers_getBlocksOfTheirOwn() {
        MultiLayerNetwork net = init(list(new Kfac())
                .layer(new DenseLayer.Builder().nIn(5).nOut(5).build())
                .layer(new DenseLayer.Builder().nIn(5).nOut(5).build())
                .layer(softmax(5)));
        Layerwise.attach(net);
        assertThat(TestNets.updater(net).getUpdaterBlocks())
                .extracting(UpdaterBlock::getParamOffsetEnd)
                .containsExactly(30, 60, 78);
    }

    @Test
    void unknownLoss_isServedByTheEmpiricalFisherAndThePlanSaysSo() {
        MultiLayerNetwork net = init(list(new Kfac())
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(5)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.L1)
                        .nIn(5)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build()));
        Attachment attachment = Layerwise.attach(net);
        assertThat(attachment.plan().fisher()).contains("Empirical");
        assertThat(attachment.plan().remarks()).singleElement().asString().contains("layer1", "MonteCarlo");
        net.fit(Nd4j.randn(DataType.DOUBLE, 6, 4), Nd4j.randn(DataType.DOUBLE, 6, 2));
    }

    @Test
    void mixedEstimators_areRefused() {
        MultiLayerNetwork net = init(list(new Kfac())
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(5)
                        .updater(Kfac.builder().fisher(FisherEstimator.exact()).build())
                        .build())
                .layer(softmax(5)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Layerwise.attach(net))
                .withMessageContaining("Exact")
                .withMessageContaining("MonteCarlo");
    }

    @Test
    void mixedMethods_trainTogether() {
        MultiLayerNetwork net = init(list(new Adam(.01))
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(5)
                        .activation(Activation.TANH)
                        .updater(new Foof(.1))
                        .build())
                .layer(new DenseLayer.Builder()
                        .nIn(5)
                        .nOut(5)
                        .activation(Activation.TANH)
                        .updater(new Kfac())
                        .build())
                .layer(softmax(5)));
        Attachment attachment = Layerwise.attach(net);
        assertThat(attachment.plan().layers()).extracting(LayerPlan::method).containsExactly("Foof", "Kfac", "Adam");
        Nd4j.getRandom().setSeed(8);
        INDArray x = Nd4j.randn(DataType.DOUBLE, 12, 4);
        double before = scoreAfter(net, x, labels(12), 1);
        assertThat(scoreAfter(net, x, labels(12), 30)).isLessThan(before);
    }

    @Test
    void dropout_trainsAndLeavesTheRandomMasksOfTheNetworkItsOwn() {
        MultiLayerNetwork net = init(list(Kfac.builder().learningRate(.1).build())
                .layer(new DenseLayer.Builder()
                        .nIn(4)
                        .nOut(16)
                        .dropOut(new Dropout(.8))
                        .activation(Activation.TANH)
                        .build())
                .layer(softmax(16)));
        Layerwise.attach(net);
        Nd4j.getRandom().setSeed(8);
        INDArray x = Nd4j.randn(DataType.DOUBLE, 12, 4);
        double before = scoreAfter(net, x, labels(12), 1);
        assertThat(scoreAfter(net, x, labels(12), 60)).isLessThan(before);
    }
}
