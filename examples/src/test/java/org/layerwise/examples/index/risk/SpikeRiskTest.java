package org.layerwise.examples.index.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.examples.index.Teacher;

final class SpikeRiskTest {
    /** What the coefficients left out may contribute. */
    private static final double TRUNCATION = 1e-3;

    @ParameterizedTest
    @EnumSource(Teacher.class)
    void perfectAlignment_leavesNothingAndNoneLeavesTheVariance(Teacher teacher) {
        SpikeRisk risk = SpikeRisk.of(teacher);

        assertThat(risk.spikeOnly(1)).isCloseTo(0, within(TRUNCATION));
        assertThat(risk.spikeOnly(0)).isCloseTo(teacher.variance(1), within(1e-12));
        assertThat(risk.withLinearPart(.5)).isLessThan(risk.spikeOnly(.5));
    }

    /** c_1 = c_2 = 1: {@code (1 - r) + (1 - r^2)}. */
    @Test
    void quadraticTeacher_hasTwoCoefficients() {
        SpikeRisk risk = SpikeRisk.of(Teacher.QUADRATIC);

        assertThat(risk.squaredCoefficient(1)).isCloseTo(1, within(1e-12));
        assertThat(risk.squaredCoefficient(2)).isCloseTo(1, within(1e-12));
        assertThat(risk.squaredCoefficient(3)).isCloseTo(0, within(1e-12));
        assertThat(risk.spikeOnly(.8)).isCloseTo(.2 + .36, within(1e-10));
        assertThat(risk.withLinearPart(.8)).isCloseTo(.36, within(1e-10));
    }

    /** relu: c_1 = 1/2, c_2^2 = 1/(4 pi), c_3 = 0, variance 1/2 - 1/(2 pi). */
    @Test
    void reluTeacher_hasTheKnownCoefficients() {
        SpikeRisk risk = SpikeRisk.of(Teacher.RELU);

        assertThat(risk.squaredCoefficient(1)).isCloseTo(.25, within(1e-12));
        assertThat(risk.squaredCoefficient(2)).isCloseTo(1 / (4 * Math.PI), within(1e-12));
        assertThat(risk.squaredCoefficient(3)).isCloseTo(0, within(1e-12));
        assertThat(risk.spikeOnly(0)).isCloseTo(.5 - .5 / Math.PI, within(1e-12));
    }

    /** The error of the best guess from a correlated variable, by simulation: {@code Var(E[y | t'])} of two copies. */
    @Test
    void risk_isTheErrorOfTheConditionalMean() {
        double squared = .7;
        int draws = 400_000;
        SplittableRandom random = new SplittableRandom(1);
        double sum = 0;
        double sumOfSquares = 0;
        for (int i = 0; i < draws; i++) {
            double spike = random.nextGaussian();
            double one = Math.sqrt(squared) * spike + Math.sqrt(1 - squared) * random.nextGaussian();
            double two = Math.sqrt(squared) * spike + Math.sqrt(1 - squared) * random.nextGaussian();
            double product = Math.tanh(one) * Math.tanh(two);
            sum += product;
            sumOfSquares += product * product;
        }
        double explained = sum / draws;
        double error = Math.sqrt((sumOfSquares / draws - explained * explained) / draws);

        double predicted = SpikeRisk.of(Teacher.TANH).spikeOnly(squared);

        assertThat(Teacher.TANH.variance(1) - explained).isCloseTo(predicted, within(4 * error));
    }
}
