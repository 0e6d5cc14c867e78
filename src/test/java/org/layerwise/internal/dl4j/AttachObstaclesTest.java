package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Layerwise;
import org.layerwise.internal.dl4j.Methods.Method;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.settings.Plan;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers that stand in the way of preconditioning: refused for a true reason, or not at all. */
class AttachObstaclesTest {
    private static Stream<Arguments> networks() {
        return Methods.all().stream()
                .flatMap(method -> Arrays.stream(Kind.values()).map(kind -> Arguments.of(method, kind)));
    }

    /** The idiom of adversarial networks. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("networks")
    void frozenLayerWithBackprop_staysWhileTheOthersTrain(Method method, Kind kind) {
        Shape shape = Shape.FROZEN_WITH_BACKPROP;
        Model net = shape.model(kind, method.constant().apply(.01));
        TestNets.attach(net);
        Map<String, INDArray> before = Rates.parameters(net);
        shape.train(net, 0, 3);
        assertThat(Rates.moved(before, Rates.parameters(net)))
                .hasSize(4)
                .noneMatch(name -> Rates.belongs(name, 1))
                .anyMatch(name -> Rates.belongs(name, 0))
                .anyMatch(name -> Rates.belongs(name, 2));
    }

    /** Behind the pooling an activation has one row for each example; DL4J's preprocessor there does nothing. */
    @Test
    void denseLayers_behindGlobalPooling_arePreconditioned() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Kfac())
                .list()
                .layer(new EmbeddingSequenceLayer.Builder()
                        .nIn(20)
                        .nOut(6)
                        .inputLength(5)
                        .build())
                .layer(new GlobalPoolingLayer.Builder().build())
                .layer(new DenseLayer.Builder()
                        .nOut(7)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(20, 5))
                .build());
        net.init();
        Plan plan = Layerwise.attach(net).plan();
        long dense = net.getLayer(2).numParams() + net.getLayer(3).numParams();
        assertThat(plan.coverage()).isEqualTo((double) dense / net.numParams());
        assertThat(plan.toString()).doesNotContain("time steps");
        INDArray words = Nd4j.createFromArray(new int[][] {{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}});
        INDArray labels = Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 0, 1}});
        net.fit(words, labels);
        double before = net.score();
        for (int i = 0; i < 20; i++) {
            net.fit(words, labels);
        }
        assertThat(net.score()).isLessThan(before);
    }

    /** What Keras import makes of an output layer. */
    @Test
    void lossLayer_withSoftmax_hasItsFisherOrIsNamedAsTheReason() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Kfac())
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nIn(6).nOut(5).build())
                .layer(new DenseLayer.Builder()
                        .nIn(5)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(new LossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        Plan plan = Layerwise.attach(net).plan();
        if (plan.remarks().isEmpty()) {
            assertThat(plan.fisher()).startsWith("MonteCarlo");
        } else {
            assertThat(plan.remarks()).anyMatch(remark -> remark.contains("LossLayer"));
        }
    }
}
