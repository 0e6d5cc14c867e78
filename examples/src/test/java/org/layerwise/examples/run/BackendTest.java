package org.layerwise.examples.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class BackendTest {
    private final Backend cpu = new Backend("CpuBackend", "OPENBLAS", "1");
    private final Backend cuda = new Backend("JCublasBackend", "CUBLAS", "1");

    @Test
    void aChoiceThatIsMetPasses() {
        assertThatCode(() -> {
                    cpu.require(Backend.Choice.CPU);
                    cpu.require(Backend.Choice.ANY);
                    cuda.require(Backend.Choice.CUDA);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aMissingBackendIsNamedWithTheRemedy() {
        assertThatThrownBy(() -> cpu.require(Backend.Choice.CUDA))
                .isInstanceOf(Backend.MissingBackendException.class)
                .hasMessageContaining("--backend cuda")
                .hasMessageContaining("CpuBackend")
                .hasMessageContaining("-Pcuda");
        assertThatThrownBy(() -> cuda.require(Backend.Choice.CPU)).hasMessageContaining("nd4j-native");
    }

    @Test
    void theBackendInUseIsDescribed() {
        assertThat(Backend.load(Backend.Choice.ANY).describe()).contains("Backend", "BLAS", "thread");
    }
}
