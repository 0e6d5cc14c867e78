package org.layerwise.internal.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Sides;

/** Value types without arithmetic of their own. */
class EstimatorsTest {
    @Test
    void sides_each_usesWhatItsNameSays() {
        assertThat(Sides.BOTH.usesInput()).isTrue();
        assertThat(Sides.BOTH.usesOutput()).isTrue();
        assertThat(Sides.INPUT.usesInput()).isTrue();
        assertThat(Sides.INPUT.usesOutput()).isFalse();
        assertThat(Sides.OUTPUT.usesInput()).isFalse();
        assertThat(Sides.OUTPUT.usesOutput()).isTrue();
    }

    @Test
    void fisherEstimator_factories_areValues() {
        assertThat(FisherEstimator.monteCarlo(2, 7))
                .isEqualTo(new FisherEstimator.MonteCarlo(2, 7))
                .isNotEqualTo(FisherEstimator.monteCarlo(2, 8))
                .isNotEqualTo(FisherEstimator.monteCarlo(3, 7));
        assertThat(FisherEstimator.empirical()).isEqualTo(new FisherEstimator.Empirical());
        assertThat(FisherEstimator.exact()).isEqualTo(new FisherEstimator.Exact());
    }

    @Test
    void monteCarlo_noSample_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FisherEstimator.monteCarlo(0, 1))
                .withMessageContaining("samples")
                .withMessageContaining("0");
    }
}
