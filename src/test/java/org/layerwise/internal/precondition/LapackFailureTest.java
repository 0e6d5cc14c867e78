package org.layerwise.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.linalg.FailingLapack;
import org.layerwise.internal.linalg.FailingLapack.Fault;
import org.layerwise.internal.linalg.FailingLapack.Routine;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.Damping;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.Sides;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;

/** LAPACK fails on sound Kronecker factors: the remedies in their order, what is counted, and what is thrown. */
class LapackFailureTest {
    private static final DataType TYPE = DataType.FLOAT;
    private static final double LAMBDA = .1;
    /** Without inverse D is divided by the scale, 0.1. */
    private static final double PLAIN = 10;

    private final FailingLapack lapack = FailingLapack.open();
    private final double[][] a = new RandomMatrices(1).spd(4);
    private final double[][] g = new RandomMatrices(2).spd(3);
    private final double[][] d = Loops.rounded(new RandomMatrices(3).gaussian(4, 3), TYPE);

    @AfterEach
    void close() {
        lapack.close();
    }

    /** The three inverses. */
    private enum Inverse {
        FACTORED(Damping.factored(LAMBDA), false),
        EXACT(Damping.exact(LAMBDA), false),
        EIGENVALUE_CORRECTED(Damping.exact(LAMBDA), true);

        private final Damping damping;
        private final boolean corrected;

        Inverse(Damping damping, boolean corrected) {
            this.damping = damping;
            this.corrected = corrected;
        }

        List<Routine> routines() {
            return this == FACTORED ? List.of(Routine.POTRF, Routine.POTRI) : List.of(Routine.SYEVD);
        }

