package org.layerwise.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Every updater trains every small problem, in single and double precision, in every kind of network, on the backend that is
 * on the class path: the CPU by default, CUDA with {@code mvn -Pcuda}. A new updater joins by its line in {@link
 * org.layerwise.updater.Updaters}.
 */
class ProductTest {
    private static final List<DataType> TYPES = List.of(DataType.FLOAT, DataType.DOUBLE);

    private record Combination(Candidate candidate, Objective objective, DataType type) {
        static Stream<Combination> all() {
            return Candidate.all().stream()
                    .flatMap(candidate -> Arrays.stream(Objective.values())
                            .filter(candidate::trains)
                            .flatMap(objective ->
                                    TYPES.stream().map(type -> new Combination(candidate, objective, type))));
        }

        NeuralNetConfiguration.Builder builder() {
            return new NeuralNetConfiguration.Builder().seed(5).dataType(type).updater(candidate.updater());
        }

        MultiLayerNetwork network() {
            NeuralNetConfiguration.ListBuilder list = builder().list();
            objective.layers().forEach(list::layer);
            MultiLayerNetwork net =
                    new MultiLayerNetwork(list.setInputType(objective.input()).build());
            net.init();
            return net;
        }

        /** With the parameters of {@link #network}. */
        ComputationGraph graph() {
            ComputationGraphConfiguration.GraphBuilder builder =
                    builder().graphBuilder().addInputs("in");
            String previous = "in";
            for (Layer layer : objective.layers()) {
                String name = "after " + previous;
                builder.addLayer(name, layer, previous);
                previous = name;
            }
            ComputationGraph graph = new ComputationGraph(builder.setOutputs(previous)
                    .setInputTypes(objective.input())
                    .build());
            graph.init();
            graph.setParams(network().params());
            return graph;
        }

        /** How far apart two network classes may end: rounding, grown over the steps. */
        double tolerance() {
            return type == DataType.FLOAT ? 1e-3 : 1e-9;
        }

        DynamicTest named(String network, org.junit.jupiter.api.function.Executable test) {
            return DynamicTest.dynamicTest(candidate + ", " + objective + ", " + type + ", " + network, test);
        }
    }

    /** A training run's end. */
    private record Outcome(
            double before, double after, INDArray parameters, double coverage, Map<String, String> failures) {
        void requireSound(Combination of) {
            assertThat(parameters.length()).isEqualTo(of.objective.parameters());
            requireLearned(of.objective, before, after, parameters);
            assertThat(coverage).as("share preconditioned").isCloseTo(of.objective.share(of.candidate), within(1e-12));
            assertThat(failures.values()).allMatch("no failures"::equals);
        }
    }

    private static void requireLearned(Objective objective, double before, double after, INDArray parameters) {
        assertThat(parameters.toDoubleVector())
                .matches(all -> Arrays.stream(all).allMatch(Double::isFinite), "finite");
        assertThat(after / before).as("final part of the loss").isLessThan(objective.fraction());
    }

    private final Map<Combination, Outcome> networks = new ConcurrentHashMap<>();
    private final Map<Combination, Outcome> graphs = new ConcurrentHashMap<>();

    private Outcome network(Combination combination) {
        return networks.computeIfAbsent(combination, ProductTest::trainNetwork);
    }

    private Outcome graph(Combination combination) {
        return graphs.computeIfAbsent(combination, ProductTest::trainGraph);
    }

    private static Outcome trainNetwork(Combination combination) {
        MultiLayerNetwork net = combination.network();
        DataSet data = combination.objective.data(combination.type);
        double before = net.score(data);
        Attachment attachment = Layerwise.attach(net);
        for (int i = 0; i < combination.objective.steps(); i++) {
            net.fit(data);
        }
        return outcome(before, net.score(data), net.params(), attachment);
    }

    private static Outcome trainGraph(Combination combination) {
        ComputationGraph graph = combination.graph();
        DataSet data = combination.objective.data(combination.type);
        double before = graph.score(data);
        Attachment attachment = Layerwise.attach(graph);
        for (int i = 0; i < combination.objective.steps(); i++) {
            graph.fit(data);
        }
        return outcome(before, graph.score(data), graph.params(), attachment);
    }

    private static Outcome outcome(double before, double after, INDArray parameters, Attachment attachment) {
        Map<String, String> failures = new java.util.TreeMap<>();
        attachment.diagnostics().forEach((layer, counters) -> failures.put(layer, counters.toString()));
        return new Outcome(
                before, after, parameters.reshape(-1), attachment.plan().coverage(), failures);
    }

    @TestFactory
    Stream<DynamicTest> training() {
        return Combination.all().flatMap(combination -> {
            List<DynamicTest> tests = new ArrayList<>();
            tests.add(combination.named(
                    "MultiLayerNetwork", () -> network(combination).requireSound(combination)));
            tests.add(combination.named(
                    "ComputationGraph", () -> graph(combination).requireSound(combination)));
            tests.add(combination.named("both network classes alike", () -> requireAlike(combination)));
            if (combination.candidate.needsGradientsAlone()) {
                tests.add(combination.named("SameDiff", () -> trainVariables(combination)));
            }
            return tests.stream();
        });
    }

    private void requireAlike(Combination combination) {
        INDArray difference = network(combination).parameters.sub(graph(combination).parameters);
        assertThat(difference.amaxNumber().doubleValue()).isLessThan(combination.tolerance());
    }

    private static void trainVariables(Combination combination) {
        DataSet data = combination.objective.data(combination.type);
        SameDiff sd = Variables.of(combination.objective, data, combination.candidate.updater());
        double before = Variables.loss(sd, data);
        for (int i = 0; i < combination.objective.steps(); i++) {
            sd.fit(data);
        }
        requireLearned(combination.objective, before, Variables.loss(sd, data), Variables.parameters(sd));
    }
}
