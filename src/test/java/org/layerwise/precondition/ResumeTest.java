package org.layerwise.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.curvature.Damping;
import org.layerwise.curvature.Sides;
import org.layerwise.precondition.Diagnostics.Event;
import org.layerwise.precondition.KroneckerPreconditioner.Rules;
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
                                new Rules(Damping.factored(0.1), 0.9, false, false),
                                new Rules(Damping.exact(0.1), 0.9, false, false),
                                new Rules(Damping.relativeToTrace(0.1), 0.9, false, false),
                                Rig.ekfac(Damping.exact(0.1), 0.9))
                        .map(rules -> Arguments.of(type, rules)));
    }

    private static void absorb(Rig rig, long seed) {
        RandomMatrices batch = new RandomMatrices(seed);
        rig.absorbExamples(batch.gaussian(EXAMPLES, 5), batch.gaussian(EXAMPLES, 3));
        rig.state.advance();
    }

    /** In the middle of a refresh period: the running factors have moved on since the inverse was computed. */
    private static Rig midPeriod(DataType type, Rules rules) {
        Rig rig = Rig.of(type, Sides.BOTH, 5, 3, rules);
        absorb(rig, 10);
        absorb(rig, 11);
        rig.refresh();
        absorb(rig, 12);
        absorb(rig, 13);
        return rig;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void synchronize_newObjectsOverTheView_continueBitForBit(DataType type, Rules rules) {
        Rig uninterrupted = midPeriod(type, rules);
        Rig resumed = midPeriod(type, rules).resumed();
        assertThatArray(resumed.apply(d)).isCloseTo(Loops.scaled(10, Loops.rounded(d, type)), Tolerance.rounding(type));

        resumed.preconditioner.synchronize(resumed.batch);

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
    void synchronize_nothingChanged_doesNothing(DataType type, Rules rules) {
        Rig rig = midPeriod(type, rules);
        double[][] before = rig.apply(d);

        rig.preconditioner.synchronize(rig.batch);

        assertThatArray(rig.apply(d)).isCloseTo(before, Tolerance.EXACT);
        assertThat(rig.count(Event.INVERSE_REBUILT)).isZero();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void synchronize_anotherSnapshotInTheView_rebuildsTheInverse(DataType type, Rules rules) {
        Rig rig = midPeriod(type, rules);
        Rig other = Rig.of(type, Sides.BOTH, 5, 3, rules);
        absorb(other, 20);
        other.refresh();
        rig.view.assign(other.view);

        rig.preconditioner.synchronize(rig.batch);

        assertThat(rig.count(Event.INVERSE_REBUILT)).isEqualTo(1);
        assertThatArray(rig.apply(d)).isCloseTo(other.apply(d), Tolerance.EXACT);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void synchronize_viewStartedAnew_forgetsTheInverse(DataType type, Rules rules) {
        Rig rig = midPeriod(type, rules);
        new KroneckerState(rig.kernels, rig.contents, rig.view, true);

        rig.preconditioner.synchronize(rig.batch);

        assertThatArray(rig.apply(d)).isCloseTo(Loops.scaled(10, Loops.rounded(d, type)), Tolerance.rounding(type));
    }

    @Test
    void synchronize_snapshotNotFinite_fallsBackToThePlainGradient() {
        Rig rig = midPeriod(DataType.FLOAT, Rig.rules(Damping.factored(0.1)));
        Objects.requireNonNull(rig.state.input()).array().putScalar(1, 1, Double.NaN); // snapshot diagonal element 1

        rig.preconditioner.synchronize(rig.batch);

        assertThatArray(rig.apply(d))
                .isCloseTo(Loops.scaled(10, Loops.rounded(d, DataType.FLOAT)), Tolerance.rounding(DataType.FLOAT));
        assertThat(rig.count(Event.PLAIN_GRADIENT)).isEqualTo(2);
    }

    @Test
    void absorb_squaresWithoutABasis_leaveTheScales() {
        Rig resumed =
                midPeriod(DataType.DOUBLE, Rig.ekfac(Damping.exact(0.1), 0.9)).resumed();
        double[][] before = Loops.of(Objects.requireNonNull(resumed.state.scales()));
        RandomMatrices batch = new RandomMatrices(30);
        resumed.batch.clear(); // a step whose statistics were taken before the new objects knew the eigenbasis
        resumed.batch.addInput(Loops.array(batch.gaussian(EXAMPLES, 5), DataType.DOUBLE, 'c'), 1.0 / EXAMPLES);
        resumed.batch.addOutput(Loops.array(batch.gaussian(EXAMPLES, 3), DataType.DOUBLE, 'c'), 1.0 / EXAMPLES);
        resumed.batch.addSquares(
                Loops.array(batch.gaussian(EXAMPLES, 5), DataType.DOUBLE, 'c'),
                Loops.array(batch.gaussian(EXAMPLES, 3), DataType.DOUBLE, 'c'),
                1.0 / EXAMPLES);
        resumed.preconditioner.synchronize(resumed.batch);

        resumed.preconditioner.absorb(resumed.batch);

        assertThatArray(Objects.requireNonNull(resumed.state.scales())).isCloseTo(before, Tolerance.EXACT);
    }

    @Test
    void averagedViews_replicasOfOneStart_areAValidState() {
        Rules rules = new Rules(Damping.factored(0.1), 0, false, false);
        Rig first = Rig.of(DataType.DOUBLE, Sides.BOTH, 5, 3, rules);
        Rig second = Rig.of(DataType.DOUBLE, Sides.BOTH, 5, 3, rules);
        double[][] a = random.spd(5);
        double[][] b = random.spd(5);
        double[][] g = random.spd(3);
        first.absorb(a, g).refresh();
        second.absorb(b, g).refresh();
        first.view.addi(second.view).divi(2);

        first.state.requireValid(Rig.LAYER);
        first.preconditioner.synchronize(first.batch);

        double[][] expected = Rig.of(DataType.DOUBLE, Sides.BOTH, 5, 3, rules)
                .absorb(Loops.combine(0.5, a, 0.5, b), g)
                .refresh()
                .apply(d);
        assertThatArray(first.apply(d)).isCloseTo(expected, Tolerance.chain(DataType.DOUBLE));
    }
}
