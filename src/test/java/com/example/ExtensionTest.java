package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.Layerwise;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Plan;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** A method, a layer kind and a loss from outside the library are used as its own are. */
class ExtensionTest {
    private static MultiLayerNetwork network(IUpdater updater, Layer hidden, ILossFunction loss) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .activation(Activation.TANH)
                .list()
                .layer(hidden)
                .layer(new OutputLayer.Builder(loss)
                        .nIn(6)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        net.init();
        return net;
    }

    private static Layer dense() {
        return new DenseLayer.Builder().nIn(4).nOut(6).build();
    }

    private static void train(MultiLayerNetwork net, int steps) {
        INDArray x = Nd4j.linspace(DataType.DOUBLE, -1, .02, 80).reshape(20, 4);
        INDArray y = Nd4j.linspace(DataType.DOUBLE, 1, -.03, 60).reshape(20, 3);
        for (int i = 0; i < steps; i++) {
            net.fit(x, y);
        }
    }

    @Test
    void ownMethod_trainsSavesAndGoesOn(@TempDir Path folder) throws IOException {
        MultiLayerNetwork net = network(RowNorm.builder().divisor(2).build(), dense(), new LossL2());
        Plan plan = Layerwise.attach(net).plan();
        assertThat(plan.layers()).allSatisfy(row -> assertThat(row.method()).isEqualTo("RowNorm"));
        train(net, 3);
        File file = folder.resolve("net.zip").toFile();
        net.save(file);
        MultiLayerNetwork loaded = MultiLayerNetwork.load(file, true);
        assertThat(Layerwise.attach(loaded).plan()).hasToString(plan.toString());
        train(net, 3);
        train(loaded, 3);
        assertThat(loaded.params()).isEqualTo(net.params());
    }

    @Test
    void ownBuilder_hasTheOptionsOfAll() {
        RowNorm own = RowNorm.builder()
                .divisor(3)
                .learningRate(.2)
                .strict(true)
                .patience(7)
                .haltWhenStalled(true)
                .fallback(new Adam(.3))
                .build();

        assertThat(own.getLearningRate(0, 0)).isEqualTo(.2);
        assertThat(own.settings().divisor()).isEqualTo(3);
        assertThat(own.settings().failures()).isEqualTo(new FailureHandling(true, 7, true));
        assertThat(own.fallback()).isEqualTo(new Adam(.3));
        RowNorm scheduled = RowNorm.builder()
                .learningRate(new StepSchedule(ScheduleType.ITERATION, .5, .1, 1))
                .build();
        assertThat(scheduled.getLearningRate(1, 0)).isCloseTo(.05, within(1e-15));
        assertThat(scheduled.fallback().getLearningRate(1, 0)).isCloseTo(.05, within(1e-15));
    }

    @Test
    void ownLayerKind_givesKfacItsSamples() {
        MultiLayerNetwork own = network(new Kfac(), new OwnDense(4, 6), new LossL2());
        MultiLayerNetwork theirs = network(new Kfac(), dense(), new LossL2());
        assertThat(Layerwise.attach(own).plan().coverage()).isEqualTo(1);
        Layerwise.attach(theirs);
        theirs.setParams(own.params().dup());
        train(own, 5);
        train(theirs, 5);
        assertThat(own.params()).isEqualTo(theirs.params());
    }

    @Test
    void ownLoss_hasItsFisherMatrix() {
        Kfac exact = Kfac.builder().fisher(FisherEstimator.exact()).build();
        MultiLayerNetwork own = network(exact, dense(), new OwnLoss());
        MultiLayerNetwork theirs = network(exact, dense(), new LossL2());
        Plan plan = Layerwise.attach(own).plan();
        assertThat(plan.fisher()).isEqualTo(FisherEstimator.exact().toString());
        assertThat(List.of(plan.remarks())).containsExactly(List.of());
        Layerwise.attach(theirs);
        train(own, 5);
        train(theirs, 5);
        assertThat(own.params()).isEqualTo(theirs.params());
    }
}
