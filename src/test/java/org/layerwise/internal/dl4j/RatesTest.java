package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.dl4j.Methods.Method;
import org.layerwise.internal.dl4j.Rates.Setter;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** A learning rate reaches whatever serves a layer: preconditioned and fallback parameters keep their ratio. */
class RatesTest {
    private static final double RATE = .02;
    private static final double FACTOR = .3;
    /** Before the step whose length is compared. */
    private static final int STEPS = 1;
    /** A difference of parameters of order 1 in double precision that is some 1e-5 large; relative to the largest element. */
    private static final double STEP = 1e-9;

    /** When a rate is set. */
    private enum Moment {
        BEFORE_ATTACH,
        BEFORE_FIRST_STEP,
        IN_TRAINING
    }

    /** Everything, whole layers, single biases, and nothing by the fallback. */
    private static Stream<Arguments> networks() {
        return Methods.all().stream()
                .flatMap(method -> Stream.of(
                        Arguments.of(method, Kind.MULTI_LAYER, Shape.CONVOLUTION),
                        Arguments.of(method, Kind.MULTI_LAYER, Shape.RECURRENT),
                        Arguments.of(method, Kind.MULTI_LAYER, Shape.VECTORS),
                        Arguments.of(method, Kind.GRAPH, Shape.CONVOLUTION),
                        Arguments.of(method, Kind.GRAPH, Shape.VECTORS)));
    }

