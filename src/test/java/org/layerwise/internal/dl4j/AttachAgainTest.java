package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.dl4j.Methods.Method;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;

/** Attaching is a function of what the user asked for: it gives the same, whatever happened to the network before. */
class AttachAgainTest {
    private static final double RATE = .01;
    private static final int STEPS = 2;

    private static Stream<Arguments> networks() {
        return Methods.all().stream()
                .flatMap(method -> Arrays.stream(Kind.values())
                        .flatMap(
                                kind -> Arrays.stream(Shape.values()).map(shape -> Arguments.of(method, kind, shape))));
    }

    private static Model network(Method method, Kind kind, Shape shape) {
        // FLOAT, since transfer learning makes that of any network.
        return shape.model(kind, shape.builder(method.constant().apply(RATE)).dataType(DataType.FLOAT));
    }

    /**
     * Same plan, same wishes, and as many steps as without attaching in between. The network that is copied in all ways goes
     * on itself at last.
     */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void attachedAgain_anyWay_isAsAtFirst(Method method, Kind kind, Shape shape) {
        Model whole = network(method, kind, shape);
        TestNets.attach(whole);
        shape.train(whole, 0, 2 * STEPS);
        Model first = network(method, kind, shape);
        Map<String, Wish> asked = wishes(first);
        assertThat(asked.get("layer0")).isEqualTo(Wish.of(method.constant().apply(RATE)));
        String plan = TestNets.attach(first).plan().toString();
        shape.train(first, 0, STEPS);
        assertAll(Stream.of(WayToAttach.values()).map(way -> (Executable) () -> {
            WayToAttach.Attached again = way.attachAgain(first);
            if (again.model() != first || way == WayToAttach.LISTENERS_REPLACED) {
                shape.train(again.model(), STEPS, 2 * STEPS);
                assertThat(distance(again.model(), whole) == 0)
                        .as("trains on as without attaching in between, %s", way)
                        .isEqualTo(way.keepsState());
            }
            SoftAssertions.assertSoftly(softly -> {
                softly.assertThat(again.attachment().plan().toString())
                        .as("plan, %s", way)
                        .isEqualTo(plan);
                softly.assertThat(changes(asked, wishes(again.model())))
                        .as("configuration, %s", way)
                        .isEmpty();
            });
        }));
    }

    private static double distance(Model one, Model other) {
        return one.params().distance2(other.params());
    }

    /** That the shapes cover what they are meant to cover. */
    @ParameterizedTest
    @MethodSource("org.layerwise.internal.dl4j.Methods#all")
    void coverage_ofTheShapes_isFromNothingToMost(Method method) {
        for (Kind kind : Kind.values()) {
            assertThat(coverage(method, kind, Shape.PERCEPTRON)).isGreaterThan(.5);
            assertThat(coverage(method, kind, Shape.CONVOLUTION)).isBetween(.5, .96);
            assertThat(coverage(method, kind, Shape.RECURRENT) > 0).isEqualTo(!method.statistics());
            assertThat(coverage(method, kind, Shape.VECTORS)).isZero();
        }
    }

    private static double coverage(Method method, Kind kind, Shape shape) {
        return TestNets.attach(network(method, kind, shape)).plan().coverage();
    }

    private static Stream<Arguments> needStatistics() {
        return Methods.all().stream()
                .filter(Method::statistics)
                .flatMap(method -> Stream.of(0, 1, 4)
                        .flatMap(steps -> Stream.of(Kind.values()).map(kind -> Arguments.of(method, kind, steps))));
    }

    @ParameterizedTest(name = "{0} {1} after {2} steps")
    @MethodSource("needStatistics")
    void setListeners_withoutAttachingAgain_isNamedAsTheCause(Method method, Kind kind, int steps) {
        Model net = network(method, kind, Shape.PERCEPTRON);
        TestNets.attach(net);
        Shape.PERCEPTRON.train(net, 0, steps);
        WayToAttach.replaceListeners(net);
        assertThatIllegalStateException()
                .isThrownBy(() -> Shape.PERCEPTRON.train(net, steps, steps + 1))
                .withMessageContaining("setListeners")
                .withMessageContaining("Layerwise.attach(net)");
    }