        HandFed start(DataType type, boolean strict) {
            return HandFed.of(type, Sides.BOTH, 4, 3, HandFed.setting(damping, 0, corrected, strict));
        }
    }

    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Inverse inverse : Inverse.values()) {
            for (Routine routine : inverse.routines()) {
                Fault.numerical().forEach(fault -> cases.add(Arguments.of(inverse, routine, fault)));
            }
        }
        return cases.stream();
    }

    private double[][] healthy(Inverse inverse) {
        return inverse.start(TYPE, false).absorb(a, g).refresh().apply(d);
    }

    /** One factor's calls: so many attempts in single precision, the last one in the precision given. */
    private static List<String> attempts(Inverse inverse, Routine failing, int inFloat, DataType last) {
        List<String> attempt =
                inverse == Inverse.FACTORED ? List.of("FLOAT potrf", "FLOAT potri") : List.of("FLOAT syevd");
        List<String> calls = new ArrayList<>();
        for (int i = 0; i < inFloat; i++) {
            calls.addAll(failing == Routine.POTRF ? attempt.subList(0, 1) : attempt);
        }
        attempt.forEach(call -> calls.add(call.replace("FLOAT", last.name())));
        return calls;
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void refresh_singlePrecisionFails_raisesTheDampingThenGoesToDouble(Inverse inverse, Routine routine, Fault fault) {
        double[][] expected = healthy(inverse);
        lapack.mend();
        lapack.fail(routine, fault, DataType.FLOAT);

        HandFed fed = inverse.start(TYPE, false).absorb(a, g).refresh();

        // A NaN in the factor is found by potri, which is then called.
        Routine found = fault == Fault.NAN && routine == Routine.POTRF ? Routine.POTRI : routine;
        List<String> factor = attempts(inverse, found, inverse == Inverse.FACTORED ? 4 : 1, DataType.DOUBLE);
        List<String> both = new ArrayList<>(factor);
        both.addAll(factor);
        assertThat(lapack.calls()).isEqualTo(both);
        assertThatArray(fed.apply(d)).isCloseTo(expected, Tolerance.chain(TYPE));
        assertThat(fed.diagnostics).hasToString("double precision 2");
    }

    private static Stream<Arguments> damped() {
        return cases().filter(each -> each.get()[0] == Inverse.FACTORED);
    }

    /** The others need no damping to be computed. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("damped")
    void refresh_failsTwice_raisesTheDampingTwice(Inverse factored, Routine routine, Fault fault) {
        lapack.fail(routine, fault, DataType.FLOAT, 2);

        HandFed fed = factored.start(TYPE, false).absorb(a, g).refresh();

        assertThat(fed.diagnostics).hasToString("damping raised 1");
        double[][] raised = Loops.inverse(Loops.damped(a, 100 * amount(a, g)));
        double[][] output = Loops.inverse(Loops.damped(g, amount(g, a)));
        assertThatArray(fed.apply(d))
                .isCloseTo(Loops.multiply(Loops.multiply(raised, d), output), Tolerance.chain(TYPE));
    }

    /** Factored Tikhonov damping of one side, sqrt(lambda) times the ratio of mean eigenvalues. */
    private static double amount(double[][] own, double[][] other) {
        double ratio = (Loops.trace(own) / own.length) / (Loops.trace(other) / other.length);
        return Math.sqrt(LAMBDA * ratio);
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void refresh_bothPrecisionsFailAfterASuccess_keepsTheInverseBitForBit(
            Inverse inverse, Routine routine, Fault fault) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            HandFed fed = inverse.start(type, false).absorb(a, g).refresh();
            double[][] before = fed.apply(d);
            fed.absorb(Loops.scaled(9, a), Loops.scaled(4, g));
            lapack.fail(routine, fault);

            fed.refresh();

            assertThatArray(fed.apply(d)).isCloseTo(before, Tolerance.EXACT);
            assertThat(fed.diagnostics).hasToString("inverse kept 1");
            fed.synchronize();
            assertThatArray(fed.apply(d)).as("after synchronizing").isCloseTo(before, Tolerance.EXACT);
            lapack.mend();
            HandFed fresh = inverse.start(type, false)
                    .absorb(Loops.scaled(9, a), Loops.scaled(4, g))
                    .refresh();
            assertThatArray(fed.refresh().apply(d))
                    .as("the factors were never lost")
                    .isCloseTo(fresh.apply(d), Tolerance.EXACT);
            lapack.mend();
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void refresh_bothPrecisionsFailFromTheStart_usesThePlainGradient(Inverse inverse, Routine routine, Fault fault) {
        lapack.fail(routine, fault);
        HandFed fed = inverse.start(TYPE, false).absorb(a, g).refresh();

        assertThatArray(fed.apply(d)).isCloseTo(Loops.scaled(PLAIN, d), Tolerance.rounding(TYPE));
        assertThat(fed.diagnostics).hasToString("plain gradient 2"); // the refresh and the step
        lapack.mend();
        double[][] expected = healthy(inverse);
        assertThatArray(fed.refresh().apply(d)).as("recovered").isCloseTo(expected, Tolerance.EXACT);
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void refresh_strictMode_throwsAtOnceNamingEverything(Inverse inverse, Routine routine, Fault fault) {
        HandFed fed = inverse.start(TYPE, true).absorb(a, g);
        lapack.fail(routine, fault);

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(fed::refresh)
                .withMessageContaining("input factor of layer " + HandFed.LAYER)
                .withMessageContaining("4 by 4")
                .withMessageContaining(fault == Fault.NAN ? "NaN" : routine.words())
                .withMessageContaining(fault.code())
                .withMessageContaining("Raise the damping")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(fault.reason(routine)));
        assertThat(lapack.calls()).as("no remedy was tried").doesNotHaveDuplicates();
        assertThat(fed.diagnostics).hasToString("no failures");
    }

    /** The one that was thrown at first names the factor; what double precision said goes with it. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void policy_everyRemedyFails_throwsTheFirstFailure(Inverse inverse, Routine routine, Fault fault) {
        HandFed fed = inverse.start(TYPE, false).absorb(a, g);
        CurvatureInverse own = inverse == Inverse.FACTORED
                ? new FactoredInverse(Kernels.forBackend(), fed.state, inverse.damping)
                : new EigenbasisInverse(Kernels.forBackend(), fed.state, inverse.damping);
        lapack.fail(routine, fault, DataType.FLOAT).fail(routine, Fault.ILLEGAL, DataType.DOUBLE);

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> own.compute(false, fed))
                .withMessageContaining("input factor of layer " + HandFed.LAYER)
                .withMessageContaining(fault.code())
                .satisfies(e -> assertThat(e.reason()).isEqualTo(fault.reason(routine)))
                .satisfies(e -> assertThat(List.of(e.getSuppressed()))
                        .extracting(Throwable::getMessage)
                        .anyMatch(message -> message.contains(Fault.ILLEGAL.code())));
    }

    /** A state that was loaded has no inverse to keep; every step tries anew. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void resume_failing_usesThePlainGradientUntilItSucceeds(Inverse inverse, Routine routine, Fault fault) {
        HandFed fed = inverse.start(TYPE, false).absorb(a, g).refresh();
        double[][] before = fed.apply(d);
        lapack.fail(routine, fault);
        HandFed resumed = fed.resumed();

        resumed.synchronize();

        assertThatArray(resumed.apply(d)).isCloseTo(Loops.scaled(PLAIN, d), Tolerance.rounding(TYPE));
        assertThat(resumed.diagnostics).hasToString("plain gradient 2");
        lapack.mend();
        resumed.synchronize();
        assertThatArray(resumed.apply(d)).isCloseTo(before, Tolerance.EXACT);
        assertThat(resumed.count(Event.INVERSE_REBUILT)).isEqualTo(1);
    }

    @Test
    void refresh_outOfMemory_isNoNumericalFailure() {
        for (Inverse inverse : Inverse.values()) {
            HandFed fed = inverse.start(TYPE, false).absorb(a, g);
            lapack.fail(inverse.routines().get(0), Fault.OUT_OF_MEMORY);

            assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(fed::refresh);
            assertThat(fed.diagnostics).hasToString("no failures");
            lapack.mend();
            assertThatArray(fed.refresh().apply(d)).isCloseTo(healthy(inverse), Tolerance.EXACT);
            lapack.mend();
        }
    }

    @Test
    void refresh_healthy_callsEachRoutineOnce() {
        healthy(Inverse.FACTORED);
        assertThat(lapack.calls()).isEqualTo(List.of("FLOAT potrf", "FLOAT potri", "FLOAT potrf", "FLOAT potri"));
        lapack.mend();
        healthy(Inverse.EXACT);
        assertThat(lapack.calls()).isEqualTo(Collections.nCopies(2, "FLOAT syevd"));
    }
}
