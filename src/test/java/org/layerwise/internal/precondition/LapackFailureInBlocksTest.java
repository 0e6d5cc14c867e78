package org.layerwise.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.linalg.FailingLapack;
import org.layerwise.internal.linalg.FailingLapack.Fault;
import org.layerwise.internal.linalg.FailingLapack.Routine;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.Matrix;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.testing.Loops;
import org.layerwise.testing.MethodSteps;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * LAPACK fails on the sound factors of methods that need gradients alone. They have no damping to raise: double precision, then
 * what the block had, then the block without.
 */
class LapackFailureInBlocksTest {
    private static final int ROWS = 4;
    private static final int COLUMNS = 3;

    private final FailingLapack lapack = FailingLapack.open();

    @AfterEach
    void close() {
        lapack.close();
    }

    private enum Variant {
        SOAP,
        ESHAMPOO,
        ESHAMPOO_QR,
        SHAMPOO;

        /** Called at every refresh; SOAP builds its first basis by an eigendecomposition. */
        List<Routine> routines() {
            return this == SOAP || this == ESHAMPOO_QR ? List.of(Routine.GEQRF, Routine.ORGQR) : List.of(Routine.SYEVD);
        }

        LayerwiseUpdater<?> updater(boolean strict) {
            if (this == SHAMPOO) {
                return Shampoo.builder()
                        .statistics(Period.every(1))
                        .refresh(Period.every(1))
                        .strict(strict)
                        .build();
            }
            return Soap.builder()
                    .variant(Soap.Variant.valueOf(name()))
                    .statistics(Period.every(1))
                    .refresh(Period.every(1))
                    .strict(strict)
                    .build();
        }

        MethodSteps start(DataType type, boolean strict) {
            Matrix matrix = Matrix.contiguous("W", 0, ROWS, COLUMNS, Role.HIDDEN, 1);
            return MethodSteps.start(
                    Objects.requireNonNull(updater(strict).settings().method(matrix)), matrix, type, strict);
        }

        /** What is used of LAPACK's results: roots or bases. */
        String result() {
            return this == SHAMPOO ? ShampooLayout.ROOTS : SoapLayout.BASES;
        }

        String factors() {
            return this == SHAMPOO ? ShampooLayout.FACTORS : SoapLayout.FACTORS;
        }
    }

    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Variant variant : Variant.values()) {
            for (Routine routine : variant.routines()) {
                Fault.numerical().forEach(fault -> cases.add(Arguments.of(variant, routine, fault)));
            }
        }
        return cases.stream();
    }

    private static double[][] gradient(long seed) {
        return Loops.rounded(new RandomMatrices(seed).gaussian(ROWS, COLUMNS), DataType.FLOAT);
    }

    private static double[][] section(MethodSteps steps, String name) {
        return Loops.of(steps.state(name).reshape(1, steps.state(name).length()));
    }

    /** Steps that give a block all that it can lose. */
    private static void begin(MethodSteps steps) {
        for (int seed = 0; seed < 4; seed++) {
            steps.step(gradient(seed));
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void refresh_singlePrecisionFails_goesToDouble(Variant variant, Routine routine, Fault fault) {
        MethodSteps healthy = variant.start(DataType.FLOAT, false);
        begin(healthy);
        MethodSteps broken = variant.start(DataType.FLOAT, false);
        begin(broken);
        lapack.mend();
        lapack.fail(routine, fault, DataType.FLOAT);

        broken.step(gradient(9));

        assertThat(broken.diagnostics()).hasToString("double precision 2");
        assertThat(lapack.calls()).containsSubsequence("FLOAT " + name(routine), "DOUBLE " + name(routine));
        lapack.mend();
        healthy.step(gradient(9));
        assertThatArray(section(broken, variant.result()))
                .isCloseTo(section(healthy, variant.result()), Tolerance.chain(DataType.FLOAT));
    }

    private static String name(Routine routine) {
        return routine.name().toLowerCase(java.util.Locale.ROOT);
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void refresh_bothPrecisionsFailAfterASuccess_keepsWhatThereWas(Variant variant, Routine routine, Fault fault) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            MethodSteps steps = variant.start(type, false);
            begin(steps);
            double[][] before = section(steps, variant.result());
            lapack.fail(routine, fault);

            double[][] direction = steps.step(gradient(9));

            assertThatArray(section(steps, variant.result())).isCloseTo(before, Tolerance.EXACT);
            assertThat(Loops.dot(direction, direction)).isPositive().isFinite();
            // Shampoo counts the block, the others each of its sides.
            assertThat(steps.diagnostics()).hasToString("inverse kept " + (variant == Variant.SHAMPOO ? 1 : 2));
            lapack.mend();
            MethodSteps healthy = variant.start(type, false);
            begin(healthy);
            healthy.step(gradient(9));
            assertThatArray(section(steps, variant.factors()))
                    .as("nothing is wrong with the factors")
                    .isCloseTo(section(healthy, variant.factors()), Tolerance.EXACT);
            steps.step(gradient(10));
            assertThat(Arrays.deepEquals(section(steps, variant.result()), before))
                    .as("still kept")
                    .isFalse();
        }
    }

    /** What a block does without: SOAP is Adam unrotated, Shampoo steps by its graft. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void refresh_failingFromTheStart_stepsWithout(Variant variant, Routine routine, Fault fault) {
        lapack.fail(routine, fault).fail(Routine.SYEVD, fault);
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            MethodSteps steps = variant.start(type, false);

            for (int seed = 0; seed < 4; seed++) {
                double[][] direction = steps.step(gradient(seed));
                assertThat(Loops.dot(direction, direction)).isFinite();
                boolean first = variant == Variant.SOAP && seed == 0; // builds the basis and does not move
                assertThat(Loops.dot(direction, gradient(seed))).isGreaterThanOrEqualTo(first ? 0 : Double.MIN_NORMAL);
            }

            Event event = switch (variant) {
                case SOAP -> Event.NOT_ROTATED;
                case ESHAMPOO, ESHAMPOO_QR -> Event.INVERSE_KEPT;
                case SHAMPOO -> Event.PLAIN_GRADIENT;
            };
            assertThat(steps.diagnostics().count(event)).as("%s", event).isPositive();
            assertThat(steps.diagnostics().count(Event.STATE_RESET)).isZero();
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void refresh_strictMode_throwsAtOnceNamingEverything(Variant variant, Routine routine, Fault fault) {
        MethodSteps steps = variant.start(DataType.FLOAT, true);
        begin(steps);
        lapack.mend();
        lapack.fail(routine, fault);

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> steps.step(gradient(9)))
                .withMessageContaining(MethodSteps.PLACE)
                .withMessageContaining(fault == Fault.NAN ? "NaN" : routine.words())
                .withMessageNotContaining("damping") // which these methods have not
                .withMessageContaining(fault.code())
                .satisfies(e -> assertThat(e.reason()).isEqualTo(fault.reason(routine)));
        assertThat(lapack.calls()).as("no remedy was tried").allMatch(call -> call.startsWith("FLOAT"));
        assertThat(steps.diagnostics()).hasToString("no failures");
    }
}
