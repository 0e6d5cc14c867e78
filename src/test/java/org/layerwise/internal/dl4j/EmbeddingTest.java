package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.settings.Plan.LayerPlan;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Embeddings: no factor of the vocabulary's size, and words that do not occur stay where they are. */
class EmbeddingTest {
    private static final int WORDS = 1000;
    private static final int WIDTH = 8;
    private static final int EXAMPLES = 32;

    /** Each updater with and without momentum, and how many numbers a weight the state has; 0: the fallback. */
    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (boolean sequence : new boolean[] {false, true}) {
            cases.add(Arguments.of(
                    "Soap", sequence, 3, new Soap(.01), Soap.builder().beta1(0).build()));
            cases.add(Arguments.of(
                    "Shampoo",
                    sequence,
                    3,
                    new Shampoo(.01),
                    Shampoo.builder().momentum(0).build()));
            cases.add(Arguments.of(
                    "PsgdKron",
                    sequence,
                    2,
                    new PsgdKron(.01),
                    PsgdKron.builder().momentum(0).build()));
            cases.add(Arguments.of(
                    "Scion",
                    sequence,
                    2,
                    new Scion(.01),
                    Scion.builder().alpha(1).build()));
            cases.add(Arguments.of(
                    "Adam",
                    sequence,
                    0,
                    Muon.builder().fallback(new Adam(.01)).build(),
                    Muon.builder().fallback(new Adam(.01, 0, .999, 1e-8)).build()));
        }
        return cases.stream();
    }

    private static MultiLayerNetwork network(boolean sequence, LayerwiseUpdater<?> updater) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.FLOAT)
                .updater(updater)
                .list();
        if (sequence) {
            list.layer(new EmbeddingSequenceLayer.Builder()
                            .nIn(WORDS)
                            .nOut(WIDTH)
                            .build())
                    .layer(new GlobalPoolingLayer());
        } else {
            list.layer(new EmbeddingLayer.Builder().nIn(WORDS).nOut(WIDTH).build());
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(WIDTH)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        return net;
    }

    /** Three words, or one, of a hundred from {@code first}. */
    private static INDArray words(boolean sequence, int first) {
        INDArray words = Nd4j.create(DataType.FLOAT, EXAMPLES, sequence ? 3 : 1);
        for (int i = 0; i < words.length(); i++) {
            words.putScalar(i / words.size(1), i % words.size(1), first + 7 * i % 100);
        }
        return words;
    }

    /** Whether the first word's number is odd. */
    private static INDArray labels(INDArray words) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, EXAMPLES, 2);
        for (int i = 0; i < EXAMPLES; i++) {
            labels.putScalar(i, words.getInt(i, 0) % 2, 1);
        }
        return labels;
    }

    private static void fit(MultiLayerNetwork net, INDArray words) {
        net.fit(words, labels(words));
    }

    /** Which of the words in [first, first + 100) have moved. */
    private static boolean moved(INDArray before, INDArray after, int first) {
        for (int word = first; word < first + 100; word++) {
            if (!before.getRow(word).equalsWithEps(after.getRow(word), 0)) {
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest(name = "{0}, sequence {1}")
    @MethodSource("cases")
    void training_embedding_learnsWithAStateLinearInTheWords(
            String method, boolean sequence, int state, LayerwiseUpdater<?> updater, LayerwiseUpdater<?> memoryless) {
        MultiLayerNetwork net = network(sequence, updater);
        Attachment attachment = Layerwise.attach(net);
        LayerPlan plan = attachment.plan().layers().get(0);
        assertThat(plan.method()).isEqualTo(method);
        assertThat(plan.shape()).isEqualTo(state == 0 ? "" : "1000 x 8");
        assertThat(plan.stateBytes()).isEqualTo(4L * state * WORDS * WIDTH);
        INDArray words = words(sequence, 0);
        fit(net, words);
        double before = net.score();
        for (int i = 0; i < 60; i++) {
            fit(net, words);
        }
        assertThat(net.score()).isLessThan(before / 2);
        assertThat(attachment.diagnostics().values())
                .allMatch(each -> each.toString().equals("no failures"));
    }

    /** Words 100 to 199 occur first, then words 200 to 299; the others never. */
    @ParameterizedTest(name = "{0}, sequence {1}")
    @MethodSource("cases")
    void step_wordWithoutGradient_movesWithItsMomentumAlone(
            String method, boolean sequence, int state, LayerwiseUpdater<?> updater, LayerwiseUpdater<?> memoryless) {
        for (boolean momentum : new boolean[] {true, false}) {
            MultiLayerNetwork net = network(sequence, momentum ? updater : memoryless);
            Layerwise.attach(net);
            INDArray start = net.getParam("0_W").dup();
            for (int i = 0; i < 12; i++) {
                fit(net, words(sequence, 100));
            }
            INDArray middle = net.getParam("0_W").dup();
            fit(net, words(sequence, 200));
            INDArray end = net.getParam("0_W");
            assertThat(moved(start, middle, 100)).isTrue();
            assertThat(moved(middle, end, 100)).as("with momentum %s", momentum).isEqualTo(momentum);
            assertThat(moved(middle, end, 200)).isTrue();
            assertThat(moved(start, end, 300)).isFalse();
            assertThat(moved(start, end, 900)).isFalse();
        }
    }
}
