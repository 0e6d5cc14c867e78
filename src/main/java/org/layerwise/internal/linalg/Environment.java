package org.layerwise.internal.linalg;

import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.layerwise.settings.NumericalException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the linear algebra runs on, and what to do if that is slow or wrong. ND4J 1.0.0-M2.1 brings OpenBLAS 0.3.19, which
 * takes current CPUs for a Pentium 4 (five times slower) and on AVX-512 computes wrong double-precision factorisations.
 */
public final class Environment {
    private static final int PROBE = 256;
    private static final double SELF_TEST_TOLERANCE = 1e-8;
    private static final int[] GOOD_OPENBLAS = {0, 3, 27};

    private Environment() {}

    /**
     * One line about backend, OpenBLAS, threads and a double-precision self-test, with remedies where needed.
     *
     * @return the line
     */
    public static String report() {
        String version = openBlasVersion();
        double error = selfTest();
        StringBuilder line = new StringBuilder(String.format(
                java.util.Locale.ROOT,
                "Layerwise: %s backend, OpenBLAS %s, %s BLAS threads, gemm %.0f GFLOP/s, double-precision self-test %s.",
                backend(),
                version,
                threads(),
                gemmRate(),
                error <= SELF_TEST_TOLERANCE ? "passed" : "FAILED (residual " + error + ")"));
        if (error > SELF_TEST_TOLERANCE || outdated(version)) {
            line.append(" Remedy: manage org.bytedeco:openblas to 0.3.31-1.5.13 and org.bytedeco:javacpp to 1.5.13 (see"
                    + " README), or set OPENBLAS_CORETYPE=Haswell before the JVM starts.");
        }
        if (threads() > 1) {
            line.append(" If steps are slow on a shared machine, set OMP_NUM_THREADS=1 or OMP_WAIT_POLICY=passive.");
        }
        return line.toString();
    }

    /**
     * The ND4J backend's name.
     *
     * @return "CPU" or "CUDA"
     */
    public static String backend() {
        return Nd4j.getBackend().getClass().getSimpleName().equals("CpuBackend") ? "CPU" : "CUDA";
    }

    /**
     * The version of OpenBLAS on the class path.
     *
     * @return such as "0.3.31-1.5.13", or "unknown"
     */
    public static String openBlasVersion() {
        try {
            String version = Loader.getVersion("org.bytedeco", "openblas");
            return version == null ? "unknown" : version;
        } catch (IOException e) {
            return "unknown";
        }
    }

    static boolean outdated(String version) {
        String[] parts = version.split("[.-]", -1);
        for (int i = 0; i < GOOD_OPENBLAS.length; i++) {
            if (i >= parts.length || !parts[i].matches("\\d+")) {
                return false; // unknown: say nothing rather than something wrong
            }
            int difference = Integer.parseInt(parts[i]) - GOOD_OPENBLAS[i];
            if (difference != 0) {
                return difference < 0;
            }
        }
        return false;
    }

    /**
     * Number of BLAS threads.
     *
     * @return at least 1
     */
    public static int threads() {
        return Math.max(1, org.bytedeco.openblas.global.openblas_nolapack.blas_get_num_threads());
    }

    /**
     * Inverts a 64 by 64 double-precision matrix whose inverse is known.
     *
     * @return largest deviation of A A^-1 from I
     */
    public static double selfTest() {
        int n = 64;
        INDArray a = Nd4j.create(DataType.DOUBLE, new long[] {n, n}, 'f');
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                a.putScalar(i, j, Math.pow(0.9, Math.abs(i - j)));
            }
        }
        try {
            INDArray product = a.mmul(Cholesky.factor(a).inverse());
            return product.subi(Nd4j.eye(n).castTo(DataType.DOUBLE))
                    .amaxNumber()
                    .doubleValue();
        } catch (NumericalException e) {
            return Double.POSITIVE_INFINITY;
        }
    }

    /** Best of three multiplications of 256 by 256 single-precision matrices, in GFLOP/s. */
    private static double gemmRate() {
        INDArray a = Nd4j.ones(DataType.FLOAT, PROBE, PROBE);
        INDArray c = Nd4j.createUninitialized(DataType.FLOAT, new long[] {PROBE, PROBE}, 'f');
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            Nd4j.gemm(a, a, c, false, false, 1, 0);
            best = Math.min(best, System.nanoTime() - start);
        }
        return 2.0 * PROBE * PROBE * PROBE / best;
    }
}
