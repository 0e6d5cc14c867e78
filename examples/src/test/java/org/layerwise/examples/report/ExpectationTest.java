package org.layerwise.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.layerwise.examples.numeric.Estimate;

final class ExpectationTest {
    private static Estimate estimate(double value, double half) {
        return new Estimate(value, half / 2, value - half, value + half, 10);
    }

    @ParameterizedTest
    @CsvSource({
        "1.05, .0, REPRODUCED",
        "1.15, .1, REPRODUCED",
        "1.15, .0, MILD",
        ".70, .1, MILD",
        "1.50, .1, NOT_REPRODUCED",
        "1.00, .3, INCONCLUSIVE",
        "NaN, .0, INCONCLUSIVE"
    })
    void nearCountsToleranceAndInterval(double value, double half, Verdict verdict) {
        assertThat(new Expectation.Near(1, .1).judge(estimate(value, half))).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        "3.0, .5, REPRODUCED",
        "3.0, 1.5, MILD",
        "2.5, .1, MILD",
        "1.9, .1, NOT_REPRODUCED",
        "NaN, .0, NOT_REPRODUCED"
    })
    void atLeastWantsTheIntervalAboveTheMildBound(double value, double half, Verdict verdict) {
        assertThat(new Expectation.AtLeast(3, 2).judge(estimate(value, half))).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({".5, .1, REPRODUCED", ".5, .6, MILD", ".9, .1, MILD", "1.1, .1, NOT_REPRODUCED"})
    void atMostIsItsMirrorImage(double value, double half, Verdict verdict) {
        assertThat(new Expectation.AtMost(.5, 1).judge(estimate(value, half))).isEqualTo(verdict);
    }

    @Test
    void impossibleExpectationsAreNamed() {
        assertThatThrownBy(() -> new Expectation.Near(1, 0)).hasMessageContaining("must be positive");
        assertThatThrownBy(() -> new Expectation.AtLeast(1, 2)).hasMessageContaining("2.0 and 1.0");
        assertThatThrownBy(() -> new Expectation.AtMost(2, 1)).hasMessageContaining("2.0 and 1.0");
    }

    @Test
    void verdictsReadAsWords() {
        assertThat(Verdict.NOT_REPRODUCED.label()).isEqualTo("not reproduced");
    }
}
