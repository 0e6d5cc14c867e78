package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;
import static org.layerwise.testing.Tolerance.FORMULA;

import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * DL4J's loop of external errors: the caller's own derivative of the loss goes back through a network without a loss. Whoever
 * needs gradients alone trains as ever; whoever needs statistics says that it gets none.
 */
class ExternalErrorsTest {
    private static final DataType TYPE = DataType.DOUBLE;
    private static final int HIDDEN = 6;
    private static final int STEPS = 7;

    private static Stream<Arguments> cases(boolean statistics) {
        return EveryUpdater.values().stream()
                .filter(method -> method.needsStatistics() == statistics)
                .flatMap(method -> Stream.of(Kind.values()).map(kind -> Arguments.of(method, kind)));
    }

    private static Stream<Arguments> gradientsAlone() {
        return cases(false);
    }

    private static Stream<Arguments> statistics() {
        return cases(true);
    }

    /** Two dense layers, and either nothing or the squared error behind them. */
    private static Model model(Kind kind, IUpdater updater, boolean loss) {
        NeuralNetConfiguration.Builder builder = Training.builder(updater, TYPE);
        DenseLayer first =
                new DenseLayer.Builder().nIn(Training.INPUTS).nOut(HIDDEN).build();
        DenseLayer second =
                new DenseLayer.Builder().nIn(HIDDEN).nOut(Training.OUTPUTS).build();
        LossLayer head = new LossLayer.Builder(LossFunction.L2)
                .activation(Activation.IDENTITY)
                .build();
        if (kind == Kind.MULTI_LAYER) {
            NeuralNetConfiguration.ListBuilder list =
                    builder.list().layer(first).layer(second);
            MultiLayerNetwork net = new MultiLayerNetwork((loss ? list.layer(head) : list).build());
            net.init();
            return net;
        }
        var graph = builder.graphBuilder()
                .addInputs("in")
                .addLayer("layer0", first, "in")
                .addLayer("layer1", second, "layer0");
        ComputationGraph net = new ComputationGraph(
                (loss ? graph.addLayer("loss", head, "layer1").setOutputs("loss") : graph.setOutputs("layer1"))
                        .build());
        net.init();
        return net;
    }

    private static void externalStep(Model model, DataSet batch) {
        INDArray x = batch.getFeatures();
        if (model instanceof MultiLayerNetwork net) {
            net.setInput(x);
            INDArray y = net.feedForward(true, false).get(2);
            var gradient = net.backpropGradient(error(y, batch), null).getFirst();
            step(net, gradient);
        } else {
            ComputationGraph graph = (ComputationGraph) model;
            INDArray y = Objects.requireNonNull(
                    graph.feedForward(new INDArray[] {x}, true, false).get("layer1"));
            step(graph, graph.backpropGradient(error(y, batch)));
        }
    }

    /** Derivative of the sum of squares. */
    private static INDArray error(INDArray output, DataSet batch) {
        return output.sub(batch.getLabels()).muli(2);
    }

    private static void step(Model model, Gradient gradient) {
        int iteration = Training.iteration(model);
        TestNets.updater(model).update(gradient, iteration, 0, Training.ROWS, LayerWorkspaceMgr.noWorkspaces());
        model.params().subi(gradient.gradient().reshape(model.params().shape()));
        Training.count(model, iteration + 1, 0);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("gradientsAlone")
    void externalErrors_derivativeOfALoss_equalFitWithThatLoss(EveryUpdater method, Kind kind) {
        Model external = model(kind, method.updater(), false);
        Model fitted = model(kind, method.updater(), true);
        fitted.setParams(external.params().dup());
        if (!method.control()) {
            TestNets.attach(external);
            TestNets.attach(fitted);
        }
        for (int i = 0; i < STEPS; i++) {
            externalStep(external, Training.batch(i, TYPE));
            Training.fit(fitted, Training.batch(i, TYPE));
        }
        assertThatArray(external.params()).isCloseTo(fitted.params(), FORMULA);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("statistics")
    void externalErrors_statisticsNeeded_areRefusedByName(EveryUpdater method, Kind kind) {
        Model model = model(kind, method.updater(), false);
        TestNets.attach(model);
        INDArray before = model.params().dup();
        assertThatThrownBy(() -> externalStep(model, Training.batch(0, TYPE)))
                .hasMessageContaining("external errors")
                .hasMessageContaining("layer0")
                .extracting(Throwable::getMessage)
                .asString()
                .as("attaching is not what is missing")
                .doesNotContain("attach(net)");
        assertThat(Training.distance(model.params(), before)).isZero();
    }
}
