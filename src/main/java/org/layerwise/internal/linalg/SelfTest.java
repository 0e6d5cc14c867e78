package org.layerwise.internal.linalg;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Small problems with known answers for the LAPACK that is on the class path: OpenBLAS 0.3.19 takes Cholesky factors,
 * triangular solves and eigenvectors wrong in double precision where it uses its AVX-512 kernels. Residuals are computed
 * here, not by the library under test.
 */
final class SelfTest {
    /** Above the sizes that kernels treat apart; the second leaves a remainder at every width of vectors. */
    private static final int[] ORDERS = {64, 101};

    /** Condition number 361: rounding alone stays a factor of hundred below these. */
    private static final double CORRELATION = 0.9;

    private static final double FLOAT_TOLERANCE = 1e-2;
    private static final double DOUBLE_TOLERANCE = 1e-9;

    /** Multiplications of this order are left to one thread by OpenBLAS. */
    private static final int SPEED_ORDER = 64;

    private static final int SPEED_REPEATS = 200;

    private final Blas blas;
    private final DataType type;
    private final int n;
    private final double[] matrix;

    private SelfTest(DataType type, int n) {
        this.blas = Blas.of(type);
        this.type = type;
        this.n = n;
        matrix = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                matrix[i + j * n] = Math.pow(CORRELATION, Math.abs(i - j));
            }
        }
    }

    /** What a routine's answer lacks; {@code residual} is infinite where the routine itself reports a failure. */
    record Outcome(String routine, int order, DataType type, double residual) {
        boolean passed() {
            return residual <= (type == DataType.FLOAT ? FLOAT_TOLERANCE : DOUBLE_TOLERANCE); // NaN fails
        }

        @Override
        public String toString() {
            return String.format("%s of order %s in %s: residual %.1e", routine, order, type, residual);
        }
    }

    /** Runs all problems: some milliseconds. */
    static List<Outcome> run() {
        List<Outcome> outcomes = new ArrayList<>();
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            for (int n : ORDERS) {
                SelfTest problem = new SelfTest(type, n);
                outcomes.add(problem.outcome("Cholesky inverse", problem.inverse()));
                outcomes.add(problem.outcome("triangular solve", problem.solve()));
                outcomes.add(problem.outcome("eigendecomposition", problem.eigen()));
                outcomes.add(problem.outcome("QR factorisation", problem.orthonormal()));
            }
        }
        return outcomes;
    }

    private Outcome outcome(String routine, double residual) {
        return new Outcome(routine, n, type, residual);
    }

    /** Largest entry of A A^-1 - I. */
    private double inverse() {
        try (Pointer a = host(matrix)) {
            if (blas.potrf(n, a) != 0 || blas.potri(n, a) != 0) {
                return Double.POSITIVE_INFINITY;
            }
            double[] inverse = read(a, n * n);
            for (int j = 0; j < n; j++) {
                for (int i = j + 1; i < n; i++) {
                    inverse[i + j * n] = inverse[j + i * n]; // the upper triangle alone is computed
                }
            }
            return deviation(matrix, inverse, identity());
        }
    }

    /** Largest entry of A X - I, X from the factor of A. */
    private double solve() {
        try (Pointer a = host(matrix);
                Pointer x = host(identity())) {
            if (blas.potrf(n, a) != 0 || blas.potrs(n, n, a, x) != 0) {
                return Double.POSITIVE_INFINITY;
            }
            return deviation(matrix, read(x, n * n), identity());
        }
    }

    /** Largest entry of A V - V diag(w) and V'V - I. */
    private double eigen() {
        try (Pointer a = host(matrix);
                Pointer w = host(new double[n])) {
            if (blas.syevd(n, a, w) != 0) {
                return Double.POSITIVE_INFINITY;
            }
            double[] vectors = read(a, n * n);
            double[] values = read(w, n);
            double[] scaled = new double[n * n];
            for (int k = 0; k < n * n; k++) {
                scaled[k] = vectors[k] * values[k / n];
            }
            double equation = deviation(matrix, vectors, scaled);
            return Math.max(equation, deviation(transposed(vectors), vectors, identity()));
        }
    }

    /** Largest entry of Q'Q - I. */
    private double orthonormal() {
        try (Pointer a = host(matrix);
                Pointer tau = blas.allocate(n)) {
            if (blas.geqrf(n, a, n, tau) != 0 || blas.orgqr(n, a, n, tau) != 0) {
                return Double.POSITIVE_INFINITY;
            }
            double[] q = read(a, n * n);
            return deviation(transposed(q), q, identity());
        }
    }

    private double[] identity() {
        double[] eye = new double[n * n];
        for (int i = 0; i < n; i++) {
            eye[i * (n + 1)] = 1;
        }
        return eye;
    }

    private double[] transposed(double[] a) {
        double[] t = new double[n * n];
        for (int k = 0; k < n * n; k++) {
            t[k] = a[k / n + k % n * n];
        }
        return t;
    }

    /** Largest entry of |A B - C|; NaN where there is one. */
    private double deviation(double[] a, double[] b, double[] c) {
        double largest = 0;
        double[] column = new double[n];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                column[i] = -c[i + j * n];
            }
            for (int k = 0; k < n; k++) {
                double factor = b[k + j * n];
                for (int i = 0; i < n; i++) {
                    column[i] += a[i + k * n] * factor;
                }
            }
            for (double entry : column) {
                largest = Math.max(largest, Math.abs(entry));
            }
        }
        return largest;
    }

    private Pointer host(double[] values) {
        if (type == DataType.DOUBLE) {
            return new DoublePointer(values);
        }
        float[] narrowed = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrowed[i] = (float) values[i];
        }
        return new FloatPointer(narrowed);
    }

    private double[] read(Pointer host, int count) {
        double[] values = new double[count];
        if (type == DataType.DOUBLE) {
            new DoublePointer(host).get(values);
            return values;
        }
        FloatPointer floats = new FloatPointer(host);
        for (int i = 0; i < count; i++) {
            values[i] = floats.get(i);
        }
        return values;
    }

    /** Single-precision matrix multiplication by one thread, the best of many short runs: GFLOP/s. */
    static double gemmRate() {
        int n = SPEED_ORDER;
        long best = Long.MAX_VALUE;
        try (FloatPointer a = new FloatPointer(new float[n * n]);
                FloatPointer b = new FloatPointer(new float[n * n]);
                FloatPointer c = new FloatPointer(new float[n * n])) {
            for (int i = 0; i < SPEED_REPEATS; i++) {
                long start = System.nanoTime();
                cblas_sgemm(Blas.COLUMN_MAJOR, Blas.NO_TRANSPOSE, Blas.NO_TRANSPOSE, n, n, n, 1, a, n, b, n, 0, c, n);
                best = Math.min(best, System.nanoTime() - start);
            }
        }
        return 2.0 * n * n * n / Math.max(1, best);
    }
}
