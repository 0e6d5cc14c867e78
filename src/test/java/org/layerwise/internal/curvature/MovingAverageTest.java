package org.layerwise.internal.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.testing.Tolerance;

class MovingAverageTest {
    @Test
    void weight_decay95_reproducesTheGoldenSequence() {
        double[] golden = {1, 1.5128205128, 2.0341805434, 2.5640688702};
        double mean = 0;
        for (int k = 1; k <= golden.length; k++) {
            double eta = MovingAverage.weight(0.95, k);
            mean = (1 - eta) * mean + eta * k;

            assertThat(mean).isCloseTo(golden[k - 1], within(Tolerance.PRINTED));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.95, 0.999})
    void weight_anyDecay_equalsAdamsDebiasing(double decay) {
        double mean = 0;
        double raw = 0;
        for (int k = 1; k <= 200; k++) {
            double x = Math.sin(k);
            double eta = MovingAverage.weight(decay, k);
            mean = (1 - eta) * mean + eta * x;
            raw = decay * raw + (1 - decay) * x;

            assertThat(mean).isCloseTo(raw / (1 - Math.pow(decay, k)), within(Tolerance.FORMULA * k));
        }
    }

    @Test
    void weight_decayZero_keepsTheNewestOnly() {
        assertThat(MovingAverage.weight(0, 1)).isEqualTo(1);
        assertThat(MovingAverage.weight(0, 1_000_000_000_000L)).isEqualTo(1);
    }

    @Test
    void weight_firstSample_replacesExactly() {
        for (double decay : new double[] {0.1, 0.9, 0.95, 0.999_999}) {
            assertThat(MovingAverage.weight(decay, 1)).isCloseTo(1, within(Tolerance.FORMULA));
        }
    }

    @Test
    void weight_manySamples_tendsToOneMinusDecay() {
        assertThat(MovingAverage.weight(0.95, 100_000)).isCloseTo(0.05, within(Tolerance.FORMULA));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
    void weight_decayOutOfRange_isRefused(double decay) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MovingAverage.weight(decay, 1))
                .withMessageContaining("decay")
                .withMessageContaining(String.valueOf(decay));
    }

    @Test
    void weight_noSample_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MovingAverage.weight(0.5, 0))
                .withMessageContaining("0");
    }
}
