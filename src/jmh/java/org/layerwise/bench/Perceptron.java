package org.layerwise.bench;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The benchmarks' network, 784-512-512-10 in single precision, and a batch for it. */
final class Perceptron {
    static final int[] WIDTHS = {784, 512, 512, 10};

    private Perceptron() {}

    static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(updater)
                .activation(Activation.RELU)
                .list()
                .layer(new DenseLayer.Builder().nIn(784).nOut(512).build())
                .layer(new DenseLayer.Builder().nIn(512).nOut(512).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(512)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        return net;
    }

    static INDArray features(int batch) {
        Nd4j.getRandom().setSeed(2);
        return Nd4j.rand(DataType.FLOAT, batch, 784);
    }

    static INDArray labels(int batch) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, batch, 10);
        for (int i = 0; i < batch; i++) {
            labels.putScalar(i, i * 7 % 10, 1);
        }
        return labels;
    }
}
