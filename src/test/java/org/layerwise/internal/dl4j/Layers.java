package org.layerwise.internal.dl4j;

import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What networkCases put around their subject. */
final class Layers {
    private Layers() {}

    static DenseLayer dense() {
        return new DenseLayer.Builder().nOut(4).build();
    }

    static LSTM lstm() {
        return new LSTM.Builder().nOut(3).build();
    }

    static ConvolutionLayer convolution(int channels) {
        return new ConvolutionLayer.Builder(1, 1).nOut(channels).build();
    }

    static OutputLayer head() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static RnnOutputLayer seriesHead() {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }
}