    private static Stream<Arguments> pairs() {
        return Methods.all().stream()
                .flatMap(method -> Arrays.stream(Kind.values()).map(kind -> Arguments.of(method, kind)));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void setLearningRate_anyMomentAndWay_scalesEveryStep(Method method, Kind kind, Shape shape) {
        LayerwiseUpdater<?> updater = method.linear().apply(RATE);
        Model unchanged = shape.model(kind, updater);
        TestNets.attach(unchanged);
        Map<String, INDArray> first = Rates.displacement(shape, unchanged, 0);
        shape.train(unchanged, 1, STEPS);
        Map<String, INDArray> later = Rates.displacement(shape, unchanged, STEPS);
        assertThat(later.values())
                .allSatisfy(
                        array -> assertThat(array.norm2Number().doubleValue()).isPositive());
        assertAll(Stream.of(Setter.values())
                .flatMap(setter -> Stream.of(Moment.values()).map(moment -> (Executable) () -> {
                    Model net = shape.model(kind, updater);
                    set(shape, net, setter, moment, FACTOR * RATE);
                    boolean training = moment == Moment.IN_TRAINING;
                    assertScaled(
                            moment + " " + setter,
                            Rates.displacement(shape, net, training ? STEPS : 0),
                            training ? later : first,
                            FACTOR);
                })));
    }

    /** Attaches, and trains if told so; sets the rate in between. */
    private static void set(Shape shape, Model net, Setter setter, Moment moment, double rate) {
        if (moment == Moment.BEFORE_ATTACH) {
            setter.set(net, rate);
        }
        TestNets.attach(net);
        if (moment == Moment.IN_TRAINING) {
            shape.train(net, 0, STEPS);
        }
        if (moment != Moment.BEFORE_ATTACH) {
            setter.set(net, rate);
        }
    }

    private static void assertScaled(
            String description, Map<String, INDArray> step, Map<String, INDArray> reference, double factor) {
        assertThat(step).as(description).containsKeys(reference.keySet().toArray(new String[0]));
        Map<String, Double> wrong = new LinkedHashMap<>();
        step.forEach((name, array) -> {
            INDArray other = reference.get(name);
            if (other != null) {
                INDArray expected = other.mul(factor);
                double deviation = array.sub(expected).amaxNumber().doubleValue();
                if (!(deviation <= STEP * expected.amaxNumber().doubleValue())) {
                    double found = array.amaxNumber().doubleValue();
                    wrong.put(name, found / other.amaxNumber().doubleValue());
                }
            }
        });
        assertThat(wrong)
                .as("%s: factors that are not %s, by parameter", description, factor)
                .isEmpty();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("pairs")
    void setLearningRate_oneLayer_scalesThatLayerAlone(Method method, Kind kind) {
        Shape shape = Shape.CONVOLUTION;
        LayerwiseUpdater<?> updater = method.linear().apply(RATE);
        Model unchanged = shape.model(kind, updater);
        TestNets.attach(unchanged);
        shape.train(unchanged, 0, STEPS);
        Map<String, INDArray> reference = Rates.displacement(shape, unchanged, STEPS);
        assertAll(Stream.iterate(0, layer -> layer + 1)
                .limit(shape.layers().size())
                .map(layer -> (Executable) () -> {
                    Model net = shape.model(kind, updater);
                    TestNets.attach(net);
                    shape.train(net, 0, STEPS);
                    Rates.set(net, layer, FACTOR * RATE);
                    Map<String, INDArray> step = Rates.displacement(shape, net, STEPS);
                    Map<String, INDArray> own = new LinkedHashMap<>(reference);
                    own.keySet().removeIf(name -> !Rates.belongs(name, layer));
                    assertThat(own).isNotEmpty();
                    assertScaled("layer " + layer, step, own, FACTOR);
                    step.keySet().removeAll(own.keySet());
                    assertThat(step)
                            .allSatisfy((name, array) -> assertThat(array.equalsWithEps(reference.get(name), 0))
                                    .as("%s, beside layer %s", name, layer)
                                    .isTrue());
                }));
    }

    /** With clip and momentum, bit for bit. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void schedule_anyLayer_isSettingItsRatesInTime(Method method, Kind kind, Shape shape) {
        Model changed = shape.model(kind, method.constant().apply(RATE));
        Model planned = shape.model(kind, method.scheduled().apply(Rates.from(RATE, STEPS, FACTOR * RATE)));
        set(shape, changed, Setter.NETWORK, Moment.IN_TRAINING, FACTOR * RATE);
        TestNets.attach(planned);
        shape.train(planned, 0, STEPS);
        shape.train(changed, STEPS, 3 * STEPS);
        shape.train(planned, STEPS, 3 * STEPS);
        assertThat(planned.params().distance2(changed.params())).isZero();
    }

    /** What is set is set: the rate of any layer, given to it or to all, since all have the same. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("networks")
    void setLearningRate_toWhatItIs_changesNothing(Method method, Kind kind, Shape shape) {
        Model unchanged = shape.model(kind, method.constant().apply(RATE));
        TestNets.attach(unchanged);
        shape.train(unchanged, 0, 2 * STEPS);
        assertAll(Stream.of(Moment.values()).map(moment -> (Executable) () -> {
            Model net = shape.model(kind, method.constant().apply(RATE));
            set(shape, net, Setter.NETWORK, moment, RATE);
            for (int i = 0; i < shape.layers().size(); i++) {
                Rates.set(net, i, Rates.of(net, i));
            }
            Setter.NETWORK.set(net, Rates.of(net, 0));
            shape.train(net, moment == Moment.IN_TRAINING ? STEPS : 0, 2 * STEPS);
            assertThat(net.params().distance2(unchanged.params()))
                    .as("%s", moment)
                    .isZero();
        }));
    }

    /** Of the user's own updater, whatever serves the layer. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("pairs")
    void getLearningRate_everyLayer_isTheUpdatersOwn(Method method, Kind kind) {
        assertAll(Stream.of(Shape.values()).map(shape -> (Executable) () -> {
            Model net = shape.model(kind, method.scheduled().apply(Rates.from(RATE, 1, FACTOR * RATE)));
            assertReported(shape, net, RATE);
            TestNets.attach(net);
            assertReported(shape, net, RATE);
            shape.train(net, 0, 1);
            assertReported(shape, net, FACTOR * RATE);
            Setter.NETWORK.set(net, 3 * RATE);
            assertReported(shape, net, 3 * RATE);
            TestNets.attach(net);
            assertReported(shape, net, 3 * RATE);
        }));
    }

    private static void assertReported(Shape shape, Model net, double rate) {
        for (int i = 0; i < shape.layers().size(); i++) {
            assertThat(Rates.of(net, i)).as("%s, layer %s", shape, i).isEqualTo(rate);
        }
    }

    /** A fallback that was chosen keeps its ratio to the rate that was configured, in whole layers and for single biases. */
    @Test
    void fallback_chosen_keepsItsRatio() {
        assertAll(
                () -> assertFallbackKeepsRatio(
                        Kfac.builder()
                                .momentum(0)
                                .withoutKlClip()
                                .fallback(new Sgd(.1))
                                .build(),
                        "0_W 0_b 1_gamma 1_beta"),
                () -> assertFallbackKeepsRatio(
                        Soap.builder().fallback(new Sgd(.1)).build(), "0_b 1_gamma 1_beta 2_b 3_b"));
    }

    private static void assertFallbackKeepsRatio(LayerwiseUpdater<?> updater, String fallback) {
        Shape shape = Shape.CONVOLUTION;
        Model unchanged = shape.model(Kind.MULTI_LAYER, updater);
        Model net = shape.model(Kind.MULTI_LAYER, updater);
        TestNets.attach(unchanged);
        TestNets.attach(net);
        shape.train(unchanged, 0, STEPS);
        shape.train(net, 0, STEPS);
        Setter.NETWORK.set(net, FACTOR * updater.getLearningRate(0, 0));
        Map<String, INDArray> reference = Rates.displacement(shape, unchanged, STEPS);
        Map<String, INDArray> step = Rates.displacement(shape, net, STEPS);
        Map<String, INDArray> kept = new LinkedHashMap<>(reference);
        kept.keySet().retainAll(Arrays.asList(fallback.split(" ")));
        assertScaled("fallback beside " + updater.getClass().getSimpleName(), step, kept, FACTOR);
        reference.keySet().removeAll(kept.keySet());
        assertScaled("preconditioned by " + updater.getClass().getSimpleName(), step, reference, FACTOR);
    }
}
