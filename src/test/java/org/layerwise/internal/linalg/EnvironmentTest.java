package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.layerwise.internal.linalg.Environment.Findings;
import org.layerwise.internal.linalg.Environment.Verdict;
import org.layerwise.internal.linalg.SelfTest.Outcome;
import org.nd4j.linalg.api.buffer.DataType;

class EnvironmentTest {
    private static final String OLD = "0.3.19-1.5.7";
    private static final String NEW = "0.3.31-1.5.13";
    private static final double SSE_RATE = 36;
    private static final double AVX2_RATE = 79;
    private static final Outcome RIGHT = new Outcome("triangular solve", 64, DataType.DOUBLE, 1e-15);
    private static final Outcome WRONG = new Outcome("eigendecomposition", 101, DataType.DOUBLE, 160);

    private static Findings findings(String version, double rate, Outcome... outcomes) {
        return findings("linux-x86_64", version, rate, null, outcomes);
    }

    private static Findings findings(
            String platform, String version, double rate, @Nullable String error, Outcome... outcomes) {
        return new Findings("CPU", platform, version, 1, rate, List.of(outcomes), error);
    }

    @Test
    void report_thisMachine_namesBackendLibraryAndSelfTest() {
        assertThat(Environment.report())
                .startsWith("Layerwise: " + Environment.backend() + " backend")
                .contains("OpenBLAS " + Environment.openBlasVersion())
                .contains("BLAS threads")
                .contains("GFLOP/s")
                .contains("self-test passed")
                .doesNotContain("To mend it");
    }

    @Test
    void report_currentVersion_isTheOneThatRemediesName() {
        assertThat(findings(OLD, AVX2_RATE, WRONG).line())
                .contains("org.bytedeco:openblas " + Environment.openBlasVersion());
    }

    @Test
    void findings_rightAndFast_haveNothingToMend() {
        Findings old = findings(OLD, AVX2_RATE, RIGHT);
        assertThat(old.verdict()).isEqualTo(Verdict.RIGHT);
        assertThat(old.line())
                .isEqualTo("Layerwise: CPU backend, OpenBLAS 0.3.19-1.5.7, 1 BLAS threads, 79 GFLOP/s per thread,"
                        + " self-test passed.");
        assertThat(old.assessment()).isEmpty();
    }

    @Test
    void findings_wrongInOneRoutine_nameItAndTheRemedy() {
        Findings wrong = findings(OLD, AVX2_RATE, RIGHT, WRONG);
        assertThat(wrong.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(wrong.line()).contains("self-test FAILED").endsWith(wrong.assessment());
        assertThat(wrong.assessment())
                .contains("WRONG", WRONG.toString(), "layerwise-starter-cpu", "layerwise-bom", "OPENBLAS_CORETYPE")
                .doesNotContain(RIGHT.toString());
    }

    @Test
    void findings_wrongInANewVersion_doNotAskForAnOlderOne() {
        assertThat(findings(NEW, AVX2_RATE, WRONG).assessment())
                .contains("WRONG", "OPENBLAS_CORETYPE")
                .doesNotContain("layerwise-starter-cpu");
    }

    @Test
    void findings_oldVersionWithKernelsOfAnOldCpu_areSlow() {
        Findings slow = findings(OLD, SSE_RATE, RIGHT);
        assertThat(slow.verdict()).isEqualTo(Verdict.SLOW);
        assertThat(slow.line()).contains("self-test passed", "slower", "layerwise-starter-cpu", "OPENBLAS_CORETYPE");
        assertThat(findings(NEW, SSE_RATE, RIGHT).verdict()).isEqualTo(Verdict.RIGHT); // a slow or busy machine
        assertThat(findings("linux-arm64", OLD, SSE_RATE, null, RIGHT).verdict())
                .isEqualTo(Verdict.RIGHT);
    }

    @Test
    void findings_noOpenBlas_nameTheErrorAndTheRemedy() {
        Findings missing = findings("linux-x86_64", "unknown", 0, "java.lang.NoClassDefFoundError: openblas");
        assertThat(missing.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(missing.line()).contains("no OpenBLAS", "NoClassDefFoundError", "org.bytedeco:openblas");
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT, 1e-5, true",
        "FLOAT, 1, false",
        "FLOAT, NaN, false",
        "DOUBLE, 1e-14, true",
        "DOUBLE, 1e-5, false",
        "DOUBLE, Infinity, false"
    })
    void outcome_residual_isJudgedByPrecision(DataType type, double residual, boolean passed) {
        assertThat(new Outcome("QR factorisation", 64, type, residual).passed()).isEqualTo(passed);
    }

    @Test
    void selfTest_thisLibrary_isAccurateInBothPrecisions() {
        List<Outcome> outcomes = SelfTest.run();
        assertThat(outcomes).allMatch(Outcome::passed);
        assertThat(outcomes).extracting(Outcome::type).contains(DataType.FLOAT, DataType.DOUBLE);
        // Rounding leaves something: residuals of zero would mean that nothing was computed.
        assertThat(outcomes).allMatch(outcome -> outcome.residual() > 0);
        assertThat(SelfTest.gemmRate()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "0.3.19-1.5.7, true",
        "0.3.26-1.5.10, true",
        "0.2.40-1.5.13, true",
        "0.3.27-1.5.11, false",
        "0.3.31-1.5.13, false",
        "0.4.0-1.6, false",
        "1.0.0-1.6, false",
        "0.3, false",
        "unknown, false"
    })
    void outdated_version_isComparedByNumber(String version, boolean expected) {
        assertThat(Environment.outdated(version)).isEqualTo(expected);
    }

    @Test
    void threads_anyMachine_isPositive() {
        assertThat(Environment.threads()).isPositive();
        assertThat(Environment.backend()).isIn("CPU", "CUDA");
        assertThat(Environment.openBlasVersion()).matches("\\d+\\.\\d+\\.\\d+-.*");
    }
}
