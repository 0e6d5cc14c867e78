package org.layerwise.examples.linear;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class QuantilesTest {
    @Test
    void interpolatesBetweenOrderStatistics() {
        double[] values = {4, 1, 3, 2};

        assertThat(Quantiles.of(values, 0)).isEqualTo(1);
        assertThat(Quantiles.of(values, .5)).isEqualTo(2.5);
        assertThat(Quantiles.of(values, .25)).isEqualTo(1.75);
        assertThat(Quantiles.of(values, 1)).isEqualTo(4);
        assertThat(values).containsExactly(4, 1, 3, 2);
    }

    @Test
    void nothingHasNoQuantile() {
        assertThat(Quantiles.of(new double[0], .5)).isNaN();
    }
}
