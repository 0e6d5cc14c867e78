package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.dl4j.Methods.Method;
import org.layerwise.internal.dl4j.Rates.Setter;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A listener that sets the learning rate: training is that of a schedule with the same rates, bit for bit, from every call in
 * which DL4J's own Adam allows it. From onForwardPass it does not: the new state lies in a workspace that is gone when Adam
 * needs it.
 */
class RateListenersTest {
    private static final double RATE = .02;
    private static final double AFTER = .006;
    /** Steps of an epoch. */
    private static final int EPOCH = 3;

    private static final Shape SHAPE = Shape.CONVOLUTION;

    /** A listener's calls, and which of them in two epochs is the last before the first step of the second. */
    private enum Call {
        ON_BACKWARD_PASS(EPOCH + 1),
        ON_GRADIENT_CALCULATION(EPOCH + 1),
        ITERATION_DONE(EPOCH),
        ON_EPOCH_START(2),
        ON_EPOCH_END(1);

        private final int number;

        Call(int number) {
            this.number = number;
        }
    }

    /** Sets the rate once. */
    private static final class Changer extends BaseTrainingListener {
        private final Call call;
        private final Setter setter;
        private int calls;

        Changer(Call call, Setter setter) {
            this.call = call;
            this.setter = setter;
        }

        private void called(Call now, Model model) {
            if (now == call && ++calls == call.number) {
                setter.set(model, AFTER);
            }
        }

        @Override
        public void onBackwardPass(Model model) {
            called(Call.ON_BACKWARD_PASS, model);
        }

        @Override
        public void onGradientCalculation(Model model) {
            called(Call.ON_GRADIENT_CALCULATION, model);
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            called(Call.ITERATION_DONE, model);
        }

        @Override
        public void onEpochStart(Model model) {
            called(Call.ON_EPOCH_START, model);
        }

        @Override
        public void onEpochEnd(Model model) {
            called(Call.ON_EPOCH_END, model);
        }
    }

    private static Stream<Arguments> cases() {
        return Methods.all().stream()
                .flatMap(method -> Arrays.stream(Kind.values())
                        .flatMap(kind -> Arrays.stream(Call.values()).map(call -> Arguments.of(method, kind, call))));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void setLearningRate_inAListener_isTheScheduleOfThatRate(Method method, Kind kind, Call call) {
        Model planned = SHAPE.model(kind, method.scheduled().apply(Rates.from(RATE, EPOCH, AFTER)));
        TestNets.attach(planned);
        train(planned);

        Model before = SHAPE.model(kind, method.constant().apply(RATE));
        listen(before, new Changer(call, Setter.NETWORK));
        TestNets.attach(before);
        train(before);
        assertThat(before.params().distance2(planned.params()))
                .as("listener set before attaching")
                .isZero();

        Model after = SHAPE.model(kind, method.constant().apply(RATE));
        TestNets.attach(after);
        listen(after, new Changer(call, Setter.EACH_LAYER));
        train(after);
        assertThat(after.params().distance2(planned.params()))
                .as("listener added after attaching")
                .isZero();
    }

    private static Stream<Arguments> control() {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> Arrays.stream(Call.values()).map(call -> Arguments.of(kind, call)));
    }

    /** The control: DL4J promises the same for its own. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("control")
    void adamOfDl4j_inAListener_isTheScheduleOfThatRate(Kind kind, Call call) {
        IUpdater scheduled = new Adam(Rates.from(RATE, EPOCH, AFTER));
        Model planned = SHAPE.model(kind, scheduled);
        train(planned);
        Model changed = SHAPE.model(kind, new Adam(RATE));
        listen(changed, new Changer(call, Setter.NETWORK));
        train(changed);
        assertThat(changed.params().distance2(planned.params())).isZero();
    }

    private static void listen(Model model, Changer listener) {
        if (model instanceof MultiLayerNetwork net) {
            net.addListeners(listener);
        } else {
            ((ComputationGraph) model).addListeners(listener);
        }
    }

    /** Two epochs. */
    private static void train(Model model) {
        List<DataSet> batches =
                IntStream.rangeClosed(1, EPOCH).mapToObj(SHAPE::batch).toList();
        for (int epoch = 0; epoch < 2; epoch++) {
            if (model instanceof MultiLayerNetwork net) {
                net.fit(new ExistingDataSetIterator(batches));
            } else {
                ((ComputationGraph) model).fit(new ExistingDataSetIterator(batches));
            }
        }
    }
}
