package org.layerwise.internal.dl4j;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
import org.layerwise.updater.Updaters;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Attach, fit, save, load, attach, fit. A network lives it well if the plan after loading is the plan before saving, every
 * parameter stays finite, the first loss is that of the same network under plain Adam, and ours moves just the parameters that Adam
 * moves: all that DL4J trains, none that is frozen.
 */
final class NetworkLife {
    private static final double RATE = 0.01;
    private static final long SEED = 12345;
    /** Enough to step on statistics of an earlier step. */
    private static final int STEPS = 2;
    /** Percent; the same parameters and batch give the same loss. */
    private static final double LOSS_TOLERANCE = 1e-3;

    private static final Map<NetworkCase, LifeCycle> WITH_ADAM = new ConcurrentHashMap<>();

    private NetworkLife() {}

    /** Each networkCase that DL4J can train, with each updater. */
    static Stream<Arguments> withEach(Map<String, NetworkCase> networkCases) {
        return networkCases.keySet().stream()
                .flatMap(name -> Updaters.all().stream().flatMap(entry -> pair(networkCases, name, entry)));
    }

    static Stream<Arguments> with(String updater, Map<String, NetworkCase> networkCases) {
        return networkCases.keySet().stream().flatMap(name -> pair(networkCases, name, Updaters.named(updater)));
    }

    private static Stream<Arguments> pair(Map<String, NetworkCase> networkCases, String name, Updaters.Entry entry) {
        NetworkCase networkCase = requireNonNull(networkCases.get(name));
        return networkCase.trainable()
                ? Stream.of(Arguments.of(Named.of(name, networkCase), Named.of(entry.name(), entry.updater(RATE))))
                : Stream.of();
    }

    /**
     * Checks that there is a networkCase of each concrete class below a type and none of any other, that each uses its subject,
     * and that plain Adam fails too where a networkCase is excused, so that no fault of ours can hide there.
     */
    static void requireEach(Class<?> root, Map<String, NetworkCase> networkCases) {
        Set<String> subjects = new TreeSet<>();
        networkCases.forEach((name, networkCase) -> {
            subjects.add(networkCase.subject().getName());
            Model net = networkCase.build(new Adam(RATE));
            assertThat(json(net)).as(name).contains(nameInJson(networkCase.subject()));
            if (!networkCase.trainable()) {
                assertThatThrownBy(() -> TrainingOutcome.of(net, networkCase.data(), 1))
                        .as(name)
                        .hasStackTraceContaining(networkCase.refusal());
            }
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

    /**
     * What some steps do.
     *
     * @param loss of the first batch, before any step
     * @param moved names of the parameters that any step changed
     */
    private record TrainingOutcome(double loss, Set<String> moved) {
        static TrainingOutcome of(Model net, MultiDataSet batch, int steps) {
            Nd4j.getRandom().setSeed(SEED); // dropout and noise draw from it
            double loss = Double.NaN;
            Set<String> moved = new TreeSet<>();
            for (int i = 0; i < steps; i++) {
                moved.addAll(NetworkLife.moved(net, () -> fit(net, batch)));
                loss = i == 0 ? net.score() : loss;
            }
            return new TrainingOutcome(loss, moved);
        }
    }

    /** Names of the parameters that a step changes; all must be finite after it. */
    static Set<String> moved(Model net, Runnable step) {
        Map<String, INDArray> before = new LinkedHashMap<>();
        net.paramTable().forEach((name, value) -> before.put(name, value.dup()));
        quietly(step);
        Set<String> moved = new TreeSet<>();
        net.paramTable().forEach((name, value) -> {
            assertThat(value.sumNumber().doubleValue()).as(name).isFinite();
            if (!value.equalsWithEps(before.get(name), 0)) {
                moved.add(name);
            }
        });
        return moved;
    }

    /** DL4J prints a line for each operation that it differentiates. */
    private static void quietly(Runnable step) {
        PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            step.run();
        } finally {
            System.setOut(out);
        }
    }

    /** A batch and what plain Adam does with it, before saving and after loading. */
    private record LifeCycle(MultiDataSet batch, TrainingOutcome before, TrainingOutcome after) {
        static LifeCycle withAdam(NetworkCase networkCase) {
            Model net = networkCase.build(new Adam(RATE));
            MultiDataSet batch = networkCase.data();
            TrainingOutcome before = TrainingOutcome.of(net, batch, STEPS);
            return new LifeCycle(batch, before, TrainingOutcome.of(reload(net), batch, 1));
        }
    }

    static void check(NetworkCase networkCase, IUpdater updater) {
        LifeCycle expected = WITH_ADAM.computeIfAbsent(networkCase, LifeCycle::withAdam);
        Model net = networkCase.build(updater);
        String plan = TestNets.attach(net).plan().toString();
        TrainingOutcome before = TrainingOutcome.of(net, expected.batch, STEPS);
        assertThat(before.moved).as("moved before saving").isEqualTo(expected.before.moved);
        assertThat(before.loss).as("loss").isCloseTo(expected.before.loss, withinPercentage(LOSS_TOLERANCE));

        Model loaded = reload(net);
        assertThat(TestNets.attach(loaded).plan()).hasToString(plan);
        assertThat(TrainingOutcome.of(loaded, expected.batch, 1).moved)
                .as("moved after loading")
                .isEqualTo(expected.after.moved);
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

    private static Model reload(Model net) {
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
