package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
    private static final double SELF_TEST_BOUND = 1e-8;

    @Test
    void report_anyMachine_namesBackendLibraryAndSelfTest() {
        assertThat(Environment.report())
                .startsWith("Layerwise: " + Environment.backend() + " backend")
                .contains("OpenBLAS " + Environment.openBlasVersion())
                .contains("BLAS threads")
                .contains("GFLOP/s")
                .contains("double-precision self-test passed")
                .doesNotContain("Remedy");
    }

    @Test
    void selfTest_thisLibrary_isAccurate() {
        assertThat(Environment.selfTest()).isLessThan(SELF_TEST_BOUND);
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
