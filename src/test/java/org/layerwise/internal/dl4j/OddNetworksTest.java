package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.internal.dl4j.Layers.convolution;
import static org.layerwise.internal.dl4j.Layers.dense;
import static org.layerwise.internal.dl4j.Layers.head;
import static org.layerwise.internal.dl4j.Layers.lstm;
import static org.layerwise.internal.dl4j.Layers.seriesHead;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.settings.Plan.LayerPlan;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/** Combinations of layers that a sweep over single classes does not meet. */
class OddNetworksTest {
    private static final InputType FLAT = InputType.feedForward(5);
    private static final InputType SERIES = InputType.recurrent(5, 3);
    private static final InputType IMAGE = InputType.convolutional(4, 4, 2);
    private static final int WORDS = 6;

    private final Map<String, NetworkCase> all = new LinkedHashMap<>();

    private void add(String name, InputType input, Supplier<List<? extends Layer>> layers) {
        all.put(name, NetworkCase.stack(Layer.class, input, layers));
    }

    private static GlobalPoolingLayer pooling() {
        return new GlobalPoolingLayer(PoolingType.AVG);
    }

    private static Map<String, NetworkCase> pooledHeads() {
        OddNetworksTest nets = new OddNetworksTest();
        nets.add("pooled images", IMAGE, () -> List.of(convolution(3), pooling(), dense(), head()));
        nets.add("pooled series", SERIES, () -> List.of(lstm(), pooling(), dense(), head()));
        nets.all.put(
                "pooled words",
                NetworkCase.stack(
                        EmbeddingSequenceLayer.class,
                        InputType.recurrent(WORDS, 4),
                        () -> NetworkCase.indices(WORDS, NetworkCase.BATCH, 4),
                        () -> List.of(
                                new EmbeddingSequenceLayer.Builder()
                                        .nIn(WORDS)
                                        .nOut(4)
                                        .inputLength(4)
                                        .build(),
                                pooling(),
                                dense(),
                                head())));
        return nets.all;
    }

    private static MaskZeroLayer masked(Layer layer) {
        return new MaskZeroLayer.Builder().setUnderlying(layer).setMaskValue(0).build();
    }

    private static Map<String, NetworkCase> nested() {
        OddNetworksTest nets = new OddNetworksTest();
        Supplier<Layer> rnn = () -> new SimpleRnn.Builder().nOut(3).build();
        nets.add(
                "last step of both directions",
                SERIES,
                () -> List.of(new LastTimeStep(new Bidirectional(Bidirectional.Mode.CONCAT, rnn.get())), head()));
        nets.add("masked last step", SERIES, () -> List.of(new LastTimeStep(masked(lstm())), head()));
        nets.add(
                "frozen recurrent",
                SERIES,
                () -> List.of(rnn.get(), new FrozenLayerWithBackprop(lstm()), seriesHead()));
        nets.add("frozen last step", SERIES, () -> List.of(new FrozenLayer(new LastTimeStep(lstm())), dense(), head()));
        nets.add(
                "frozen convolution",
                IMAGE,
                () -> List.of(convolution(2), new FrozenLayerWithBackprop(convolution(3)), dense(), head()));
        nets.add(
                "frozen first layer, twice",
                FLAT,
                () -> List.of(
                        new FrozenLayerWithBackprop(dense()), new FrozenLayerWithBackprop(dense()), dense(), head()));
        return nets.all;
    }

    private static List<Layer> named(String... names) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            Layer layer = i == names.length - 1 ? head() : dense();
            if (!names[i].isEmpty()) {
                layer.setLayerName(names[i]);
            }
            layers.add(layer);
        }
        return layers;
    }

    /** Without a name, DL4J calls a layer "layer" and its number. */
    private static Map<String, NetworkCase> names() {
        OddNetworksTest nets = new OddNetworksTest();
        nets.add("numbers swapped", FLAT, () -> named("layer1", "layer0", ""));
        nets.add("a given name equal to a generated one", FLAT, () -> named("", "layer0", "layer0"));
        nets.add("all the same", FLAT, () -> named("a", "a", "a"));
        nets.add("the stand-in for a doubled name taken", FLAT, () -> named("a", "layer #2", "a", "out"));
        nets.add("blanks and underscores", FLAT, () -> named(" ", "0_W", "a_b", "ä"));
        return nets.all;
    }

    private static Stream<Arguments> lives() {
        Map<String, NetworkCase> all = new LinkedHashMap<>(pooledHeads());
        all.putAll(nested());
        all.putAll(names());
        return NetworkLife.withEach(all);
    }

    private static Stream<Arguments> pooledHeadsWithStatistics() {
        return Stream.concat(NetworkLife.with("kfac", pooledHeads()), NetworkLife.with("foof", pooledHeads()));
    }

    private static Stream<Arguments> namedNetworks() {
        return NetworkLife.withEach(names());
    }

    private static Stream<Arguments> pretrained() {
        OddNetworksTest nets = new OddNetworksTest();
        nets.add(
                "auto-encoder",
                FLAT,
                () -> List.of(new AutoEncoder.Builder().nOut(4).build(), dense(), head()));
        nets.add("variational auto-encoder", FLAT, () -> List.of(vae(), dense(), head()));
        return NetworkLife.withEach(nets.all);
    }

    private static BaseLayer vae() {
        return new VariationalAutoencoder.Builder()
                .encoderLayerSizes(4)
                .decoderLayerSizes(4)
                .nOut(3)
                .build();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("lives")
    void attachedNetwork_ofOddParts_lives(NetworkCase networkCase, IUpdater updater) {
        NetworkLife.check(networkCase, updater);
    }

    /** DL4J puts a preprocessor for time series there, which has nothing left to do. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("pooledHeadsWithStatistics")
    void denseLayers_behindGlobalPooling_arePreconditioned(NetworkCase networkCase, IUpdater updater) {
        List<LayerPlan> rows =
                TestNets.attach(networkCase.build(updater)).plan().layers();
        assertThat(rows.subList(rows.size() - 2, rows.size()))
                .allSatisfy(row ->
                        assertThat(row.preconditioned()).as(row.toString()).isTrue());
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("namedNetworks")
    void planAndDiagnostics_withOddNames_holdEachLayerOnce(NetworkCase networkCase, IUpdater updater) {
        MultiLayerNetwork net = (MultiLayerNetwork) networkCase.build(updater);
        Attachment attachment = TestNets.attach(net);
        assertThat(attachment.plan().layers()).hasSize(net.getnLayers());
        assertThat(attachment.plan().layers()).extracting(LayerPlan::layer).doesNotHaveDuplicates();
        if (updater instanceof Kfac || updater instanceof Foof) {
            assertThat(attachment.diagnostics()).hasSize(net.getnLayers());
        }
    }

    private static Set<String> movedByPretraining(MultiLayerNetwork net, DataSet batch) {
        return NetworkLife.moved(
                net, () -> net.pretrainLayer(0, new ListDataSetIterator<>(List.of(batch), NetworkCase.BATCH)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("pretrained")
    void attachedNetwork_pretrained_lives(NetworkCase networkCase, IUpdater updater) {
        DataSet batch =
                new DataSet(networkCase.features().get(), networkCase.labels().get());
        MultiLayerNetwork plain = (MultiLayerNetwork) networkCase.build(new Adam(0.01));
        MultiLayerNetwork net = (MultiLayerNetwork) networkCase.build(updater);
        TestNets.attach(net);
        assertThat(movedByPretraining(net, batch)).isEqualTo(movedByPretraining(plain, batch));
        NetworkLife.check(networkCase, updater);
    }
}
