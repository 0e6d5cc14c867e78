package org.layerwise.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.Damping;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.settings.Sides;
import org.layerwise.testing.Loops;
import org.layerwise.testing.MethodSteps;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The remedies, rung by rung. */
class FailureLadderTest {
    private static final DataType TYPE = DataType.FLOAT;

    private final double[][] a = new RandomMatrices(1).spd(4);
    private final double[][] g = new RandomMatrices(2).spd(3);
    private final double[][] d = Loops.rounded(new RandomMatrices(3).gaussian(4, 3), TYPE);
    private final double[][] singular = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 1}};

    private static HandFed fed(Damping damping) {
        return HandFed.of(TYPE, 4, 3, damping);
    }

    private static HandFed strict(Damping damping) {
        return HandFed.of(TYPE, Sides.BOTH, 4, 3, HandFed.strict(damping));
    }

    private static void breakRunningInput(HandFed fed) {
        Objects.requireNonNull(fed.state.input())
                .dense()
                .array()
                .putScalar(2, 1, Double.NaN); // running diagonal element 1
    }

    @Test
    void refresh_singularFactorUndamped_raisesTheDamping() {
        HandFed fed = fed(Damping.factored(0)).absorb(singular, g).refresh();

        double[][] v = fed.apply(d);

        assertThat(fed.count(Event.DAMPING_RAISED)).isEqualTo(1);
        assertThat(fed.product()).isPositive().isFinite();
        assertThat(Loops.dot(v, v)).isFinite();
        assertThat(fed.diagnostics).hasToString("damping raised 1");
    }

    @Test
    void refresh_zeroFactorsUndamped_raisesTheDampingToAConstant() {
        HandFed fed = fed(Damping.factored(0))
                .absorb(new double[4][4], new double[3][3])
                .refresh();

        assertThatArray(fed.apply(d)).isCloseTo(Loops.scaled(0.01, d), Tolerance.rounding(TYPE));
        assertThat(fed.count(Event.DAMPING_RAISED)).isEqualTo(2);
    }

    @Test
    void refresh_singularFactorStrict_throwsNamingLayerFactorAndRemedy() {
        HandFed input = strict(Damping.factored(0)).absorb(singular, g);
        HandFed output = strict(Damping.factored(0)).absorb(a, new double[3][3]);

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(input::refresh)
                .withMessageContaining(HandFed.LAYER)
                .withMessageContaining("input factor")
                .withMessageContaining("Raise the damping");
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(output::refresh)
                .withMessageContaining(HandFed.LAYER)
                .withMessageContaining("output factor");
    }

    @Test
    void refresh_nanFactorAfterASuccess_keepsTheInverseBitForBit() {
        for (Damping damping : new Damping[] {Damping.factored(0.1), Damping.exact(0.1)}) {
            HandFed fed = fed(damping).absorb(a, g).refresh();
            double[][] before = fed.apply(d);
            breakRunningInput(fed);

            fed.refresh();

            assertThat(fed.count(Event.INVERSE_KEPT)).isEqualTo(1);
            assertThatArray(fed.apply(d)).isCloseTo(before, Tolerance.EXACT);
            fed.synchronize();
            assertThatArray(fed.apply(d)).as("after synchronizing").isCloseTo(before, Tolerance.EXACT);
            assertThat(fed.count(Event.PLAIN_GRADIENT)).isZero();
        }
    }

    @Test
    void refresh_nanOutputFactor_keepsTheInputInverseToo() {
        HandFed fed = fed(Damping.factored(0.1)).absorb(a, g).refresh();
        double[][] before = fed.apply(d);
        fed.absorb(Loops.scaled(9, a), g); // the input factor alone would invert
        Objects.requireNonNull(fed.state.output()).dense().array().putScalar(1, 0, Double.NaN);

        fed.refresh();

        assertThatArray(fed.apply(d)).isCloseTo(before, Tolerance.EXACT);
    }

    @Test
    void absorb_decayZero_replacesANaNFactor() {
        HandFed fed = fed(Damping.factored(0.1)).absorb(a, g).refresh();
        double[][] before = fed.apply(d);
        breakRunningInput(fed);

        fed.refresh().absorb(a, g).refresh();

        assertThatArray(fed.apply(d)).isCloseTo(before, Tolerance.EXACT);
        assertThat(fed.count(Event.INVERSE_KEPT)).isEqualTo(1);
    }

    @Test
    void refresh_nanFactorFromTheStart_usesThePlainGradient() {
        HandFed fed = fed(Damping.factored(0.1)).absorb(a, g);
        breakRunningInput(fed);

        fed.refresh();

        assertThatArray(fed.apply(d)).isCloseTo(Loops.scaled(10, d), Tolerance.rounding(TYPE));
        assertThat(fed.product())
                .isCloseTo(10 * Loops.dot(d, d), org.assertj.core.data.Percentage.withPercentage(0.01));
        assertThat(fed.count(Event.PLAIN_GRADIENT)).isEqualTo(2); // the refresh and the step
        assertThat(fed.count(Event.INVERSE_KEPT)).isZero();
    }

    @Test
    void refresh_nanFactorStrict_throwsNamingTheLayer() {
        for (Damping damping : new Damping[] {Damping.factored(0.1), Damping.exact(0.1)}) {
            HandFed fed = strict(damping).absorb(a, g);
            breakRunningInput(fed);

            assertThatExceptionOfType(NumericalException.class)
                    .isThrownBy(fed::refresh)
                    .withMessageContaining(HandFed.LAYER)
                    .withMessageContaining("input")
                    .withMessageContaining("NaN")
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FINITE));
        }
    }

    @Test
    void refresh_withoutStatistics_doesNothing() {
        HandFed fed = fed(Damping.factored(0.1)).refresh();

        assertThat(fed.state.lastRefresh()).isEqualTo(-1);
        assertThatArray(fed.apply(d)).isCloseTo(Loops.scaled(10, d), Tolerance.rounding(TYPE));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void apply_gradientNotFinite_skipsTheStep(double bad) {
        HandFed fed = fed(Damping.factored(0.1)).absorb(a, g).refresh();
        d[1][2] = bad;

        fed.apply(d);

        assertThat(fed.product()).isNaN();
        assertThat(fed.count(Event.STEP_SKIPPED)).isEqualTo(1);
        HandFed strict = strict(Damping.factored(0.1)).absorb(a, g).refresh();
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> strict.apply(d))
                .withMessageContaining(HandFed.LAYER);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void absorb_statisticsNotFinite_leavesTheRunningFactors(double bad) {
        HandFed fed = fed(Damping.factored(0.1)).absorb(a, g).refresh();
        double[][] before = Loops.of(fed.view.reshape(1, fed.view.length()));
        double[][] broken = Loops.scaled(1, g);
        broken[1][1] = bad;

        fed.absorb(a, broken);

        assertThatArray(fed.view.reshape(1, fed.view.length())).isCloseTo(before, Tolerance.EXACT);
        assertThat(fed.count(Event.STATISTICS_DROPPED)).isEqualTo(1);
        HandFed strict = strict(Damping.factored(0.1));
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> strict.absorb(a, broken))
                .withMessageContaining(HandFed.LAYER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT", "DOUBLE"})
    void policy_indefinite_throwsTheFirstFailure(String name) {
        DataType type = DataType.valueOf(name);
        Diagnostics diagnostics = new Diagnostics();
        FailurePolicy policy =
                FailurePolicy.damped(Kernels.forBackend(), MethodSteps.withoutState(type, false, diagnostics));
        INDArray out = Nd4j.create(type, new long[] {4, 4}, 'f');
        INDArray negative = Loops.array(Loops.scaled(-1000, Loops.identity(4)), type, 'f');

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> policy.invert("output", target -> target.assign(negative), 1, 0.25, out))
                .withMessageContaining("output factor of layer layer0, parameter W")
                .withMessageContaining("damping 0.25")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_POSITIVE_DEFINITE));
        assertThat(diagnostics).hasToString("no failures");
    }

    @Test
    void diagnostics_severalEvents_areListedMildestFirst() {
        Diagnostics diagnostics = new Diagnostics();
        diagnostics.record(Event.STEP_SKIPPED);
        diagnostics.record(Event.DAMPING_RAISED);
        diagnostics.record(Event.DAMPING_RAISED);

        assertThat(diagnostics).hasToString("damping raised 2, step skipped 1");
        assertThat(diagnostics.count(Event.INVERSE_KEPT)).isZero();
    }
}
