package org.layerwise.examples.linear.contraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.ErrorSpectrum;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.Theory;
import org.layerwise.examples.run.Preset;
import org.layerwise.internal.linalg.SymmetricEigen;

/** Real steps against the theory, and the theory against its limits. */
final class StepMapTest {
    private static final Dimensions SIZES = new Dimensions(10, 6, 2, 10);

    /** Finite differences and rounding, absolute in the factor. */
    private static final double AGREEMENT = 1e-8;

    private static double measured(LinearTask task, Scheme scheme, double rate) {
        try (StepMap map = new StepMap(task, scheme, rate)) {
            return map.contraction();
        }
    }

    private static LinearTask task(double kappa, double headKappa) {
        return ConditionedTask.create(SIZES, kappa, headKappa, 5);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "300, 1", "300, 20"})
    void everyScheme_contractsAsPredicted(double kappa, double headKappa) {
        LinearTask task = task(kappa, headKappa);
        Theory theory = new Theory(task);
        for (Scheme scheme : MapSettings.of(Preset.SMALL, null).schemes()) {
            double rate = .3;
            double predicted = scheme.spectrum(theory).contraction(rate);

            assertThat(measured(task, scheme, rate)).as(scheme.label()).isCloseTo(predicted, within(AGREEMENT));
        }
    }

    /** Beyond the stable rates the map still is the predicted one. */
    @Test
    void unstableRate_expandsAsPredicted() {
        LinearTask task = task(100, 1);
        double rate = 2 * 2 / new Theory(task).plainSpectrum().largest();

        assertThat(measured(task, Scheme.NONE, rate)).isCloseTo(3, within(1e-6));
    }

    @Test
    void kfacWithRateOne_leavesNothing() {
        assertThat(measured(task(1000, 10), Scheme.BOTH, 1)).isLessThan(AGREEMENT);
    }

    @Test
    void bestRate_hasTheContractionOfTheConditionNumber() {
        ErrorSpectrum spectrum = new ErrorSpectrum(.02, 3);
        double condition = 3 / .02;

        assertThat(spectrum.contraction(spectrum.bestRate())).isCloseTo(1 - 2 / (condition + 1), within(1e-12));
        assertThat(spectrum.contraction(1.1 * spectrum.bestRate()))
                .isGreaterThan(spectrum.contraction(spectrum.bestRate()));
        assertThat(spectrum.contraction(.9 * spectrum.bestRate()))
                .isGreaterThan(spectrum.contraction(spectrum.bestRate()));
    }

    /** Listed with F* of 12 as squared condition number: 1 - 1/12 at eta = 1 / s_1^2, whatever Sigma. */
    @ParameterizedTest
    @CsvSource({"10", "100"})
    void rightOnly_hasTheListedRate(double kappa) {
        LinearTask task = task(kappa, Math.sqrt(12));

        assertThat(measured(task, Scheme.RIGHT, 1)).isCloseTo(1 - 1 / 12.0, within(AGREEMENT));
    }

    @Test
    void kfac_halvesTheErrorAtHalfTheRate() {
        assertThat(measured(task(10, 3), Scheme.BOTH, .5)).isCloseTo(.5, within(AGREEMENT));
        assertThat(measured(task(100, 3), Scheme.BOTH, .5)).isCloseTo(.5, within(AGREEMENT));
    }

    @Test
    void task_hasTheConditionNumbersAskedFor() {
        LinearTask task = task(50, 7);
        var head = task.train().head();

        assertThat(SymmetricEigen.of(head.transpose().mmul(head)).condition()).isCloseTo(49, within(1e-9));
        assertThat(SymmetricEigen.of(task.train().covariance().matrix()).condition())
                .isCloseTo(50, within(1e-9));
    }
}
