package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.dl4j.Methods.Method;
import org.layerwise.internal.dl4j.Rates.Setter;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

/** At a learning rate of 0 nothing moves, neither by momentum nor by the epsilon that DL4J's Adam takes for a step of 0. */
class ZeroRateTest {
    private static final double RATE = .02;
    private static final int STEPS = 2;

    private static Stream<Arguments> networks() {
        return Methods.all().stream()
                .flatMap(method -> Stream.of(
                        Arguments.of(method, Kind.MULTI_LAYER, Shape.PERCEPTRON),
                        Arguments.of(method, Kind.MULTI_LAYER, Shape.CONVOLUTION),
                        Arguments.of(method, Kind.MULTI_LAYER, Shape.RECURRENT),
                        Arguments.of(method, Kind.GRAPH, Shape.CONVOLUTION),
                        Arguments.of(method, Kind.GRAPH, Shape.VECTORS)));
    }

    /** The parameters that steps from one number up to another move. */
    private static Set<String> moved(Shape shape, Model net, int from, int to) {
        Map<String, INDArray> before = Rates.parameters(net);
        shape.train(net, from, to);
        return Rates.moved(before, Rates.parameters(net));
    }

    private static Set<String> all(Model net) {
        return new TreeSet<>(Rates.parameters(net).keySet());
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void constantZero_movesNothingUntilAnotherRateIsSet(Method method, Kind kind, Shape shape) {
        Model net = shape.model(kind, method.constant().apply(0));
        TestNets.attach(net);
        assertThat(moved(shape, net, 0, STEPS)).isEmpty();
        Setter.NETWORK.set(net, RATE);
        assertThat(moved(shape, net, STEPS, 2 * STEPS)).isEqualTo(all(net));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void scheduledZero_beginsToMoveInTime(Method method, Kind kind, Shape shape) {
        Model net = shape.model(kind, method.scheduled().apply(Rates.from(0, STEPS, RATE)));
        TestNets.attach(net);
        assertThat(moved(shape, net, 0, STEPS)).isEmpty();
        assertThat(moved(shape, net, STEPS, 2 * STEPS)).isEqualTo(all(net));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void zeroSetInTraining_restsUntilAnotherRateIsSet(Method method, Kind kind, Shape shape) {
        Model net = shape.model(kind, method.constant().apply(RATE));
        TestNets.attach(net);
        shape.train(net, 0, STEPS);
        Setter.NETWORK.set(net, 0);
        assertThat(moved(shape, net, STEPS, 2 * STEPS)).isEmpty();
        Setter.SCHEDULE.set(net, 0);
        assertThat(moved(shape, net, 2 * STEPS, 3 * STEPS)).isEmpty();
        Setter.EACH_LAYER.set(net, RATE);
        assertThat(moved(shape, net, 3 * STEPS, 4 * STEPS)).isEqualTo(all(net));
    }

    @ParameterizedTest
    @MethodSource("org.layerwise.internal.dl4j.Methods#all")
    void zeroOfOneLayer_movesTheOthers(Method method) {
        Shape shape = Shape.CONVOLUTION;
        assertAll(Arrays.stream(Kind.values())
                .flatMap(kind -> Stream.iterate(0, layer -> layer + 1)
                        .limit(shape.layers().size())
                        .map(layer -> (Executable) () -> {
                            Model net = shape.model(kind, method.constant().apply(RATE));
                            TestNets.attach(net);
                            shape.train(net, 0, STEPS);
                            Rates.set(net, layer, 0);
                            Set<String> others = all(net);
                            others.removeIf(name -> Rates.belongs(name, layer));
                            assertThat(moved(shape, net, STEPS, 2 * STEPS))
                                    .as("%s beside layer %s", kind, layer)
                                    .isEqualTo(others);
                        })));
    }

    /** Biases with an updater of ours, which has the same rate of 0. */
    @ParameterizedTest
    @MethodSource("org.layerwise.internal.dl4j.Methods#all")
    void constantZero_ofBiasesToo_movesNothing(Method method) {
        for (Kind kind : Kind.values()) {
            Model net = Shape.OWN_BIASES.model(kind, method.constant().apply(0));
            TestNets.attach(net);
            assertThat(moved(Shape.OWN_BIASES, net, 0, STEPS)).as("%s", kind).isEmpty();
        }
    }

    /** What the fallback is guarded from. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void adamOfDl4j_atZero_moves(Kind kind) {
        Model net = Shape.PERCEPTRON.model(kind, new Adam(0));
        assertThat(moved(Shape.PERCEPTRON, net, 0, 1)).isNotEmpty();
    }
}
