package org.layerwise.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.SoapState.RotatedSide;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.NumericalException;
import org.layerwise.testing.Loops;
import org.layerwise.testing.MethodSteps;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Building and following one side's eigenbasis, healthy and broken. */
@ParameterizedClass
@CsvSource({"FLOAT, false", "FLOAT, true", "DOUBLE, false", "DOUBLE, true"})
class BlockEigenbasisTest {
    private static final double[] SPECTRUM = {.5, 4, 1, 2};

    private final DataType type;
    private final boolean right;
    private final Diagnostics diagnostics = new Diagnostics();
    private final INDArray factor;
    private final INDArray basis;
    private final INDArray m;
    private final INDArray v;

    BlockEigenbasisTest(DataType type, boolean right) {
        this.type = type;
        this.right = right;
        RandomMatrices random = new RandomMatrices(1);
        this.factor = Loops.array(random.symmetric(SPECTRUM), type, 'f');
        this.basis = Nd4j.create(type, new long[] {4, 4}, 'f').assign(Double.NaN);
        this.m = Loops.array(right ? random.gaussian(3, 4) : random.gaussian(4, 3), type, 'f');
        this.v = Loops.array(right ? random.gaussian(3, 4) : random.gaussian(4, 3), type, 'f');
    }

    private RotatedSide side() {
        return new RotatedSide(right, Block.of(factor), Block.of(basis));
    }

    private BlockEigenbasis eigenbasis(boolean strict) {
        return new BlockEigenbasis(Kernels.forBackend(), MethodSteps.withoutState(type, strict, diagnostics));
    }

    private void refresh(boolean strict) {
        eigenbasis(strict).refresh(side(), Block.of(m), Block.of(v));
    }

    /** The first moments in the matrix's own coordinates. */
    private double[][] original() {
        double[][] q = Loops.of(basis);
        return right ? Loops.multiply(Loops.of(m), Loops.transpose(q)) : Loops.multiply(q, Loops.of(m));
    }

    private double[][] inBasis() {
        double[][] q = Loops.of(basis);
        return Loops.multiply(Loops.transpose(q), Loops.multiply(Loops.of(factor), q));
    }

    @Test
    void build_symmetric_sortsTheLargestFirst() {
        eigenbasis(false).build(side());
        assertThatArray(inBasis())
                .isWithin(new double[][] {{4, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, .5}}, rounding());
        assertThat(diagnostics).hasToString("no failures");
    }

    private double rounding() {
        return 10 * Tolerance.rounding(type);
    }

    @Test
    void refresh_repeated_convergesAndKeepsTheFirstMoments() {
        basis.assign(Nd4j.eye(4));
        double[][] before = original();
        double[][] values = Loops.of(v);
        for (int i = 0; i < 60; i++) {
            refresh(false);
            assertThatArray(original()).isCloseTo(before, rounding());
        }
        assertThatArray(inBasis())
                .isWithin(new double[][] {{4, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, .5}}, rounding());
        assertThatArray(new double[][] {sorted(Loops.of(v))}).isWithin(new double[][] {sorted(values)}, 0);
        assertThat(diagnostics).hasToString("no failures");
    }

    private static double[] sorted(double[][] a) {
        return java.util.Arrays.stream(a)
                .flatMapToDouble(java.util.Arrays::stream)
                .sorted()
                .toArray();
    }

    /** With a diagonal factor the columns only change places, and the second moments go with them. */
    @Test
    void refresh_unsortedBasis_permutesTheSecondMoments() {
        factor.assign(0);
        for (int i = 0; i < 4; i++) {
            factor.putScalar(i, i, SPECTRUM[i]);
        }
        basis.assign(Nd4j.eye(4));
        double[][] before = right ? Loops.transpose(Loops.of(v)) : Loops.of(v);
        double[][] expected = {before[1], before[3], before[2], before[0]};
        refresh(false);
        assertThatArray(v).isCloseTo(right ? Loops.transpose(expected) : expected, Tolerance.EXACT);
    }

    @Test
    void refresh_zeroFactor_changesNothing() {
        eigenbasis(false).build(side());
        double[][] before = Loops.of(basis);
        factor.assign(0);
        refresh(true);
        assertThatArray(basis).isCloseTo(before, Tolerance.EXACT);
        assertThat(diagnostics).hasToString("no failures");
    }

    @Test
    void refresh_notFinite_keepsTheBasisAndRestartsTheFactor() {
        eigenbasis(false).build(side());
        double[][] before = Loops.of(basis);
        double[][] moments = Loops.of(m);
        factor.putScalar(0, 1, Double.NaN);
        refresh(false);
        assertThatArray(basis).isCloseTo(before, Tolerance.EXACT);
        assertThatArray(m).isCloseTo(moments, Tolerance.EXACT);
        assertThatArray(factor).isWithin(new double[4][4], 0);
        assertThat(diagnostics.count(Event.INVERSE_KEPT)).isEqualTo(1);
    }

    @Test
    void refresh_notFiniteInStrictMode_throws() {
        eigenbasis(true).build(side());
        factor.putScalar(0, 0, Double.POSITIVE_INFINITY);
        assertThatThrownBy(() -> refresh(true))
                .isInstanceOf(NumericalException.class)
                .hasMessageContaining("layer0")
                .hasMessageContaining("parameter W");
    }

    /** A product with the basis overflows the type, but not double precision. */
    @Test
    void refresh_overflowingProduct_isRepeatedInDoublePrecision() {
        eigenbasis(false).build(side());
        double huge = type == DataType.FLOAT ? 3e38 : 1.7e308;
        basis.assign(Loops.array(new RandomMatrices(4).orthogonal(4), type, 'f'));
        double[][] before = original();
        factor.assign(huge);
        refresh(false);
        assertThat(diagnostics.count(Event.DOUBLE_PRECISION)).isEqualTo(type == DataType.FLOAT ? 1 : 0);
        assertThat(diagnostics.count(Event.INVERSE_KEPT)).isEqualTo(type == DataType.FLOAT ? 0 : 1);
        assertThatArray(original()).isCloseTo(before, rounding());
        assertThatArray(Loops.gramian(Loops.of(basis))).isWithin(Loops.identity(4), rounding());
    }

    @Test
    void build_notFinite_leavesTheBlockUnrotated() {
        factor.putScalar(2, 2, Double.NaN);
        eigenbasis(false).build(side());
        assertThatArray(basis).isWithin(Loops.identity(4), 0);
        assertThatArray(factor).isWithin(new double[4][4], 0);
        assertThat(diagnostics.count(Event.NOT_ROTATED)).isEqualTo(1);
    }

    @Test
    void build_notFiniteInStrictMode_throws() {
        factor.putScalar(2, 2, Double.NaN);
        assertThatThrownBy(() -> eigenbasis(true).build(side()))
                .isInstanceOf(NumericalException.class)
                .hasMessageContaining("of layer layer0, parameter W")
                .hasMessageContaining("trace NaN");
    }
}
