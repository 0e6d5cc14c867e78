package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.dl4j.Training.Moment;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Nothing survives the objects it refers to: whatever ends a step early and whatever is then done with the network, it goes on,
 * bit for bit, as a network attached afresh with the same parameters, updater state and counts. DL4J's own updaters go through
 * the same, which shows that the comparison is sound.
 */
class FailedStepTest {
    private static final DataType TYPE = DataType.DOUBLE;
    private static final double RATE = EveryUpdater.RATE;
    private static final double OTHER_RATE = .007;
    /** The iteration that fails, behind the first statistics and refreshes. */
    private static final int FAILING = 4;

    private static final int AFTER = 3;

    /** What is done with the network after the failure. */
    enum Call {
        NOTHING,
        SAME_RATE,
        OTHER_RATE,
        STATE_COPIED,
        CLONED,
        ATTACHED_AGAIN,
        RESTORED
    }

    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (StepFailure failure : StepFailure.values()) {
            Stream.concat(EveryUpdater.classes(), EveryUpdater.controls())
                    .filter(failure::appliesTo)
                    .forEach(method ->
                            Stream.of(Kind.values()).forEach(kind -> cases.add(Arguments.of(failure, method, kind))));
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void failedStep_thenAnyCall_goesOnAsAttachedAfresh(StepFailure failure, EveryUpdater method, Kind kind) {
        Trial trial = new Trial(failure, method, kind);
        SoftAssertions softly = new SoftAssertions();
        for (Call call : Call.values()) {
            softly.assertThatCode(() -> trial.run(call)).as("%s", call).doesNotThrowAnyException();
        }
        softly.assertAll();
    }

    private static final class Trial {
        private final StepFailure failure;
        private final EveryUpdater method;
        private final Kind kind;
        private final Map<Call, INDArray> expected = new EnumMap<>(Call.class);
        /** Of a network that has been trained, where all calls start from. */
        private final Moment start;

        Trial(StepFailure failure, EveryUpdater method, Kind kind) {
            this.failure = failure;
            this.method = method;
            this.kind = kind;
            Model model = new Network(null).model;
            Training.fit(model, TYPE, 0, FAILING - 1);
            this.start = Moment.of(model);
        }

        void run(Call call) {
            Network network = new Network(start);
            Training.fit(network.model, TYPE, FAILING - 1, FAILING); // so that there is something to survive
            INDArray saved = Training.state(network.model).dup();
            failure.strike(network.model, Training.batch(FAILING, TYPE));
            Moment moment = Moment.of(network.model);
            network.then(call, saved);
            Training.fit(network.model, TYPE, 10, 10 + AFTER);
            assertThat(Training.distance(network.model.params(), expected(call, moment, saved)))
                    .as("distance to a fresh attachment")
                    .isZero();
        }

        /** Parameters of a network that never saw a failure; calls that must make no difference share them. */
        private INDArray expected(Call call, Moment moment, INDArray saved) {
            boolean distinct = call == Call.STATE_COPIED || call == Call.OTHER_RATE;
            return expected.computeIfAbsent(distinct ? call : Call.NOTHING, key -> {
                Network fresh = new Network(key == Call.STATE_COPIED ? moment.withState(saved) : moment);
                if (key == Call.OTHER_RATE) {
                    Training.setRate(fresh.model, OTHER_RATE);
                }
                Training.fit(fresh.model, TYPE, 10, 10 + AFTER);
                assertThat(Training.distance(fresh.model.params(), moment.params()))
                        .as("the steps move the parameters")
                        .isGreaterThan(0);
                return fresh.model.params().dup();
            });
        }

        /** A network, attached, and brought to a moment. */
        private final class Network {
            private Model model = Training.model(kind, method.updater(failure.strict(), RATE), TYPE);

            Network(@Nullable Moment moment) {
                attach();
                failure.prepare(model, RATE, FAILING);
                if (moment != null) {
                    moment.into(model);
                }
            }

            private void attach() {
                if (!method.control()) {
                    TestNets.attach(model);
                }
            }

            void then(Call call, INDArray saved) {
                switch (call) {
                    case NOTHING -> {}
                    case SAME_RATE -> Training.setRate(model, RATE);
                    case OTHER_RATE -> Training.setRate(model, OTHER_RATE);
                    case STATE_COPIED -> copyState(saved);
                    case CLONED -> replace(copy(model));
                    case ATTACHED_AGAIN -> attach();
                    case RESTORED -> replace(restored(model));
                }
            }

            /** By either of the two ways that DL4J has. */
            private void copyState(INDArray saved) {
                if (kind == Kind.GRAPH) {
                    TestNets.updater(model).setStateViewArray(saved);
                } else {
                    Training.state(model).assign(saved);
                }
            }

            private void replace(Model other) {
                // DL4J's clone of a graph starts counting anew.
                Training.count(other, Training.iteration(model), Training.epoch(model));
                model = other;
                attach();
            }
        }
    }

    private static Model copy(Model model) {
        return model instanceof MultiLayerNetwork net ? net.clone() : ((ComputationGraph) model).clone();
    }

    private static Model restored(Model model) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ModelSerializer.writeModel(model, bytes, true);
            ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
            return model instanceof MultiLayerNetwork
                    ? ModelSerializer.restoreMultiLayerNetwork(in, true)
                    : ModelSerializer.restoreComputationGraph(in, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
