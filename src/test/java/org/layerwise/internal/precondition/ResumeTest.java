package org.layerwise.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.precondition.HandFed.Setting;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.Damping;
import org.layerwise.settings.Sides;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;

/** Inverses are derived from the view: rebuilt to the last bit when objects are new, anew when the view is another. */
class ResumeTest {
    private static final int EXAMPLES = 20;

    private final RandomMatrices random = new RandomMatrices(1);
    private final double[][] d = random.gaussian(5, 3);

    static Stream<Arguments> methods() {
        return Stream.of(DataType.FLOAT, DataType.DOUBLE)
                .flatMap(type -> Stream.of(
                                HandFed.setting(Damping.factored(0.1), 0.9, false, false),
                                HandFed.setting(Damping.exact(0.1), 0.9, false, false),
                                HandFed.setting(Damping.relativeToTrace(0.1), 0.9, false, false),
                                HandFed.ekfac(Damping.exact(0.1), 0.9))
                        .map(rules -> Arguments.of(type, rules)));
    }

    private static void absorb(HandFed fed, long seed) {
        RandomMatrices batch = new RandomMatrices(seed);
        fed.absorbExamples(batch.gaussian(EXAMPLES, 5), batch.gaussian(EXAMPLES, 3));
        fed.step++;
    }

    /** In the middle of a refresh period: the running factors have moved on since the inverse was computed. */
    private static HandFed midPeriod(DataType type, Setting rules) {
        HandFed fed = HandFed.of(type, Sides.BOTH, 5, 3, rules);
        absorb(fed, 10);
        absorb(fed, 11);
        fed.refresh();
        absorb(fed, 12);
        absorb(fed, 13);
        return fed;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void synchronize_newObjectsOverTheView_continueBitForBit(DataType type, Setting rules) {
        HandFed uninterrupted = midPeriod(type, rules);
        HandFed resumed = midPeriod(type, rules).resumed();
        assertThatArray(resumed.apply(d)).isCloseTo(Loops.scaled(10, Loops.rounded(d, type)), Tolerance.rounding(type));

        resumed.synchronize();

        assertThat(resumed.count(Event.INVERSE_REBUILT)).isEqualTo(1);
        for (long seed = 14; seed < 17; seed++) {
            assertThatArray(resumed.apply(d)).isCloseTo(uninterrupted.apply(d), Tolerance.EXACT);
            absorb(resumed, seed);
            absorb(uninterrupted, seed);
        }
        resumed.refresh();
        uninterrupted.refresh();
        assertThatArray(resumed.apply(d)).isCloseTo(uninterrupted.apply(d), Tolerance.EXACT);
        assertThatArray(resumed.view.reshape(1, resumed.view.length()))
                .isCloseTo(uninterrupted.view.reshape(1, uninterrupted.view.length()), Tolerance.EXACT);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void synchronize_nothingChanged_doesNothing(DataType type, Setting rules) {
        HandFed fed = midPeriod(type, rules);
        double[][] before = fed.apply(d);

        fed.synchronize();

        assertThatArray(fed.apply(d)).isCloseTo(before, Tolerance.EXACT);
        assertThat(fed.count(Event.INVERSE_REBUILT)).isZero();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void synchronize_anotherSnapshotInTheView_rebuildsTheInverse(DataType type, Setting rules) {
        HandFed fed = midPeriod(type, rules);
        HandFed other = HandFed.of(type, Sides.BOTH, 5, 3, rules);
        absorb(other, 20);
        other.refresh();
        fed.view.assign(other.view);

        fed.synchronize();

        assertThat(fed.count(Event.INVERSE_REBUILT)).isEqualTo(1);
        assertThatArray(fed.apply(d)).isCloseTo(other.apply(d), Tolerance.EXACT);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void synchronize_viewStartedAnew_forgetsTheInverse(DataType type, Setting rules) {
        HandFed fed = midPeriod(type, rules);
        fed.view.assign(0);

        fed.synchronize();

        assertThatArray(fed.apply(d)).isCloseTo(Loops.scaled(10, Loops.rounded(d, type)), Tolerance.rounding(type));
    }

    @Test
    void synchronize_snapshotNotFinite_fallsBackToThePlainGradient() {
        HandFed fed = midPeriod(DataType.FLOAT, HandFed.rules(Damping.factored(0.1)));
        Objects.requireNonNull(fed.state.input())
                .dense()
                .array()
                .putScalar(1, 1, Double.NaN); // snapshot diagonal element 1

        fed.synchronize();

        assertThatArray(fed.apply(d))
                .isCloseTo(Loops.scaled(10, Loops.rounded(d, DataType.FLOAT)), Tolerance.rounding(DataType.FLOAT));
        assertThat(fed.count(Event.PLAIN_GRADIENT)).isEqualTo(2);
    }

    @Test
    void absorb_squaresWithoutABasis_leaveTheScales() {
        HandFed resumed = midPeriod(DataType.DOUBLE, HandFed.ekfac(Damping.exact(0.1), 0.9))
                .resumed();
        double[][] before = Loops.of(Objects.requireNonNull(resumed.state.scales()));
        RandomMatrices batch = new RandomMatrices(30);
        resumed.batch.clear(); // a step whose statistics were taken before the new objects knew the eigenbasis
        resumed.batch.addInput(Loops.array(batch.gaussian(EXAMPLES, 5), DataType.DOUBLE, 'c'), 1.0 / EXAMPLES);
        resumed.batch.addOutput(Loops.array(batch.gaussian(EXAMPLES, 3), DataType.DOUBLE, 'c'), 1.0 / EXAMPLES);
        resumed.batch.addSquares(
                Loops.array(batch.gaussian(EXAMPLES, 5), DataType.DOUBLE, 'c'),
                Loops.array(batch.gaussian(EXAMPLES, 3), DataType.DOUBLE, 'c'),
                1.0 / EXAMPLES);
        resumed.synchronize();

        resumed.absorbBatch();

        assertThatArray(Objects.requireNonNull(resumed.state.scales())).isCloseTo(before, Tolerance.EXACT);
    }

    @Test
    void averagedViews_replicasOfOneStart_areAValidState() {
        Setting rules = HandFed.rules(Damping.factored(0.1));
        HandFed first = HandFed.of(DataType.DOUBLE, Sides.BOTH, 5, 3, rules);
        HandFed second = HandFed.of(DataType.DOUBLE, Sides.BOTH, 5, 3, rules);
        double[][] a = random.spd(5);
        double[][] b = random.spd(5);
        double[][] g = random.spd(3);
        first.absorb(a, g).refresh();
        second.absorb(b, g).refresh();
        first.view.addi(second.view).divi(2);

        first.synchronize();

        double[][] expected = HandFed.of(DataType.DOUBLE, Sides.BOTH, 5, 3, rules)
                .absorb(Loops.combine(0.5, a, 0.5, b), g)
                .refresh()
                .apply(d);
        assertThatArray(first.apply(d)).isCloseTo(expected, Tolerance.chain(DataType.DOUBLE));
    }
}
