package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Attach, fit, save, load, attach, fit. A network lives it well if the plan after loading is the plan before saving, every
 * parameter stays finite, and ours moves just the parameters that plain Adam moves: all that DL4J trains, none that is frozen.
 */
final class NetworkLife {
    private static final double RATE = 0.01;
    private static final int STEPS = 2;
    private static final String[] UPDATERS = {"Kfac", "Foof", "Soap", "Shampoo", "Muon", "Scion", "PsgdKron"};
    private static final Map<Specimen, Life> WITH_ADAM = new ConcurrentHashMap<>();

    private NetworkLife() {}

    /** A new one at each call, since networks keep the object. */
    private static IUpdater updater(String name) {
        return switch (name) {
            case "Kfac" -> new Kfac(RATE);
            case "Foof" -> new Foof(RATE);
            case "Soap" -> new Soap(RATE);
            case "Shampoo" -> new Shampoo(RATE);
            case "Muon" -> new Muon(RATE);
            case "Scion" -> new Scion(RATE);
            case "PsgdKron" -> new PsgdKron(RATE);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Each specimen that DL4J can train, with each updater. */
    static Stream<Arguments> arguments(Map<String, Specimen> specimens) {
        return arguments(specimens, UPDATERS);
    }

    static Stream<Arguments> arguments(Map<String, Specimen> specimens, String... updaters) {
        return specimens.entrySet().stream()
                .filter(entry -> entry.getValue().limit() != Specimen.Limit.NOT_TRAINED)
                .flatMap(entry -> Stream.of(updaters)
                        .map(updater -> Arguments.of(
                                Named.of(entry.getKey(), entry.getValue()), Named.of(updater, updater(updater)))));
    }

    /** Specimens of which DL4J itself cannot do all. */
    static Stream<Arguments> limited(Map<String, Specimen> specimens) {
        return specimens.entrySet().stream()
                .filter(entry -> entry.getValue().limit() != Specimen.Limit.NONE)
                .map(entry -> Arguments.of(Named.of(entry.getKey(), entry.getValue())));
    }

    /** Checks that there is a specimen of each concrete class below a type, and none of any other. */
    static void requireEach(Class<?> root, Map<String, Specimen> specimens) {
        Set<String> subjects = new TreeSet<>();
        specimens.forEach((name, specimen) -> {
            subjects.add(specimen.subject().getName());
            assertThat(json(specimen.build(new Adam(RATE)))).as(name).contains(nameInJson(specimen.subject()));
        });
        assertThat(subjects).isEqualTo(ConcreteClasses.of(root));
    }

    /** A class inside another is no property of its own: one of the losses belongs to its layer. */
    private static String nameInJson(Class<?> subject) {
        Class<?> outer = subject.getEnclosingClass();
        return "." + (outer == null ? subject : outer).getSimpleName() + "\"";
    }

    private static String json(Model net) {
        return net instanceof MultiLayerNetwork layers
                ? layers.getLayerWiseConfigurations().toJson()
                : ((ComputationGraph) net).getConfiguration().toJson();
    }

    /** Checks that plain DL4J fails where the specimen says that it does, so that no fault of ours can hide there. */
    static void requireLimit(Specimen specimen) {
        Model net = specimen.build(new Adam(RATE));
        if (specimen.limit() == Specimen.Limit.NOT_LOADED) {
            moved(net, specimen.data());
            assertThatThrownBy(() -> reload(net)).hasStackTraceContaining(specimen.reason());
        } else {
            assertThatThrownBy(() -> moved(net, specimen.data())).hasStackTraceContaining(specimen.reason());
        }
    }

    /** What plain Adam does: a batch, and the parameters that it moves before saving and after loading. */
    private record Life(MultiDataSet batch, Set<String> before, Set<String> after) {
        static Life withAdam(Specimen specimen) {
            Model net = specimen.build(new Adam(RATE));
            MultiDataSet batch = specimen.data();
            Set<String> before = moved(net, batch);
            return new Life(batch, before, moved(successor(net, specimen), batch));
        }
    }

    static void check(Specimen specimen, IUpdater updater) {
        Life expected = WITH_ADAM.computeIfAbsent(specimen, Life::withAdam);
        Model net = specimen.build(updater);
        String plan = TestNets.attach(net).plan().toString();
        assertThat(moved(net, expected.batch)).as("moved before saving").isEqualTo(expected.before);

        Model loaded = successor(net, specimen);
        assertThat(TestNets.attach(loaded).plan()).hasToString(plan);
        assertThat(moved(loaded, expected.batch)).as("moved after loading").isEqualTo(expected.after);
    }

    private static Model successor(Model net, Specimen specimen) {
        return specimen.limit() == Specimen.Limit.NOT_LOADED ? net : reload(net);
    }

    /** Trains for some steps; the names of the parameters that any of them changed. */
    static Set<String> moved(Model net, MultiDataSet batch) {
        Set<String> moved = new TreeSet<>();
        for (int i = 0; i < STEPS; i++) {
            Map<String, INDArray> before = new LinkedHashMap<>();
            net.paramTable().forEach((name, value) -> before.put(name, value.dup()));
            fit(net, batch);
            net.paramTable().forEach((name, value) -> {
                assertThat(value.sumNumber().doubleValue()).as(name).isFinite();
                if (!value.equalsWithEps(before.get(name), 0)) {
                    moved.add(name);
                }
            });
        }
        return moved;
    }

    private static void fit(Model model, MultiDataSet batch) {
        if (model instanceof ComputationGraph graph) {
            graph.fit(batch);
        } else {
            ((MultiLayerNetwork) model)
                    .fit(new DataSet(
                            batch.getFeatures(0),
                            batch.getLabels(0),
                            batch.getFeaturesMaskArray(0),
                            batch.getLabelsMaskArray(0)));
        }
    }

    static Model reload(Model net) {
        try {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            ModelSerializer.writeModel(net, file, true);
            InputStream in = new ByteArrayInputStream(file.toByteArray());
            Model loaded = net instanceof MultiLayerNetwork
                    ? ModelSerializer.restoreMultiLayerNetwork(in, true)
                    : ModelSerializer.restoreComputationGraph(in, true);
            assertThat(loaded.params()).isEqualTo(net.params());
            return loaded;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
