package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.dl4j.Training.Moment;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Whatever a state holds, no parameter becomes NaN or infinite, the steps end, and what had to be mended or skipped is counted.
 * One number is planted at a time, wherever in the state, and training goes on.
 */
class FinalUpdateTest {
    private static final int BEFORE = 4;
    private static final int AFTER = 3;
    /** Every element of the front of a block, where header and counters may lie, and every so many behind it. */
    private static final int FRONT = 16;

    private static final int STRIDE = 11;
    /** A header is short, whoever wrote it. */
    private static final int LONGEST_HEADER = 64;

    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        EveryUpdater.classes().forEach(method -> {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                for (Kind kind : Kind.values()) {
                    cases.add(Arguments.of(method, type, kind));
                }
            }
        });
        return cases.stream();
    }

    /** NaN, an infinity, a count that is none, and one too large to count to. */
    private static double planted(int turn, DataType type) {
        return switch (Math.floorMod(turn, 4)) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> type == DataType.FLOAT ? 1e30 : 1e300;
            default -> 0x1p40;
        };
    }

    private static int first(DataType type, Kind kind) {
        return (kind == Kind.GRAPH ? 2 : 0) + (type == DataType.FLOAT ? 1 : 0);
    }

    /** One element of the state, and the layer whose it is. */
    private record StateElement(int index, int inBlock, String layer) {}

    private static List<StateElement> elements(Model model) {
        List<StateElement> elements = new ArrayList<>();
        for (UpdaterBlock block : TestNets.updater(model).getUpdaterBlocks()) {
            int start = block.getUpdaterViewOffsetStart();
            int length = block.getUpdaterViewOffsetEnd() - start;
            String layer = block.getLayersAndVariablesInBlock()
                    .get(0)
                    .getLayer()
                    .getConfig()
                    .getLayerName();
            for (int i = 0; i < length; i += i < FRONT ? 1 : STRIDE) {
                elements.add(new StateElement(start + i, i, layer));
            }
        }
        return elements;
    }

    /** The four networks of an updater share out the four values at each element. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void plantedNumber_anywhereInTheState_neverReachesAParameter(EveryUpdater method, DataType type, Kind kind) {
        DamagedNetwork damaged = new DamagedNetwork(method, type, kind, false);
        SoftAssertions softly = new SoftAssertions();
        int turn = first(type, kind);
        for (StateElement element : damaged.elements) {
            double value = planted(turn++, type);
            Outcome outcome = damaged.plant(element, value);
            softly.assertThat(outcome.complaint(element, value))
                    .as("%s at element %s of %s", value, element.inBlock, element.layer)
                    .isNull();
        }
        softly.assertAll();
    }

    /** Wherever the others survive a number that matters, strict mode throws, and says that it is the state. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void plantedNan_strictMode_throwsNamingLayerAndState(EveryUpdater method, DataType type, Kind kind) {
        DamagedNetwork damaged = new DamagedNetwork(method, type, kind, true);
        SoftAssertions softly = new SoftAssertions();
        for (int i = first(type, kind); i < damaged.elements.size(); i += 4) {
            StateElement element = damaged.elements.get(i);
            softly.assertThat(damaged.plant(element, Double.NaN).strictComplaint(element))
                    .as("NaN at element %s of %s", element.inBlock, element.layer)
                    .isNull();
        }
        softly.assertAll();
    }

    /** What three steps made of a planted number. */
    private record Outcome(
            boolean finite,
            boolean mattered,
            long events,
            @Nullable Throwable failure) {
        /** What is wrong about it in default mode; null if nothing is. */
        @Nullable
        String complaint(StateElement element, double value) {
            if (!finite) {
                return "a parameter is not finite";
            }
            if (failure != null) {
                String message = String.valueOf(failure.getMessage());
                boolean refused = failure instanceof IllegalStateException
                        && element.inBlock < LONGEST_HEADER
                        && message.contains(element.layer)
                        && message.contains("state");
                return refused ? null : failure.toString();
            }
            return mattered && !Double.isFinite(value) && events == 0
                    ? "it changed the steps and was not counted"
                    : null;
        }

        /** As much for strict mode. */
        @Nullable
        String strictComplaint(StateElement element) {
            if (!finite) {
                return "a parameter is not finite";
            }
            if (failure == null) {
                return mattered ? "it changed the steps and was not thrown" : null;
            }
            String message = String.valueOf(failure.getMessage());
            return message.contains(element.layer) && message.contains("state") ? null : "thrown as: " + message;
        }
    }

    /** A trained network that is brought back to the same moment before each number is planted. */
    private static final class DamagedNetwork {
        private final Model model;
        private final DataType type;
        private final Moment moment;
        private final List<StateElement> elements;
        private final INDArray sound;

        DamagedNetwork(EveryUpdater method, DataType type, Kind kind, boolean strict) {
            this.type = type;
            this.model = Training.model(kind, method.updater(strict, EveryUpdater.RATE), type);
            TestNets.attach(model);
            Training.fit(model, type, 0, BEFORE);
            this.moment = Moment.of(model);
            this.elements = elements(model);
            goOn();
            this.sound = model.params().dup();
            assertThat(Training.distance(sound, moment.params())).isGreaterThan(0);
        }

        private void goOn() {
            Training.fit(model, type, BEFORE, BEFORE + AFTER);
        }

        Outcome plant(StateElement element, double value) {
            moment.into(model);
            Attachment attachment = TestNets.attach(model); // with counters of its own
            Training.state(model).putScalar(element.index, value);
            Throwable failure = catchThrowable(this::goOn);
            return new Outcome(
                    Training.finite(model.params()),
                    Training.distance(model.params(), sound) != 0,
                    Training.events(attachment, element.layer),
                    failure);
        }
    }
}
