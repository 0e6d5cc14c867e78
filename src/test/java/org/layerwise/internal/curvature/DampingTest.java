package org.layerwise.internal.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.settings.Damping;
import org.layerwise.settings.Damping.Amounts;
import org.layerwise.settings.Damping.Factors;
import org.layerwise.settings.Sides;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;

class DampingTest {
    private static final double LAMBDA = 0.04;

    private final double[][] a = new RandomMatrices(1).spd(5);
    private final double[][] g = new RandomMatrices(2).spd(3);

    private static Factors factors(double[][] a, double[][] g) {
        return new Factors(Sides.BOTH, Loops.trace(a), a.length, Loops.trace(g), g.length);
    }

    @Test
    void factored_bothSides_addsLambdaAndTwoBalancedCrossTerms() {
        Amounts amounts = Damping.factored(LAMBDA).amounts(factors(a, g));
        double pi = Damping.Factored.pi(factors(a, g));
        double[][] input = Loops.identity(5);
        double[][] output = Loops.identity(3);
        double[][] damped = Loops.kronecker(Loops.damped(g, amounts.output()), Loops.damped(a, amounts.input()));
        double[][] excess =
                Loops.combine(1, Loops.combine(1, damped, -1, Loops.kronecker(g, a)), -LAMBDA, Loops.identity(15));
        double[][] onInput = Loops.scaled(Math.sqrt(LAMBDA) * pi, Loops.kronecker(g, input));
        double[][] onOutput = Loops.scaled(Math.sqrt(LAMBDA) / pi, Loops.kronecker(output, a));

        assertThatArray(excess).isCloseTo(Loops.combine(1, onInput, 1, onOutput), Tolerance.FORMULA);
        assertThat(Loops.trace(onInput))
                .isCloseTo(Loops.trace(onOutput), within(Tolerance.FORMULA * Loops.trace(onOutput)));
    }

    @Test
    void factored_goldenTraces_givePi() {
        // A and G (type II) of the dense softmax example: pi = 2.681347111247684.
        Factors f = new Factors(Sides.BOTH, 4.125, 3, 0.1562083635 + 0.2037443490 + 0.2137909155, 3);

        assertThat(Damping.Factored.pi(f)).isCloseTo(2.681347111247684, within(Tolerance.PRINTED));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 0.1, 7, 1e8})
    void factored_rescaledFactors_dampTheSameProduct(double c) {
        Amounts before = Damping.factored(LAMBDA).amounts(factors(a, g));
        Amounts after = Damping.factored(LAMBDA).amounts(factors(Loops.scaled(c, a), Loops.scaled(1 / c, g)));

        assertThat(after.input() / c).isCloseTo(before.input(), within(Tolerance.FORMULA));
        assertThat(after.output() * c).isCloseTo(before.output(), within(Tolerance.FORMULA));
    }

    @Test
    void factored_scalarFactor_leavesAllDampingToTheOther() {
        Amounts input = Damping.factored(LAMBDA).amounts(new Factors(Sides.BOTH, 2, 1, 9, 3));
        Amounts output = Damping.factored(LAMBDA).amounts(new Factors(Sides.BOTH, 10, 5, 4, 1));

        assertThat(input).isEqualTo(new Amounts(0, LAMBDA / 2)); // 2 (G + lambda/2 I) = 2 G + lambda I
        assertThat(output).isEqualTo(new Amounts(LAMBDA / 4, 0));
    }

    @Test
    void factored_zeroTrace_splitsEvenly() {
        Amounts even = new Amounts(Math.sqrt(LAMBDA), Math.sqrt(LAMBDA));
        int[][] dimensions = {{5, 3}, {1, 3}, {5, 1}, {1, 1}};
        for (int[] d : dimensions) {
            assertThat(Damping.factored(LAMBDA).amounts(new Factors(Sides.BOTH, 0, d[0], 0, d[1])))
                    .isEqualTo(even);
        }
        assertThat(Damping.factored(LAMBDA).amounts(new Factors(Sides.BOTH, 0, 5, 2, 3)))
                .isEqualTo(even);
        assertThat(Damping.factored(LAMBDA).amounts(new Factors(Sides.BOTH, 2, 5, 0, 3)))
                .isEqualTo(even);
    }

    @Test
    void factored_extremeTraces_staysFiniteAndPositive() {
        for (double scale : new double[] {1e-300, 1e300}) {
            Amounts amounts = Damping.factored(LAMBDA).amounts(new Factors(Sides.BOTH, scale, 5, 1 / scale, 3));

            assertThat(amounts.input()).isPositive().isFinite();
            assertThat(amounts.output()).isPositive().isFinite();
        }
    }

    @Test
    void oneSide_factoredAndExact_takeLambdaWhole() {
        Factors input = new Factors(Sides.INPUT, 3, 5, 1, 1);
        Factors output = new Factors(Sides.OUTPUT, 1, 1, 3, 5);
        for (Damping damping : new Damping[] {Damping.factored(LAMBDA), Damping.exact(LAMBDA)}) {
            assertThat(damping.amounts(input)).isEqualTo(new Amounts(LAMBDA, 0));
            assertThat(damping.amounts(output)).isEqualTo(new Amounts(0, LAMBDA));
        }
    }

    @Test
    void exact_bothSides_addsNothingToTheFactors() {
        assertThat(Damping.exact(LAMBDA).amounts(factors(a, g))).isEqualTo(new Amounts(0, 0));
    }

    @Test
    void perFactor_anyFactors_isAbsolute() {
        assertThat(Damping.perFactor(0.1, 0.2).amounts(factors(a, g))).isEqualTo(new Amounts(0.1, 0.2));
    }

    @Test
    void relativeToTrace_rescaledFactors_scalesWithThem() {
        Damping damping = Damping.relativeToTrace(0.1);

        assertThat(damping.amounts(new Factors(Sides.BOTH, 10, 5, 6, 3))).isEqualTo(new Amounts(0.1 * 2, 0.1 * 2));
        assertThat(damping.amounts(new Factors(Sides.BOTH, 1000, 5, 6, 3))).isEqualTo(new Amounts(0.1 * 200, 0.1 * 2));
        assertThat(damping.amounts(new Factors(Sides.BOTH, 0, 5, 6, 3)))
                .as("a zero trace counts as one")
                .isEqualTo(new Amounts(0.1, 0.1 * 2));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
    void anyKind_badValue_namesSettingAndValue(double value) {
        for (Runnable bad : new Runnable[] {
            () -> Damping.factored(value),
            () -> Damping.exact(value),
            () -> Damping.relativeToTrace(value),
            () -> Damping.perFactor(value, 1),
            () -> Damping.perFactor(1, value)
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(bad::run)
                    .withMessageContaining(String.valueOf(value))
                    .withMessageMatching(".*[Dd]amping.*");
        }
    }

    @Test
    void relativeToTrace_zero_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Damping.relativeToTrace(0))
                .withMessageContaining("ratio");
    }
}
