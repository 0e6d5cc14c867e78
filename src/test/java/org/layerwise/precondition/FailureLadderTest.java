package org.layerwise.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.curvature.Damping;
import org.layerwise.curvature.Sides;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.NumericalException;
import org.layerwise.linalg.NumericalException.Reason;
import org.layerwise.precondition.Diagnostics.Event;
import org.layerwise.testing.Loops;
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

    private static Rig rig(Damping damping) {
        return Rig.of(TYPE, 4, 3, damping);
    }

    private static Rig strict(Damping damping) {
        return Rig.of(TYPE, Sides.BOTH, 4, 3, Rig.strict(damping));
    }

    private static void breakRunningInput(Rig rig) {
        Objects.requireNonNull(rig.state.input()).array().putScalar(2, 1, Double.NaN); // running diagonal element 1
    }

    @Test
    void refresh_singularFactorUndamped_raisesTheDamping() {
        Rig rig = rig(Damping.factored(0)).absorb(singular, g).refresh();

        double[][] v = rig.apply(d);

        assertThat(rig.count(Event.DAMPING_RAISED)).isEqualTo(1);
        assertThat(rig.product()).isPositive().isFinite();
        assertThat(Loops.dot(v, v)).isFinite();
        assertThat(rig.diagnostics).hasToString("damping raised 1");
    }

    @Test
    void refresh_zeroFactorsUndamped_raisesTheDampingToAConstant() {
        Rig rig = rig(Damping.factored(0))
                .absorb(new double[4][4], new double[3][3])
                .refresh();

        assertThatArray(rig.apply(d)).isCloseTo(Loops.scaled(0.01, d), Tolerance.rounding(TYPE));
        assertThat(rig.count(Event.DAMPING_RAISED)).isEqualTo(2);
    }

    @Test
    void refresh_singularFactorStrict_throwsNamingLayerFactorAndRemedy() {
        Rig input = strict(Damping.factored(0)).absorb(singular, g);
        Rig output = strict(Damping.factored(0)).absorb(a, new double[3][3]);

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(input::refresh)
                .withMessageContaining(Rig.LAYER)
                .withMessageContaining("input factor")
                .withMessageContaining("Raise the damping");
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(output::refresh)
                .withMessageContaining(Rig.LAYER)
                .withMessageContaining("output factor");
    }

    @Test
    void refresh_nanFactorAfterASuccess_keepsTheInverseBitForBit() {
        for (Damping damping : new Damping[] {Damping.factored(0.1), Damping.exact(0.1)}) {
            Rig rig = rig(damping).absorb(a, g).refresh();
            double[][] before = rig.apply(d);
            breakRunningInput(rig);

            rig.refresh();

            assertThat(rig.count(Event.INVERSE_KEPT)).isEqualTo(1);
            assertThatArray(rig.apply(d)).isCloseTo(before, Tolerance.EXACT);
            rig.preconditioner.synchronize(rig.batch);
            assertThatArray(rig.apply(d)).as("after synchronizing").isCloseTo(before, Tolerance.EXACT);
            assertThat(rig.count(Event.PLAIN_GRADIENT)).isZero();
        }
    }

    @Test
    void refresh_nanOutputFactor_keepsTheInputInverseToo() {
        Rig rig = rig(Damping.factored(0.1)).absorb(a, g).refresh();
        double[][] before = rig.apply(d);
        rig.absorb(Loops.scaled(9, a), g); // the input factor alone would invert
        Objects.requireNonNull(rig.state.output()).array().putScalar(1, 0, Double.NaN);

        rig.refresh();

        assertThatArray(rig.apply(d)).isCloseTo(before, Tolerance.EXACT);
    }

    @Test
    void absorb_decayZero_replacesANaNFactor() {
        Rig rig = rig(Damping.factored(0.1)).absorb(a, g).refresh();
        double[][] before = rig.apply(d);
        breakRunningInput(rig);

        rig.refresh().absorb(a, g).refresh();

        assertThatArray(rig.apply(d)).isCloseTo(before, Tolerance.EXACT);
        assertThat(rig.count(Event.INVERSE_KEPT)).isEqualTo(1);
    }

    @Test
    void refresh_nanFactorFromTheStart_usesThePlainGradient() {
        Rig rig = rig(Damping.factored(0.1)).absorb(a, g);
        breakRunningInput(rig);

        rig.refresh();

        assertThatArray(rig.apply(d)).isCloseTo(Loops.scaled(10, d), Tolerance.rounding(TYPE));
        assertThat(rig.product())
                .isCloseTo(10 * Loops.dot(d, d), org.assertj.core.data.Percentage.withPercentage(0.01));
        assertThat(rig.count(Event.PLAIN_GRADIENT)).isEqualTo(2); // the refresh and the step
        assertThat(rig.count(Event.INVERSE_KEPT)).isZero();
    }

    @Test
    void refresh_nanFactorStrict_throwsNamingTheLayer() {
        for (Damping damping : new Damping[] {Damping.factored(0.1), Damping.exact(0.1)}) {
            Rig rig = strict(damping).absorb(a, g);
            breakRunningInput(rig);

            assertThatExceptionOfType(NumericalException.class)
                    .isThrownBy(rig::refresh)
                    .withMessageContaining(Rig.LAYER)
                    .withMessageContaining("input")
                    .withMessageContaining("NaN")
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FINITE));
        }
    }

    @Test
    void refresh_withoutStatistics_doesNothing() {
        Rig rig = rig(Damping.factored(0.1)).refresh();

        assertThat(rig.state.lastRefresh()).isEqualTo(-1);
        assertThatArray(rig.apply(d)).isCloseTo(Loops.scaled(10, d), Tolerance.rounding(TYPE));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void apply_gradientNotFinite_skipsTheStep(double bad) {
        Rig rig = rig(Damping.factored(0.1)).absorb(a, g).refresh();
        d[1][2] = bad;

        rig.apply(d);

        assertThat(rig.product()).isNaN();
        assertThat(rig.count(Event.STEP_SKIPPED)).isEqualTo(1);
        Rig strict = strict(Damping.factored(0.1)).absorb(a, g).refresh();
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> strict.apply(d))
                .withMessageContaining(Rig.LAYER);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void absorb_statisticsNotFinite_leavesTheRunningFactors(double bad) {
        Rig rig = rig(Damping.factored(0.1)).absorb(a, g).refresh();
        double[][] before = Loops.of(rig.view.reshape(1, rig.view.length()));
        double[][] broken = Loops.scaled(1, g);
        broken[1][1] = bad;

        rig.absorb(a, broken);

        assertThatArray(rig.view.reshape(1, rig.view.length())).isCloseTo(before, Tolerance.EXACT);
        assertThat(rig.count(Event.STATISTICS_DROPPED)).isEqualTo(1);
        Rig strict = strict(Damping.factored(0.1));
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> strict.absorb(a, broken))
                .withMessageContaining(Rig.LAYER);
    }

    @Test
    void policy_singlePrecisionFails_goesToDouble() {
        Diagnostics diagnostics = new Diagnostics();
        FailurePolicy policy = new FailurePolicy(Kernels.forBackend(), "layer " + Rig.LAYER, false, diagnostics);
        INDArray out = Nd4j.create(TYPE, new long[] {4, 4}, 'f');
        double[][] negative = Loops.scaled(-1000, Loops.identity(4));
        int[] loads = {0};
        Consumer<INDArray> load = target -> target.assign(Loops.array(++loads[0] <= 4 ? negative : a, TYPE, 'f'));

        policy.invert("input", load, Loops.trace(a), 0.1, out);

        assertThat(loads[0]).as("once, three raises, double").isEqualTo(5);
        assertThat(diagnostics.count(Event.DOUBLE_PRECISION)).isEqualTo(1);
        assertThat(diagnostics.count(Event.DAMPING_RAISED)).isZero();
        assertThatArray(Loops.ofUpper(out)).isCloseTo(Loops.inverse(Loops.damped(a, 0.1)), Tolerance.inverse(TYPE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT", "DOUBLE"})
    void policy_indefinite_throwsTheFirstFailure(String name) {
        DataType type = DataType.valueOf(name);
        Diagnostics diagnostics = new Diagnostics();
        FailurePolicy policy = new FailurePolicy(Kernels.forBackend(), "layer " + Rig.LAYER, false, diagnostics);
        INDArray out = Nd4j.create(type, new long[] {4, 4}, 'f');
        INDArray negative = Loops.array(Loops.scaled(-1000, Loops.identity(4)), type, 'f');

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> policy.invert("output", target -> target.assign(negative), 1, 0.25, out))
                .withMessageContaining("output factor of layer " + Rig.LAYER)
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
