package org.layerwise.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NumbersTest {
    @Test
    void plainHasNoExponentAndNoTrailingZeros() {
        assertThat(Numbers.plain(1000)).isEqualTo("1000");
        assertThat(Numbers.plain(.01)).isEqualTo("0.01");
        assertThat(Numbers.plain(1e-5)).isEqualTo("0.00001");
    }

    @Test
    void briefHasTwoDigits() {
        assertThat(Numbers.brief(.4567)).isEqualTo("0.46");
        assertThat(Numbers.brief(72.3)).isEqualTo("72");
        assertThat(Numbers.brief(2.567e-5)).isEqualTo("2.6e-05");
        assertThat(Numbers.brief(Double.NaN)).isEqualTo("-");
    }
}
