package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doNothing;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.dl4j.Training.Moment;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.Observer;
import org.layerwise.settings.Plan;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** What observers are told is what happened, for every updater and both network classes. */
class ObserverTest {
    private static final DataType TYPE = DataType.DOUBLE;
    private static final int STEPS = 6;
    /** Relative, of a norm that is computed in another order. */
    private static final double ROUNDING = 1e-10;

    /** Updaters that have no factors which are refreshed now and then. */
    private static final Set<String> WITHOUT_REFRESHES = Set.of("muon", "normuon", "scion", "psgd");

    private static final class Recorder implements Observer {
        private final List<StepTaken> steps = new ArrayList<>();
        private final List<FactorRefreshed> refreshes = new ArrayList<>();
        private final List<FailureHandled> failures = new ArrayList<>();

        @Override
        public void stepped(StepTaken step) {
            steps.add(step);
        }

        @Override
        public void refreshed(FactorRefreshed refresh) {
            refreshes.add(refresh);
        }

        @Override
        public void failed(FailureHandled failure) {
            failures.add(failure);
        }
    }

    private static Stream<Arguments> updatersAndKinds() {
        return EveryUpdater.ours()
                .flatMap(updater -> Stream.of(Kind.values()).map(kind -> Arguments.of(updater, kind)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("updatersAndKinds")
    void fit_eachStep_isToldOnceForEachMatrixWithItsNumbers(EveryUpdater updater, Kind kind) {
        Model model = Training.model(kind, updater.updater(), TYPE);
        Attachment attachment = TestNets.attach(model);
        Recorder recorder = new Recorder();
        attachment.addObserver(recorder);
        Training.fit(model, TYPE, 0, STEPS);

        List<String> matrices = recorder.steps.stream()
                .map(step -> step.layer() + " " + step.matrix())
                .distinct()
                .toList();
        assertThat(matrices).isNotEmpty().allMatch(name -> name.matches("layer[01] (W|b|W, b)"));
        assertThat(recorder.steps.stream().map(Observer.StepTaken::layer).distinct())
                .containsExactlyInAnyOrderElementsOf(attachment.plan().layers().stream()
                        .filter(Plan.LayerPlan::preconditioned)
                        .map(Plan.LayerPlan::layer)
                        .toList());
        for (String matrix : matrices) {
            assertThat(recorder.steps.stream()
                            .filter(step -> (step.layer() + " " + step.matrix()).equals(matrix))
                            .map(Observer.StepTaken::step))
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        }
        assertThat(recorder.steps).allSatisfy(step -> {
            assertThat(step.learningRate()).isEqualTo(EveryUpdater.RATE);
            assertThat(step.scale()).isBetween(0.0, 1.0);
            assertThat(step.gradientNorm()).isPositive().isFinite();
            assertThat(step.updateNorm()).isNotNegative().isFinite();
        });
        assertThat(recorder.steps.get(recorder.steps.size() - 1).scale()).isEqualTo(attachment.lastClipScale());
        assertThat(recorder.failures).isEmpty();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("updatersAndKinds")
    void step_updateNorm_isThatOfTheParametersMove(EveryUpdater updater, Kind kind) {
        Model model = Training.model(kind, updater.updater(), TYPE);
        Recorder recorder = new Recorder();
        TestNets.attach(model).addObserver(recorder);
        Training.fit(model, TYPE, 0, STEPS - 1);
        recorder.steps.clear();
        INDArray before = model.params().dup();
        Training.fit(model, TYPE, STEPS - 1, STEPS);

        assertThat(recorder.steps).isNotEmpty();
        INDArray difference = model.params().sub(before);
        model.setParams(difference);
        double told = 0;
        double moved = 0;
        for (Observer.StepTaken step : recorder.steps) {
            told += step.updateNorm() * step.updateNorm();
            for (String parameter : step.matrix().split(", ", -1)) {
                INDArray move = model.getParam(key(kind, step.layer()) + "_" + parameter);
                moved += move.mul(move).sumNumber().doubleValue();
            }
        }
        if (updater.toString().endsWith("muon")) { // Nesterov's bound
            assertThat(Math.sqrt(told)).isGreaterThanOrEqualTo(Math.sqrt(moved) * (1 - ROUNDING));
        } else {
            assertThat(Math.sqrt(told)).isCloseTo(Math.sqrt(moved), within(ROUNDING * Math.sqrt(moved)));
        }
    }

    private static String key(Kind kind, String layer) {
        return kind == Kind.GRAPH ? layer : layer.substring("layer".length());
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("updatersAndKinds")
    void refreshes_areToldWhereThereAreFactors(EveryUpdater updater, Kind kind) {
        Model model = Training.model(kind, updater.updater(), TYPE);
        Recorder recorder = new Recorder();
        TestNets.attach(model).addObserver(recorder);
        Training.fit(model, TYPE, 0, STEPS);
        if (WITHOUT_REFRESHES.contains(updater.toString())) {
            assertThat(recorder.refreshes).isEmpty();
            return;
        }
        Set<String> layers =
                recorder.refreshes.stream().map(Observer.FactorRefreshed::layer).collect(Collectors.toSet());
        assertThat(layers).containsExactlyInAnyOrder("layer0", "layer1");
        assertThat(recorder.refreshes).allSatisfy(refresh -> {
            assertThat(refresh.factor()).isIn("input", "output", "left", "right");
            assertThat(refresh.nanos()).isNotNegative();
            assertThat(refresh.step()).isBetween(0L, STEPS - 1L);
            if (updater.needsStatistics()) {
                assertThat(refresh.damping()).isPositive();
            } else {
                assertThat(refresh.damping()).isNaN();
            }
        });
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("updatersAndKinds")
    void failures_areToldAsOftenAsTheyAreCounted(EveryUpdater updater, Kind kind) {
        Model model = Training.model(kind, updater.updater(), TYPE);
        Attachment attachment = TestNets.attach(model);
        Recorder recorder = new Recorder();
        attachment.addObserver(recorder);
        Training.fit(model, TYPE, 0, 2);
        DataSet broken = Training.batch(2, TYPE);
        broken.getFeatures().putScalar(0, 0, Double.NaN);
        Training.fit(model, broken);
        Training.fit(model, TYPE, 3, STEPS);

        assertThat(recorder.failures).isNotEmpty().allSatisfy(failure -> {
            assertThat(failure.message()).isNotEmpty();
            assertThat(failure.part()).isNotEmpty();
        });
        for (Event event : Event.values()) {
            for (String layer : attachment.diagnostics().keySet()) {
                assertThat(recorder.failures.stream()
                                .filter(failure -> failure.event() == event
                                        && failure.layer().equals(layer)))
                        .hasSize((int) attachment.diagnostics().get(layer).count(event));
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("updatersAndKinds")
    void observer_thatThrows_endsTheStepAndLeavesNoTrace(EveryUpdater updater, Kind kind) {
        Model model = Training.model(kind, updater.updater(), TYPE);
        Attachment attachment = TestNets.attach(model);
        Training.fit(model, TYPE, 0, 4);
        Observer observer = mock(Observer.class);
        doThrow(new IllegalStateException("observer"))
                .doNothing()
                .when(observer)
                .stepped(any());
        doNothing().when(observer).refreshed(any());
        attachment.addObserver(observer);
        assertThatThrownBy(() -> Training.fit(model, TYPE, 4, 5)).hasMessage("observer");
        Moment moment = Moment.of(model);
        Training.fit(model, TYPE, 10, 13);

        Model fresh = Training.model(kind, updater.updater(), TYPE);
        TestNets.attach(fresh);
        moment.into(fresh);
        Training.fit(fresh, TYPE, 10, 13);
        assertThat(Training.distance(model.params(), fresh.params())).isZero();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("updatersAndKinds")
    void observer_removedOrOfAClosedAttachment_hearsNothing(EveryUpdater updater, Kind kind) {
        Model model = Training.model(kind, updater.updater(), TYPE);
        Attachment attachment = TestNets.attach(model);
        Recorder removed = new Recorder();
        Recorder closed = new Recorder();
        attachment.addObserver(removed);
        attachment.addObserver(closed);
        assertThat(attachment.removeObserver(removed)).isTrue();
        assertThat(attachment.removeObserver(removed)).isFalse();
        Training.fit(model, TYPE, 0, 1);
        assertThat(removed.steps).isEmpty();
        int heard = closed.steps.size();
        assertThat(heard).isPositive();

        TestNets.attach(model);
        Training.fit(model, TYPE, 1, 2);
        assertThat(closed.steps).hasSize(heard);
    }
}
