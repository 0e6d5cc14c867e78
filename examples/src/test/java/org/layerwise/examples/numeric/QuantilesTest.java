package org.layerwise.examples.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class QuantilesTest {
    @Test
    void quantilesInterpolateLinearly() {
        double[] values = {4, 1, 3, 2};

        assertThat(Quantiles.of(values, 0)).isEqualTo(1);
        assertThat(Quantiles.of(values, .25)).isEqualTo(1.75);
        assertThat(Quantiles.median(values)).isEqualTo(2.5);
        assertThat(Quantiles.of(values, 1)).isEqualTo(4);
        assertThat(values).containsExactly(4, 1, 3, 2);
    }

    @Test
    void oneValueIsItsOwnQuantileAndNoneHasNone() {
        assertThat(Quantiles.median(new double[] {7})).isEqualTo(7);
        assertThat(Quantiles.median(new double[0])).isNaN();
    }
}
