package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.linalg.KroneckerProduct;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.testing.Tolerance;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** K-FAC and FOOF on layers over time steps, in both network classes: masks, truncated backpropagation, every estimator. */
class TimeStepsTest {
    private static final int CLASSES = 4;
    private static final int LENGTH = 11;
    private static final int EXAMPLES = 8;

    private static Kfac kfac(double rate, FisherEstimator fisher) {
        return Kfac.builder()
                .learningRate(rate)
                .fisher(fisher)
                .movingAverage(rate == 0 ? 0 : .95)
                .momentum(rate == 0 ? 0 : .9)
                .build();
    }

    private static Model model(Kind kind, LayerwiseUpdater<?> updater, BackpropType type, Layer first) {
        NeuralNetConfiguration.Builder builder = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .activation(Activation.TANH);
        Layer dense = new DenseLayer.Builder().nOut(8).build();
        Layer output = new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nOut(CLASSES)
                .build();
        InputType input = InputType.recurrent(CLASSES);
        if (kind == Kind.MULTI_LAYER) {
            MultiLayerNetwork net = new MultiLayerNetwork(builder.list()
                    .layer(first)
                    .layer(dense)
                    .layer(output)
                    .backpropType(type)
                    .tBPTTLength(5)
                    .setInputType(input)
                    .build());
            net.init();
            return net;
        }
        ComputationGraph graph = new ComputationGraph(builder.graphBuilder()
                .addInputs("in")
                .setInputTypes(input)
                .addLayer("layer0", first, "in")
                .addLayer("layer1", dense, "layer0")
                .addLayer("layer2", output, "layer1")
                .setOutputs("layer2")
                .backpropType(type)
                .tBPTTLength(5)
                .build());
        graph.init();
        return graph;
    }

    /** The next of four symbols that follow each other. */
    private static DataSet batch(int length) {
        INDArray x = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES, length);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES, length);
        for (int i = 0; i < EXAMPLES; i++) {
            for (int t = 0; t < length; t++) {
                x.putScalar(new int[] {i, (i + t) % CLASSES, t}, 1 + .1 * i);
                y.putScalar(new int[] {i, (i + t + 1) % CLASSES, t}, 1);
            }
        }
        return new DataSet(x, y);
    }

    /** With masks that keep a number of steps, fewer by one for each further example if ragged. */
    private static DataSet masked(DataSet batch, int kept, boolean ragged) {
        INDArray mask =
                Nd4j.zeros(DataType.DOUBLE, EXAMPLES, batch.getFeatures().size(2));
        for (int i = 0; i < EXAMPLES; i++) {
            int steps = ragged ? Math.max(0, kept - i) : kept;
            if (steps > 0) {
                mask.get(NDArrayIndex.point(i), NDArrayIndex.interval(0, steps)).assign(1);
            }
        }
        return new DataSet(batch.getFeatures(), batch.getLabels(), mask, mask.dup());
    }

    private static void fit(Model model, DataSet batch) {
        if (model instanceof MultiLayerNetwork net) {
            net.fit(batch);
        } else {
            ((ComputationGraph) model).fit(batch);
        }
    }

    private static double score(Model model, DataSet batch) {
        return model instanceof MultiLayerNetwork net ? net.score(batch) : ((ComputationGraph) model).score(batch);
    }

    private static Stream<Arguments> trained() {
        List<Arguments> cases = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (BackpropType type : BackpropType.values()) {
                for (boolean masks : new boolean[] {false, true}) {
                    cases.add(Arguments.of(kind, type, masks, kfac(.05, FisherEstimator.monteCarlo(1, 3))));
                    cases.add(Arguments.of(kind, type, masks, kfac(.05, FisherEstimator.exact())));
                    cases.add(Arguments.of(kind, type, masks, kfac(.05, FisherEstimator.empirical())));
                    cases.add(Arguments.of(kind, type, masks, new Foof(.01)));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("trained")
    void networkOverTime_trains(Kind kind, BackpropType type, boolean masks, LayerwiseUpdater<?> updater) {
        Model model = model(kind, updater, type, new LSTM.Builder().nOut(10).build());
        Attachment attachment = TestNets.attach(model);
        assertThat(attachment.plan().layers().stream().filter(layer -> layer.covered() == layer.parameters()))
                .hasSize(2);
        DataSet batch = masks ? masked(batch(LENGTH), LENGTH - 1, true) : batch(LENGTH);
        double before = score(model, batch);
        for (int i = 0; i < 12; i++) {
            fit(model, batch);
        }
        assertThat(score(model, batch)).isLessThan(.5 * before);
        assertThat(attachment.diagnostics().values())
                .allSatisfy(layer -> assertThat(layer).hasToString("no failures"));
    }

    private static Stream<Arguments> cut() {
        return Stream.of(Kind.values())
                .flatMap(kind -> Stream.of(FisherEstimator.exact(), FisherEstimator.empirical())
                        .map(fisher -> Arguments.of(kind, fisher)));
    }

    /** What is masked does not count: the factors are those of the sequence without it. */
    @ParameterizedTest
    @MethodSource("cut")
    void factors_ofMaskedSteps_areThoseOfTheShorterSequence(Kind kind, FisherEstimator fisher) {
        Layer first = new DenseLayer.Builder().nOut(5).build();
        Model masked = model(kind, kfac(0, fisher), BackpropType.Standard, first);
        TestNets.attach(masked);
        Model cut = model(kind, kfac(0, fisher), BackpropType.Standard, first.clone());
        TestNets.attach(cut);
        int kept = LENGTH - 4;
        fit(masked, masked(batch(LENGTH), kept, false));
        fit(cut, batch(kept));

        List<KroneckerProduct> actual = TestNets.factors(masked);
        List<KroneckerProduct> expected = TestNets.factors(cut);
        assertThat(actual).hasSize(3);
        for (int layer = 0; layer < actual.size(); layer++) {
            assertThatArray(actual.get(layer).input())
                    .as("A of layer %s", layer)
                    .isCloseTo(expected.get(layer).input(), Tolerance.FORMULA);
            assertThatArray(actual.get(layer).output())
                    .as("G of layer %s", layer)
                    .isCloseTo(expected.get(layer).output(), Tolerance.FORMULA);
        }
    }

    /** An example without a step counts for nothing. */
    @ParameterizedTest
    @MethodSource("cut")
    void factors_withExamplesThatAreMasked_areThoseOfTheOthers(Kind kind, FisherEstimator fisher) {
        Layer first = new DenseLayer.Builder().nOut(5).build();
        Model masked = model(kind, kfac(0, fisher), BackpropType.Standard, first);
        TestNets.attach(masked);
        Model fewer = model(kind, kfac(0, fisher), BackpropType.Standard, first.clone());
        TestNets.attach(fewer);
        DataSet ragged = masked(batch(LENGTH), 5, true); // the last three examples have no step
        fit(masked, ragged);
        fit(
                fewer,
                new DataSet(
                        first(ragged.getFeatures()),
                        first(ragged.getLabels()),
                        first(ragged.getFeaturesMaskArray()),
                        first(ragged.getLabelsMaskArray())));
        for (int layer = 0; layer < 3; layer++) {
            assertThatArray(TestNets.factors(masked).get(layer).dense())
                    .as("layer %s", layer)
                    .isCloseTo(TestNets.factors(fewer).get(layer).dense(), Tolerance.FORMULA);
        }
    }

    private static INDArray first(INDArray array) {
        return array.get(NDArrayIndex.interval(0, 5)).dup();
    }
}
