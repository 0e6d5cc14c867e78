package org.layerwise.internal.linalg;

import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.mockingDetails;
import static org.mockito.Mockito.reset;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.layerwise.settings.NumericalException.Reason;
import org.mockito.MockedStatic;
import org.mockito.invocation.Invocation;
import org.mockito.stubbing.Answer;
import org.mockito.stubbing.Stubber;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * LAPACK whose routines fail as they are told to, on the thread that opens it; everything else is computed. The routines
 * themselves are native, which Mockito cannot replace: the seam is {@link Blas}, which has a method for each.
 */
public final class FailingLapack implements AutoCloseable {
    /** Every routine with a status code that we call. */
    public enum Routine {
        POTRF("Cholesky factorisation", Reason.NOT_POSITIVE_DEFINITE),
        POTRI("inversion from the Cholesky factor", Reason.NOT_POSITIVE_DEFINITE),
        POTRS("Cholesky solve", Reason.NOT_POSITIVE_DEFINITE),
        /** LAPACK defines no positive code of the QR factorisation. */
        GEQRF("QR factorisation", Reason.NOT_FINITE),
        ORGQR("basis from the QR factorisation", Reason.NOT_FINITE),
        SYEVD("symmetric eigendecomposition", Reason.NO_CONVERGENCE);

        private final String words;
        private final Reason whenPositive;

        Routine(String words, Reason whenPositive) {
            this.words = words;
            this.whenPositive = whenPositive;
        }

        /** What messages call it. */
        public String words() {
            return words;
        }

        private String method() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The call to be stubbed. */
        private int call(Blas blas) {
            return switch (this) {
                case POTRF -> blas.potrf(anyInt(), any());
                case POTRI -> blas.potri(anyInt(), any());
                case POTRS -> blas.potrs(anyInt(), anyInt(), any(), any());
                case GEQRF -> blas.geqrf(anyInt(), any(), anyInt(), any());
                case ORGQR -> blas.orgqr(anyInt(), any(), anyInt(), any());
                case SYEVD -> blas.syevd(anyInt(), any(), any());
            };
        }

        /** Breaks one element of the result: the last of the diagonal, or of the right-hand sides. */
        private void plantNan(Invocation call) {
            int n = call.getArgument(0);
            int leading = this == GEQRF || this == ORGQR ? call.getArgument(2) : n;
            Pointer result = call.getArgument(this == POTRS ? 3 : 1);
            long last = this == POTRS ? (long) n * (int) call.getArgument(1) - 1 : (n - 1L) * (leading + 1L);
            if (result instanceof FloatPointer floats) {
                floats.put(last, Float.NaN);
            } else {
                ((DoublePointer) result).put(last, Double.NaN);
            }
        }
    }

    /** How a routine fails. */
    public enum Fault {
        /** Not positive definite, or not converged. */
        POSITIVE(2),
        /** An illegal argument: LAPACKE's answer to NaN in a matrix. */
        ILLEGAL(-4),
        /** A result with a NaN, reported as a success. */
        NAN(0),
        OUT_OF_MEMORY(-1010);

        private final int info;

        Fault(int info) {
            this.info = info;
        }

        /** The reason that a failed routine is reported with. */
        public Reason reason(Routine routine) {
            return this == POSITIVE ? routine.whenPositive : Reason.NOT_FINITE;
        }

        /** What a message says of the failure: the code, or the NaN. */
        public String code() {
            return this == NAN ? "NaN" : "info " + info;
        }

        /** All that numbers can cause. */
        public static Stream<Fault> numerical() {
            return Stream.of(POSITIVE, ILLEGAL, NAN);
        }
    }

    private final Map<DataType, Blas> real = new EnumMap<>(DataType.class);
    private final Map<DataType, Blas> mocks = new EnumMap<>(DataType.class);
    private final MockedStatic<Blas> lookup;

    private FailingLapack() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            real.put(type, Blas.of(type));
            mocks.put(type, mock(Blas.class, delegatesTo(Blas.of(type))));
        }
        lookup = mockStatic(Blas.class, CALLS_REAL_METHODS);
        mocks.forEach((type, blas) -> lookup.when(() -> Blas.of(type)).thenReturn(blas));
    }

    /** Puts itself between the kernels and LAPACK; nothing fails yet. Closing takes it away. */
    public static FailingLapack open() {
        return new FailingLapack();
    }

    /** Has a routine fail from now on, in both precisions. */
    public FailingLapack fail(Routine routine, Fault fault) {
        return fail(routine, fault, DataType.FLOAT).fail(routine, fault, DataType.DOUBLE);
    }

    /** Has a routine fail from now on, in one precision. */
    public FailingLapack fail(Routine routine, Fault fault, DataType type) {
        stub(doAnswer(answer(routine, fault, type)), routine, type);
        return this;
    }

    /** Has a routine fail at its next calls in one precision, and then no more. */
    public FailingLapack fail(Routine routine, Fault fault, DataType type, int times) {
        Stubber failures = doAnswer(answer(routine, fault, type));
        for (int i = 1; i < times; i++) {
            failures = failures.doAnswer(answer(routine, fault, type));
        }
        stub(failures.doAnswer(delegatesTo(blas(real, type))), routine, type);
        return this;
    }

    private void stub(Stubber answers, Routine routine, DataType type) {
        int unused = routine.call(answers.when(blas(mocks, type)));
    }

    private Answer<?> answer(Routine routine, Fault fault, DataType type) {
        return call -> {
            if (fault == Fault.NAN) {
                Object info = delegatesTo(blas(real, type)).answer(call);
                routine.plantNan((Invocation) call);
                return info;
            }
            return fault.info;
        };
    }

    private static Blas blas(Map<DataType, Blas> from, DataType type) {
        return Objects.requireNonNull(from.get(type));
    }

    /** Everything is computed again, and no call counts. */
    public void mend() {
        mocks.values().forEach(blas -> reset(blas));
    }

    /** The routines called so far, in order, such as "FLOAT potrf". */
    public List<String> calls() {
        return mocks.entrySet().stream()
                .flatMap(entry -> mockingDetails(entry.getValue()).getInvocations().stream()
                        .map(call -> new Call(entry.getKey(), call)))
                .filter(Call::isLapack)
                .sorted(Comparator.comparingInt(call -> call.made.getSequenceNumber()))
                .map(Call::toString)
                .toList();
    }

    private record Call(DataType type, Invocation made) {
        boolean isLapack() {
            return Stream.of(Routine.values())
                    .anyMatch(
                            routine -> routine.method().equals(made.getMethod().getName()));
        }

        @Override
        public String toString() {
            return type + " " + made.getMethod().getName();
        }
    }

    @Override
    public void close() {
        if (!lookup.isClosed()) {
            lookup.close();
        }
    }
}
