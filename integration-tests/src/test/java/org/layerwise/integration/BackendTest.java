package org.layerwise.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.internal.linalg.Environment;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Saving and early stopping on the backend that is on the class path. */
class BackendTest {
    private record Problem(LossFunction loss, Activation output, int outputs) {}

    private static final Problem REGRESSION = new Problem(LossFunction.MSE, Activation.IDENTITY, 2);
    private static final Problem CLASSIFICATION = new Problem(LossFunction.MCXENT, Activation.SOFTMAX, 3);

    private static DenseLayer dense() {
        return new DenseLayer.Builder()
                .nIn(6)
                .nOut(8)
                .activation(Activation.TANH)
                .build();
    }

    private static OutputLayer output(Problem problem) {
        return new OutputLayer.Builder(problem.loss())
                .nIn(8)
                .nOut(problem.outputs())
                .activation(problem.output())
                .build();
    }

    private static MultiLayerNetwork network(Problem problem) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .updater(new Kfac(0.05))
                .list()
                .layer(dense())
                .layer(output(problem))
                .build());
        net.init();
        return net;
    }

    private static DataSet data(Problem problem) {
        Nd4j.getRandom().setSeed(6);
        INDArray x = Nd4j.randn(DataType.FLOAT, 48, 6);
        INDArray y = Nd4j.zeros(DataType.FLOAT, 48, problem.outputs());
        for (int i = 0; i < 48; i++) {
            y.putScalar(i, x.getDouble(i, 0) > 0 ? 1 : 0, 1);
        }
        return new DataSet(x, y);
    }

    @Test
    void savedFile_restoresAndTrainsOn(@TempDir Path folder) throws IOException {
        MultiLayerNetwork net = network(CLASSIFICATION);
        Layerwise.attach(net);
        DataSet data = data(CLASSIFICATION);
        for (int i = 0; i < 7; i++) {
            net.fit(data);
        }
        File file = folder.resolve("model.zip").toFile();
        net.save(file, true);
        MultiLayerNetwork restored = MultiLayerNetwork.load(file, true);
        Layerwise.attach(restored);
        for (int i = 0; i < 7; i++) {
            net.fit(data);
            restored.fit(data);
        }
        assertThat(restored.params().equalsWithEps(net.params(), 0)).isTrue();
    }

    @Test
    void earlyStopping_keepsTheBestModel() {
        MultiLayerNetwork net = network(REGRESSION);
        Attachment attachment = Layerwise.attach(net);
        List<DataSet> batches = data(REGRESSION).batchBy(16);
        var result = new EarlyStoppingTrainer(
                        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                .epochTerminationConditions(new MaxEpochsTerminationCondition(8))
                                .scoreCalculator(new DataSetLossCalculator(new ListDataSetIterator<>(batches, 1), true))
                                .modelSaver(new InMemoryModelSaver<>())
                                .build(),
                        net,
                        new ListDataSetIterator<>(batches, 1))
                .fit();
        assertThat(result.getBestModelScore()).isLessThan(0.25);
        assertThat(attachment.isOpen()).isTrue();
        MultiLayerNetwork best = result.getBestModel();
        Layerwise.attach(best);
        best.fit(batches.get(0));
    }

    @Test
    void cudaBackend_isInUseWhenAskedFor() {
        assumeTrue(
                Boolean.getBoolean("layerwise.expectCuda"),
                "needs a GPU: run with mvn -Pcuda -Dlayerwise.expectCuda=true");
        assertThat(Environment.backend()).isEqualTo("CUDA");
    }
}
