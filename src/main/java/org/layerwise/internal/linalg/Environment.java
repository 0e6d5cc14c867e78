package org.layerwise.internal.linalg;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the linear algebra runs on, and what to do if that is slow or wrong. ND4J 1.0.0-M2.1 brings OpenBLAS 0.3.19, which
 * is right on most CPUs, takes new ones for old ones (five times slower), and with its AVX-512 kernels computes wrong
 * double-precision factorisations.
 */
public final class Environment {
    private static final Logger log = LoggerFactory.getLogger(Environment.class);

    private static final int[] GOOD_OPENBLAS = {0, 3, 27};

    /** Kernels without AVX2 reach 30 to 40 GFLOP/s, those with it 65 and more, at the usual clock rates. */
    private static final double SLOW_RATE = 50;

    private static final String NEWER =
            "depend on org.layerwise:layerwise-starter-cpu, or import org.layerwise:layerwise-bom"
                    + " into dependencyManagement: they bring org.bytedeco:openblas 0.3.31-1.5.13 and org.bytedeco:javacpp 1.5.13";
    private static final String OTHER_KERNELS =
            "set the environment variable OPENBLAS_CORETYPE (on x86 to Haswell) before the JVM starts";
    private static final String OPENBLAS = "depend on org.bytedeco:openblas and its natives (classifier such as"
            + " linux-x86_64), in a version built for the javacpp that is on the class path";

    private Environment() {}

    /**
     * One line about backend, OpenBLAS, threads, speed and a self-test in both precisions, with remedies where needed. If
     * OpenBLAS computes wrong or cannot be loaded, that is logged as a warning too: some 0.2 seconds at the first call.
     *
     * @return the line
     */
    public static String report() {
        Findings findings = measure();
        if (findings.verdict() == Verdict.WRONG || findings.verdict() == Verdict.MISSING) {
            log.warn("{}", findings.assessment());
        }
        return findings.line();
    }

    private static Findings measure() {
        String platform = Loader.getPlatform();
        String version = openBlasVersion();
        try {
            return new Findings(backend(), platform, version, threads(), SelfTest.gemmRate(), SelfTest.run(), null);
        } catch (LinkageError e) { // absent, or of another version than its javacpp
            return new Findings(backend(), platform, version, 1, 0, List.of(), e.toString());
        }
    }

    /** What OpenBLAS is good for here. */
    enum Verdict {
        RIGHT,
        SLOW,
        WRONG,
        MISSING
    }

    /** What was found out about OpenBLAS; {@code rate} in GFLOP/s of one thread. */
    record Findings(
            String backend,
            String platform,
            String version,
            int threads,
            double rate,
            List<SelfTest.Outcome> outcomes,
            @Nullable String linkageError) {
        Verdict verdict() {
            if (linkageError != null) {
                return Verdict.MISSING;
            }
            if (!failures().isEmpty()) {
                return Verdict.WRONG;
            }
            boolean slow = outdated(version) && platform.endsWith("x86_64") && rate < SLOW_RATE;
            return slow ? Verdict.SLOW : Verdict.RIGHT;
        }

        private List<SelfTest.Outcome> failures() {
            return outcomes.stream().filter(outcome -> !outcome.passed()).toList();
        }

        /** What is wrong and how to mend it; empty if nothing is. */
        String assessment() {
            return switch (verdict()) {
                case RIGHT -> "";
                case SLOW ->
                    "OpenBLAS " + version + " does not know this CPU and uses kernels of an old one: right, but"
                            + " several times slower than it could be. To mend it, " + NEWER + "; or " + OTHER_KERNELS
                            + ".";
                case WRONG ->
                    "OpenBLAS " + version + " computes WRONG results on this CPU, and training with it goes"
                            + " wrong: " + failures() + ". To mend it, " + (outdated(version) ? NEWER + "; or " : "")
                            + OTHER_KERNELS + ".";
                case MISSING ->
                    "OpenBLAS cannot be loaded, and updaters that factorise matrices on the host fail: " + linkageError
                            + ". To mend it, " + OPENBLAS + ".";
            };
        }

        String line() {
            StringBuilder line = new StringBuilder(
                    verdict() == Verdict.MISSING
                            ? String.format("Layerwise: %s backend, no OpenBLAS.", backend)
                            : String.format(
                                    Locale.ROOT,
                                    "Layerwise: %s backend, OpenBLAS %s, %s BLAS threads, %.0f GFLOP/s per thread,"
                                            + " self-test %s.",
                                    backend,
                                    version,
                                    threads,
                                    rate,
                                    verdict() == Verdict.WRONG ? "FAILED" : "passed"));
            if (verdict() != Verdict.RIGHT) {
                line.append(' ').append(assessment());
            }
            if (threads > 1) {
                line.append(
                        " If steps are slow on a shared machine, set OMP_NUM_THREADS=1 or OMP_WAIT_POLICY=passive.");
            }
            return line.toString();
        }
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
}
