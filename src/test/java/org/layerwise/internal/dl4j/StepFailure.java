package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.ArgumentMatchers.anyMap;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.mockito.stubbing.Answer;
import org.mockito.stubbing.Stubber;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** What ends a step early. */
enum StepFailure {
    FORWARD_PASS,
    FORWARD_PASS_BEFORE_OURS,
    BACKWARD_PASS,
    BACKWARD_PASS_BEFORE_OURS,
    GRADIENT_CALCULATION,
    ITERATION_DONE,
    /** The learning rate of the output layer, when the hidden layer has handed in its part. */
    RATE_NAN,
    RATE_THROWS,
    STRICT_FEATURES,
    /** NaN in the gradient of the output layer alone, when the hidden layer has handed in its part. */
    STRICT_GRADIENT,
    /** The second batch of an epoch cannot be read. */
    ITERATOR;

    private static final class Interruption extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Survives JSON and clones, which a mock does not. */
    record ThrowingSchedule(
            @JsonProperty("rate") double rate,
            @JsonProperty("iteration") int iteration) implements ISchedule {
        @Override
        public double valueAt(int current, int epoch) {
            if (current == iteration) {
                throw new Interruption();
            }
            return rate;
        }

        @Override
        public ISchedule clone() {
            return this;
        }
    }

    boolean strict() {
        return this == STRICT_FEATURES || this == STRICT_GRADIENT;
    }

    private boolean rate() {
        return this == RATE_NAN || this == RATE_THROWS;
    }

    private boolean beforeOurs() {
        return this == FORWARD_PASS_BEFORE_OURS || this == BACKWARD_PASS_BEFORE_OURS;
    }

    /** DL4J's updaters take NaN for a rate and for a gradient; those that need gradients alone see no pass. */
    boolean appliesTo(EveryUpdater method) {
        return beforeOurs() ? method.needsStatistics() : !method.control() || !(strict() || this == RATE_NAN);
    }

    /** What must be set before the network is trained. */
    void prepare(Model model, double rate, int iteration) {
        if (!rate()) {
            return;
        }
        ISchedule schedule = this == RATE_THROWS
                ? new ThrowingSchedule(rate, iteration)
                : new MapSchedule.Builder(ScheduleType.ITERATION)
                        .add(0, rate)
                        .add(iteration, Double.NaN)
                        .add(iteration + 1, rate)
                        .build();
        if (model instanceof MultiLayerNetwork net) {
            net.setLearningRate(1, schedule);
        } else {
            ((ComputationGraph) model).setLearningRate("layer1", schedule);
        }
    }

    /** Takes a step that fails. */
    void strike(Model model, DataSet batch) {
        Throwable failure = catchThrowable(() -> failingFit(model, batch));
        if (strict() || this == RATE_NAN) {
            assertThat(failure).hasMessageContaining(this == STRICT_FEATURES ? "layer0" : "layer1");
        } else {
            assertThat(failure).isInstanceOf(Interruption.class);
        }
        if (rate()) {
            // DL4J counts no step that failed, and the schedule would fail again.
            Training.count(model, Training.iteration(model) + 1, Training.epoch(model));
        }
    }

    private void failingFit(Model model, DataSet batch) {
        switch (this) {
            case RATE_NAN, RATE_THROWS -> {}
            case STRICT_FEATURES -> batch.getFeatures().putScalar(2, 1, Double.NaN);
            case ITERATOR -> {
                fitIterator(model, batch);
                return;
            }
            default -> addListener(model);
        }
        Training.fit(model, batch);
    }

    private static void fitIterator(Model model, DataSet batch) {
        DataSetIterator iterator = mock(DataSetIterator.class);
        when(iterator.hasNext()).thenReturn(true);
        when(iterator.next()).thenReturn(batch).thenThrow(new Interruption());
        if (model instanceof MultiLayerNetwork net) {
            net.fit(iterator);
        } else {
            ((ComputationGraph) model).fit(iterator);
        }
    }

    private void addListener(Model model) {
        List<TrainingListener> listeners = new ArrayList<>(Training.listeners(model));
        listeners.add(beforeOurs() ? 0 : listeners.size(), listener());
        model.setListeners(listeners);
    }

    private TrainingListener listener() {
        TrainingListener listener = mock(TrainingListener.class);
        switch (this) {
            case FORWARD_PASS, FORWARD_PASS_BEFORE_OURS -> {
                throwOnce().when(listener).onForwardPass(any(), anyList());
                throwOnce().when(listener).onForwardPass(any(), anyMap());
            }
            case BACKWARD_PASS, BACKWARD_PASS_BEFORE_OURS ->
                throwOnce().when(listener).onBackwardPass(any());
            case GRADIENT_CALCULATION -> throwOnce().when(listener).onGradientCalculation(any());
            case ITERATION_DONE -> throwOnce().when(listener).iterationDone(any(), anyInt(), anyInt());
            case STRICT_GRADIENT ->
                doAnswer(plantNan()).doNothing().when(listener).onGradientCalculation(any());
            default -> throw new IllegalStateException(name());
        }
        return listener;
    }

    private static Stubber throwOnce() {
        return doThrow(new Interruption()).doNothing();
    }

    private static Answer<?> plantNan() {
        return invocation -> {
            INDArray gradients = invocation.getArgument(0, Model.class).getGradientsViewArray();
            gradients.putScalar(gradients.length() - 1, Double.NaN);
            return null;
        };
    }
}
