package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.dl4j.TestNets.Spec;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Period;
import org.layerwise.testing.EveryClass;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
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
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Training 2N steps and training N, saving, restoring and N more give the same parameters, bit for bit. */
class ResumeTest {
    private static final Spec SPEC = new Spec(Activation.TANH, Activation.SOFTMAX, new LossMCXENT(), 6, 9, 5, 3);
    /** In the middle of a refresh period of 10 and of a statistics period of 3. */
    private static final int STEPS = 14;

    private static Map<String, LayerwiseUpdater<?>> updaters() {
        Map<String, LayerwiseUpdater<?>> all = new TreeMap<>(chosen());
        for (LayerwiseUpdater<?> updater : EveryClass.andChosen(all.values().toArray(LayerwiseUpdater<?>[]::new))) {
            if (!all.containsValue(updater)) {
                all.put(updater.settings().methodName(), updater);
            }
        }
        return all;
    }

    private static Map<String, LayerwiseUpdater<?>> chosen() {
        Kfac.Builder kfac = Kfac.builder().statistics(Period.every(3)).refresh(Period.every(10));
        return Map.ofEntries(
                Map.entry("kfac", kfac.build()),
                Map.entry("kfac, growing periods", Kfac.builder().build()),
                Map.entry(
                        "kfac, empirical",
                        kfac.fisher(FisherEstimator.empirical()).build()),
                Map.entry("kfac, exact damping", kfac.damping(Damping.exact(1)).build()),
                Map.entry(
                        "ekfac",
                        kfac.damping(Damping.exact(1)).eigenvalueCorrected(true).build()),
                Map.entry(
                        "foof",
                        Foof.builder()
                                .statistics(Period.every(3))
                                .refresh(Period.every(10))
                                .build()),
                Map.entry("muon", new Muon()),
                Map.entry(
                        "psgd",
                        PsgdKron.builder().blockSize(4).updates(Period.every(3)).build()),
                Map.entry("scion", new Scion()),
                Map.entry(
                        "eigenvalue-corrected shampoo",
                        Soap.eigenvalueCorrectedShampoo()
                                .blockSize(4)
                                .refresh(Period.every(4))
                                .build()),
                Map.entry(
                        "shampoo",
                        Shampoo.builder()
                                .blockSize(4)
                                .statistics(Period.every(3))
                                .refresh(Period.every(10))
                                .build()),
                Map.entry(
                        "soap",
                        Soap.builder()
                                .blockSize(4)
                                .statistics(Period.every(3))
                                .refresh(Period.every(10))
                                .build()));
    }

    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                updaters().forEach((name, updater) -> cases.add(Arguments.of(kind, type, name, updater)));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void restoredModel_continuesBitForBit(Kind kind, DataType type, String name, LayerwiseUpdater<?> updater)
            throws IOException {
        Model whole = SPEC.with(type).model(kind, updater);
        Attachment attachment = TestNets.attach(whole);
        train(whole, type, 0, STEPS);
        Model resumed = restore(whole);
        TestNets.attach(resumed);
        train(whole, type, STEPS, 2 * STEPS);
        train(resumed, type, STEPS, 2 * STEPS);
        assertThat(resumed.params().equalsWithEps(whole.params(), 0)).as(name).isTrue();
        assertThat(TestNets.updater(resumed)
                        .getStateViewArray()
                        .equalsWithEps(TestNets.updater(whole).getStateViewArray(), 0))
                .as("state of %s", name)
                .isTrue();
        assertThat(attachment.diagnostics().values())
                .allSatisfy(d -> assertThat(d.toString()).isEqualTo("no failures"));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void reattachedNetwork_continuesBitForBit(Kind kind, DataType type, String name, LayerwiseUpdater<?> updater) {
        Model whole = SPEC.with(type).model(kind, updater);
        Model other = SPEC.with(type).model(kind, updater);
        other.setParams(whole.params().dup());
        TestNets.attach(whole);
        Attachment first = TestNets.attach(other);
        train(whole, type, 0, 2 * STEPS);
        train(other, type, 0, STEPS);
        if (name.startsWith("kfac")) {
            first.close();
        }
        TestNets.attach(other);
        assertThat(first.isOpen()).isFalse();
        train(other, type, STEPS, 2 * STEPS);
        assertThat(other.params().equalsWithEps(whole.params(), 0)).as(name).isTrue();
    }

    /** A bound configuration carries its layout, so nothing needs to be attached after loading. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("gradientOnly")
    void restoredModel_withoutAttaching_continuesBitForBit(Kind kind, DataType type, LayerwiseUpdater<?> updater)
            throws IOException {
        Model whole = SPEC.with(type).model(kind, updater);
        TestNets.attach(whole);
        train(whole, type, 0, STEPS);
        Model resumed = restore(whole);
        Model cloned = cloned(whole);
        train(whole, type, STEPS, 2 * STEPS);
        train(resumed, type, STEPS, 2 * STEPS);
        train(cloned, type, STEPS, 2 * STEPS);
        assertThat(resumed.params().equalsWithEps(whole.params(), 0)).isTrue();
        assertThat(cloned.params().equalsWithEps(whole.params(), 0)).isTrue();
    }

    private static Model cloned(Model model) {
        if (model instanceof MultiLayerNetwork net) {
            return net.clone();
        }
        ComputationGraph graph = (ComputationGraph) model;
        ComputationGraph clone = graph.clone();
        // DL4J's clone of a graph starts counting anew, and Adam depends on the count.
        clone.getConfiguration().setIterationCount(graph.getConfiguration().getIterationCount());
        return clone;
    }

    private static Stream<Arguments> gradientOnly() {
        return cases().filter(arguments -> arguments.get()[3] instanceof LayerwiseUpdater<?> updater
                        && !updater.settings().needsSamples())
                .map(arguments -> Arguments.of(
                        arguments.get()[0], arguments.get()[1], arguments.get()[3]));
    }

    private static Model restore(Model model) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(model, bytes, true);
        ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
        return model instanceof MultiLayerNetwork
                ? ModelSerializer.restoreMultiLayerNetwork(in, true)
                : restoreGraph(in);
    }

    private static ComputationGraph restoreGraph(ByteArrayInputStream in) throws IOException {
        return ModelSerializer.restoreComputationGraph(in, true);
    }

    private static void train(Model model, DataType type, int from, int to) {
        for (int i = from; i < to; i++) {
            Nd4j.getRandom().setSeed(100 + i);
            INDArray x = Nd4j.randn(type, 16, 6);
            INDArray y = Nd4j.zeros(type, 16, 3);
            for (int row = 0; row < 16; row++) {
                y.putScalar(row, x.getDouble(row, 0) > 0 ? 1 : x.getDouble(row, 1) > 0 ? 2 : 0, 1);
            }
            TestNets.fit(model, x, y);
        }
    }
}
