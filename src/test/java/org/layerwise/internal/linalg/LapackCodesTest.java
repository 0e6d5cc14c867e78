package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.layerwise.testing.ArrayAssert.assertThatArray;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.linalg.FailingLapack.Fault;
import org.layerwise.internal.linalg.FailingLapack.Routine;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.linalg.SelfTest.Outcome;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.testing.CapturedLog;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What becomes of LAPACK's status codes, and of results that are no numbers, in both kernels and both precisions. */
class LapackCodesTest {
    private static final int N = 4;

    private final FailingLapack lapack = FailingLapack.open();

    @AfterEach
    void close() {
        lapack.close();
    }

    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        KernelCase.all().forEach(kernels -> {
            for (Routine routine : Routine.values()) {
                Fault.numerical().forEach(fault -> cases.add(Arguments.of(kernels, routine, fault)));
            }
        });
        return cases.stream();
    }

    /** What calls a routine, on a sound matrix. */
    private static void run(Routine routine, KernelCase test) {
        INDArray a = Loops.array(new RandomMatrices(1).spd(N), test.type(), 'f');
        switch (routine) {
            case POTRF, POTRI -> test.kernels().invert(a);
            case POTRS -> Cholesky.factor(a).inverse();
            case GEQRF, ORGQR -> test.kernels().orthonormalize(Block.of(a));
            case SYEVD -> test.kernels().eigen(a, Nd4j.create(test.type(), N));
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void routine_failing_isSignalledWithReasonRoutineCodeAndSize(KernelCase test, Routine routine, Fault fault) {
        lapack.fail(routine, fault, test.type());

        // The factor with the NaN is refused by the routine that reads it next.
        boolean readNext = fault == Fault.NAN && (routine == Routine.POTRF || routine == Routine.GEQRF);
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> run(routine, test))
                .withMessageContaining(
                        readNext ? routine == Routine.POTRF ? Routine.POTRI.words() : Routine.ORGQR.words() : "")
                .withMessageContaining(fault == Fault.NAN ? "NaN" : routine.words())
                .withMessageContaining(fault.code())
                .withMessageContaining("4 by 4")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(fault.reason(routine)));
        lapack.mend();
        run(routine, test);
    }

    @ParameterizedTest
    @EnumSource
    void routine_outOfMemory_isNoFailureOfNumbers(Routine routine) {
        lapack.fail(routine, Fault.OUT_OF_MEMORY);
        KernelCase.all()
                .forEach(test -> assertThatExceptionOfType(OutOfMemoryError.class)
                        .as("%s", test)
                        .isThrownBy(() -> run(routine, test))
                        .withMessageContaining(routine.words())
                        .withMessageContaining("4 by 4"));
    }

    @ParameterizedTest
    @EnumSource(names = {"POSITIVE", "ILLEGAL", "NAN"})
    void symmetricEigen_failing_leavesItsArgument(Fault fault) {
        double[][] a = new RandomMatrices(2).spd(N);
        INDArray array = Loops.array(a, DataType.DOUBLE, 'f');
        lapack.fail(Routine.SYEVD, fault);

        assertThatExceptionOfType(NumericalException.class).isThrownBy(() -> SymmetricEigen.of(array));
        assertThatArray(array).isCloseTo(a, Tolerance.EXACT);
    }

    @ParameterizedTest
    @EnumSource(names = {"POSITIVE", "ILLEGAL"})
    void cholesky_failing_isSignalledWhereItFactors(Fault fault) {
        lapack.fail(Routine.POTRF, fault);
        INDArray a = Loops.array(Loops.identity(N), DataType.DOUBLE, 'f');

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> Cholesky.factor(a))
                .withMessageContaining(fault.code())
                .satisfies(e -> assertThat(e.reason()).isEqualTo(fault.reason(Routine.POTRF)));
    }

    /** The smallest eigenvalue and the vectors are sound. */
    @Test
    void eigen_nanAmongTheEigenvalues_isSignalled() {
        Blas blas = mock(Blas.class, delegatesTo(FloatBlas.INSTANCE));
        doReturn(0).when(blas).syevd(anyInt(), any(), any());
        try (FloatPointer a = new FloatPointer(1, 0, 0, 1);
                FloatPointer w = new FloatPointer(1, Float.NaN)) {
            assertThatExceptionOfType(NumericalException.class)
                    .isThrownBy(() -> Lapack.eigen(blas, 2, a, w))
                    .withMessageContaining("2 by 2")
                    .withMessageContaining("NaN")
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FINITE));
        }
    }

    /** Which results of the self-test a routine has part in. */
    private static List<String> tested(Routine routine) {
        return switch (routine) {
            case POTRF -> List.of("Cholesky inverse", "triangular solve");
            case POTRI -> List.of("Cholesky inverse");
            case POTRS -> List.of("triangular solve");
            case GEQRF, ORGQR -> List.of("QR factorisation");
            case SYEVD -> List.of("eigendecomposition");
        };
    }

    private static Stream<Arguments> routinesAndFaults() {
        return Stream.of(Routine.values())
                .flatMap(routine -> Stream.of(Fault.values()).map(fault -> Arguments.of(routine, fault)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("routinesAndFaults")
    void selfTest_failingRoutine_failsWhatUsesItAndNothingElse(Routine routine, Fault fault) {
        lapack.fail(routine, fault, DataType.DOUBLE);

        assertThat(SelfTest.run())
                .allSatisfy(outcome -> assertThat(outcome.passed())
                        .as("%s", outcome)
                        .isNotEqualTo(outcome.type() == DataType.DOUBLE
                                && tested(routine).contains(outcome.routine())));
    }

    @Test
    void report_failingRoutine_warnsNamingIt() {
        lapack.fail(Routine.SYEVD, Fault.POSITIVE);
        try (CapturedLog log = CapturedLog.open()) {
            assertThat(Environment.report()).contains("self-test FAILED", "eigendecomposition of order 64");
            assertThat(log.warnings("WRONG results")).hasSize(1);
        }
        assertThat(SelfTest.run()).filteredOn(Outcome::passed).isNotEmpty();
    }

    @Test
    void close_anyFault_leavesNoTrace() {
        lapack.fail(Routine.SYEVD, Fault.POSITIVE).close();
        assertThat(Blas.of(DataType.FLOAT)).isSameAs(FloatBlas.INSTANCE);
        assertThat(SelfTest.run()).allMatch(Outcome::passed);
    }
}