    /** Who was never attached did not lose a listener. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void setListeners_neverAttached_isNotBlamed(Kind kind) {
        Model net = network(Methods.all().get(0), kind, Shape.PERCEPTRON);
        WayToAttach.replaceListeners(net);
        assertThatIllegalStateException()
                .isThrownBy(() -> Shape.PERCEPTRON.train(net, 0, 1))
                .withMessageContaining("Layerwise.attach(net) after net.init()");
    }

    private static Stream<Method> needGradientsAlone() {
        return Methods.all().stream().filter(method -> !method.statistics());
    }

    @ParameterizedTest
    @MethodSource("needGradientsAlone")
    void setListeners_gradientsAlone_trainsOn(Method method) {
        for (Kind kind : Kind.values()) {
            Model whole = network(method, kind, Shape.RECURRENT);
            Model net = network(method, kind, Shape.RECURRENT);
            TestNets.attach(whole);
            TestNets.attach(net);
            WayToAttach.replaceListeners(net);
            Shape.RECURRENT.train(whole, 0, STEPS);
            Shape.RECURRENT.train(net, 0, STEPS);
            assertThat(net.params().equalsWithEps(whole.params(), 0)).isTrue();
        }
    }

    /**
     * What a configuration asks for: one of our updaters, whichever layer it is bound to, or one of DL4J's.
     *
     * @param type of the updater
     * @param settings all but the learning rate
     * @param rate learning rate
     */
    private record Wish(Class<?> type, Object settings, double rate) {
        static Wish of(IUpdater updater) {
            Object settings = updater instanceof LayerwiseUpdater<?> ours ? ours.settings() : updater;
            return new Wish(updater.getClass(), settings, updater.getLearningRate(0, 0));
        }

        String summary() {
            return type.getSimpleName() + " at " + rate + " with settings " + settings.hashCode();
        }
    }

    /** In words, since settings are long. */
    private static List<String> changes(Map<String, Wish> before, Map<String, Wish> after) {
        List<String> changes = new ArrayList<>();
        before.forEach((place, requested) -> {
            Wish now = after.get(place);
            if (!requested.equals(now)) {
                changes.add(
                        place + ": " + requested.summary() + " became " + (now == null ? "nothing" : now.summary()));
            }
        });
        Set<String> added = new TreeSet<>(after.keySet());
        added.removeAll(before.keySet());
        added.forEach(place -> changes.add(place + ": new"));
        return changes;
    }

    /** The updaters in a network's saved configuration, by layer. */
    private static Map<String, Wish> wishes(Model model) {
        Map<String, Wish> wishes = new LinkedHashMap<>();
        for (Layer layer : saved(model)) {
            if (inner(layer) instanceof BaseLayer base) {
                put(wishes, layer.getLayerName(), base.getIUpdater());
                put(wishes, layer.getLayerName() + ", biases", base.getBiasUpdater());
            }
        }
        return wishes;
    }

    private static void put(Map<String, Wish> wishes, String place, @Nullable IUpdater updater) {
        if (updater != null) {
            wishes.put(place, Wish.of(updater));
        }
    }

    private static List<Layer> saved(Model model) {
        if (model instanceof MultiLayerNetwork net) {
            String json = net.getLayerWiseConfigurations().toJson();
            return MultiLayerConfiguration.fromJson(json).getConfs().stream()
                    .map(conf -> conf.getLayer())
                    .toList();
        }
        String json = ((ComputationGraph) model).getConfiguration().toJson();
        return ComputationGraphConfiguration.fromJson(json).getVertices().values().stream()
                .filter(LayerVertex.class::isInstance)
                .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
                .toList();
    }

    private static Layer inner(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return inner(frozen.getLayer());
        }
        return layer instanceof BaseWrapperLayer wrapper ? inner(wrapper.getUnderlying()) : layer;
    }
}
