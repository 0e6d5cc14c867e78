package org.layerwise.examples.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class EstimateTest {
    private static final double ROUNDING = 1e-6;

    /** Student's quantile for two degrees of freedom is 4.302653. */
    @Test
    void meanHasStudentsInterval() {
        Estimate estimate = Estimate.mean(1, 2, 3);

        assertThat(estimate.value()).isEqualTo(2);
        assertThat(estimate.standardError()).isCloseTo(1 / Math.sqrt(3), within(ROUNDING));
        assertThat(estimate.high()).isCloseTo(2 + 4.302653 / Math.sqrt(3), within(ROUNDING));
        assertThat(estimate.low()).isCloseTo(2 - 4.302653 / Math.sqrt(3), within(ROUNDING));
        assertThat(estimate.halfWidth()).isCloseTo(4.302653 / Math.sqrt(3), within(ROUNDING));
    }

    @Test
    void geometricMeanIsTheMeanOfTheLogarithms() {
        Estimate estimate = Estimate.geometricMean(1, 10, 100);

        assertThat(estimate.value()).isCloseTo(10, within(ROUNDING));
        assertThat(estimate.high() * estimate.low()).isCloseTo(100, within(1e-4));
    }

    /** Wilson's interval of 8 out of 10: [0.4902, 0.9433]. */
    @Test
    void proportionHasWilsonsInterval() {
        Estimate estimate = Estimate.proportion(8, 10);

        assertThat(estimate.value()).isEqualTo(.8);
        assertThat(estimate.low()).isCloseTo(.4902, within(1e-4));
        assertThat(estimate.high()).isCloseTo(.9433, within(1e-4));
        assertThat(Estimate.proportion(10, 10).high()).isEqualTo(1);
        assertThat(Estimate.proportion(0, 10).low()).isEqualTo(0);
    }

    /** Over 4,000 repetitions the share that holds the truth has a standard error of 0.35 %. */
    @Test
    void intervalsHoldTheTruthAsOftenAsTheySay() {
        SplittableRandom random = new SplittableRandom(1);
        int repetitions = 4000;
        int hits = 0;
        for (int i = 0; i < repetitions; i++) {
            Estimate estimate = Estimate.mean(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
            hits += estimate.low() <= 0 && 0 <= estimate.high() ? 1 : 0;
        }

        assertThat((double) hits / repetitions).isCloseTo(Estimate.CONFIDENCE, within(.011));
    }

    @Test
    void oneSampleTellsNothingAboutItsError() {
        Estimate estimate = Estimate.mean(5);

        assertThat(estimate.standardError()).isNaN();
        assertThat(estimate.halfWidth()).isInfinite();
        assertThat(Estimate.exact(5).halfWidth()).isZero();
    }

    @Test
    void impossibleSamplesAreNamed() {
        assertThatThrownBy(Estimate::mean).hasMessageContaining("No samples");
        assertThatThrownBy(() -> Estimate.geometricMean(1, 0)).hasMessageContaining("0.0");
        assertThatThrownBy(() -> Estimate.proportion(3, 2)).hasMessageContaining("3 successes of 2");
    }
}
