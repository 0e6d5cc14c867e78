package org.layerwise.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.curvature.Damping;
import org.layerwise.curvature.FisherEstimator;
import org.layerwise.dl4j.Attachment;
import org.layerwise.dl4j.Layerwise;
import org.layerwise.linalg.Environment;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Every updater trains every small problem on the backend that is on the class path: the CPU by default, CUDA with
 * {@code mvn -Pcuda}. A new updater joins by one line.
 */
class BackendTest {
    private static final Map<String, Supplier<IUpdater>> UPDATERS = Map.of(
            "kfac", () -> new Kfac(0.05),
            "kfac empirical",
                    () -> Kfac.builder().fisher(FisherEstimator.empirical()).build(),
            "kfac exact Fisher and damping",
                    () -> Kfac.builder()
                            .fisher(FisherEstimator.exact())
                            .damping(Damping.exact(0.1))
                            .build(),
            "ekfac", () -> Kfac.builder().eigenvalueCorrected(true).build(),
            "foof", () -> new Foof(0.02));

    private record Problem(LossFunction loss, Activation output, int outputs) {}

    private static final List<Problem> PROBLEMS = List.of(
            new Problem(LossFunction.MSE, Activation.IDENTITY, 2),
            new Problem(LossFunction.MCXENT, Activation.SOFTMAX, 3),
            new Problem(LossFunction.XENT, Activation.SIGMOID, 2));

    private static Stream<Arguments> everyUpdaterAndProblem() {
        return UPDATERS.keySet().stream()
                .flatMap(updater -> PROBLEMS.stream()
                        .flatMap(problem -> Stream.of(DataType.FLOAT, DataType.DOUBLE)
                                .map(type -> Arguments.of(updater, problem, type))));
    }

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

    private static NeuralNetConfiguration.Builder builder(String updater, DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(type)
                .updater(java.util.Objects.requireNonNull(UPDATERS.get(updater)).get());
    }

    private static MultiLayerNetwork network(String updater, Problem problem, DataType type) {
        MultiLayerNetwork net = new MultiLayerNetwork(builder(updater, type)
                .list()
                .layer(dense())
                .layer(output(problem))
                .build());
        net.init();
        return net;
    }

    private static ComputationGraph graph(String updater, Problem problem, DataType type) {
        ComputationGraph graph = new ComputationGraph(builder(updater, type)
                .graphBuilder()
                .addInputs("in")
                .addLayer("hidden", dense(), "in")
                .addLayer("out", output(problem), "hidden")
                .setOutputs("out")
                .build());
        graph.init();
        return graph;
    }

    private static DataSet data(Problem problem, DataType type) {
        Nd4j.getRandom().setSeed(6);
        INDArray x = Nd4j.randn(type, 48, 6);
        INDArray y = Nd4j.zeros(type, 48, problem.outputs());
        for (int i = 0; i < 48; i++) {
            y.putScalar(i, x.getDouble(i, 0) > 0 ? 1 : 0, 1);
        }
        return new DataSet(x, y);
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("everyUpdaterAndProblem")
    void bothNetworkClasses_learnTheSame(String updater, Problem problem, DataType type) {
        MultiLayerNetwork net = network(updater, problem, type);
        ComputationGraph graph = graph(updater, problem, type);
        graph.setParams(net.params().dup());
        Layerwise.attach(net);
        Layerwise.attach(graph);
        DataSet data = data(problem, type);
        double before = net.score(data);
        for (int i = 0; i < 40; i++) {
            net.fit(data);
            graph.fit(data);
        }
        assertThat(net.score(data)).isLessThan(0.7 * before);
        double tolerance = type == DataType.FLOAT ? 1e-3 : 1e-9;
        assertThat(net.params().sub(graph.params()).amaxNumber().doubleValue()).isLessThan(tolerance);
    }

    @Test
    void savedFile_restoresAndTrainsOn(@TempDir Path folder) throws IOException {
        Problem problem = PROBLEMS.get(1);
        MultiLayerNetwork net = network("kfac", problem, DataType.FLOAT);
        Layerwise.attach(net);
        DataSet data = data(problem, DataType.FLOAT);
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
        Problem problem = PROBLEMS.get(0);
        MultiLayerNetwork net = network("kfac", problem, DataType.FLOAT);
        Attachment attachment = Layerwise.attach(net);
        List<DataSet> batches = data(problem, DataType.FLOAT).batchBy(16);
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
