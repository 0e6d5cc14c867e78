package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class CholeskyTest {
    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void solve_severalSides_leavesAResidualOfRounding(DataType type) {
        for (char order : new char[] {'c', 'f'}) {
            RandomMatrices random = new RandomMatrices(order);
            double[][] a = Loops.rounded(random.spd(23), type);
            double[][] b = Loops.rounded(random.gaussian(23, 4), type);
            INDArray left = Loops.array(a, type, order);
            INDArray right = Loops.array(b, type, order);

            INDArray x = Cholesky.factor(left).solve(right);

            assertThatArray(Loops.multiply(a, Loops.of(x))).isCloseTo(b, Tolerance.inverse(type));
            assertThatArray(left).isCloseTo(a, Tolerance.EXACT);
            assertThatArray(right).isCloseTo(b, Tolerance.EXACT);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void inverse_positiveDefinite_isTwoSided(DataType type) {
        double[][] a = Loops.rounded(new RandomMatrices(1).spd(12), type);

        double[][] inverse = Loops.of(Cholesky.factor(Loops.array(a, type, 'c')).inverse());

        assertThatArray(Loops.multiply(a, inverse)).isWithin(Loops.identity(12), Tolerance.inverse(type));
        assertThatArray(Loops.multiply(inverse, a)).isWithin(Loops.identity(12), Tolerance.inverse(type));
    }

    @Test
    void factor_garbageBelowTheDiagonal_isNotRead() {
        double[][] a = new RandomMatrices(2).spd(5);

        INDArray inverse = Cholesky.factor(Loops.upper(a, DataType.DOUBLE)).inverse();

        assertThatArray(Loops.multiply(a, Loops.of(inverse)))
                .isWithin(Loops.identity(5), Tolerance.inverse(DataType.DOUBLE));
    }

    @Test
    void factor_indefiniteOrNaN_isSignalled() {
        INDArray indefinite = Loops.array(new double[][] {{1, 2}, {2, 1}}, DataType.DOUBLE, 'f');
        INDArray broken = Loops.array(new double[][] {{1, Double.NaN}, {Double.NaN, 1}}, DataType.DOUBLE, 'f');

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> Cholesky.factor(indefinite))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_POSITIVE_DEFINITE));
        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> Cholesky.factor(broken))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FINITE));
    }

    @Test
    void factorAndSolve_badShapes_areRefused() {
        INDArray tall = Loops.array(new double[3][2], DataType.DOUBLE, 'f');
        Cholesky identity = Cholesky.factor(Loops.array(Loops.identity(2), DataType.DOUBLE, 'f'));
        INDArray single = Loops.array(new double[2][2], DataType.FLOAT, 'f');

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cholesky.factor(tall))
                .withMessageContaining("[3, 2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> identity.solve(tall))
                .withMessageContaining("2 rows")
                .withMessageContaining("[3, 2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> identity.solve(single))
                .withMessageContaining("DOUBLE")
                .withMessageContaining("FLOAT");
    }

    @Test
    void blas_halfPrecision_isRefusedWithARemedy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Blas.of(DataType.FLOAT16))
                .withMessageContaining("FLOAT or DOUBLE")
                .withMessageContaining(DataType.FLOAT16.toString())
                .withMessageContaining("net.convertDataType(DataType.FLOAT)");
    }
}
