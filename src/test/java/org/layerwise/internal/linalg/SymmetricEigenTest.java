package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.settings.NumericalException;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class SymmetricEigenTest {
    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void of_givenSpectrum_findsIt(DataType type) {
        INDArray a = Loops.array(new RandomMatrices(1).symmetric(3, -1, 0.5, 2), type, 'c');

        SymmetricEigen eigen = SymmetricEigen.of(a);

        assertThatArray(eigen.values()).isCloseTo(new double[][] {{-1, 0.5, 2, 3}}, Tolerance.rounding(type));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void compose_ownSpectrum_returnsTheMatrix(DataType type) {
        double[][] a = Loops.rounded(new RandomMatrices(2).spd(19), type);
        INDArray array = Loops.array(a, type, 'f');

        SymmetricEigen eigen = SymmetricEigen.of(array);

        assertThatArray(eigen.compose(eigen.values())).isCloseTo(a, Tolerance.rounding(type));
        assertThatArray(array).as("not changed").isCloseTo(a, Tolerance.EXACT);
    }

    @Test
    void compose_reciprocalSpectrum_isTheInverse() {
        double[][] a = new RandomMatrices(3).spd(8);
        SymmetricEigen eigen = SymmetricEigen.of(Loops.array(a, DataType.DOUBLE, 'c'));

        INDArray inverse = eigen.compose(eigen.values().rdiv(1));

        assertThatArray(Loops.multiply(a, Loops.of(inverse)))
                .isWithin(Loops.identity(8), Tolerance.inverse(DataType.DOUBLE));
    }

    @Test
    void condition_knownSpectrum_isTheRatio() {
        INDArray a = Loops.array(new RandomMatrices(4).symmetric(8, 2, 4), DataType.DOUBLE, 'c');

        assertThat(SymmetricEigen.of(a).condition()).isCloseTo(4, within(Tolerance.PRINTED));
    }

    @Test
    void of_notSquareOrNotFinite_isRefused() {
        INDArray wide = Loops.array(new double[2][3], DataType.DOUBLE, 'f');
        INDArray infinite = Loops.array(
                new double[][] {{1, Double.POSITIVE_INFINITY}, {Double.POSITIVE_INFINITY, 1}}, DataType.DOUBLE, 'f');

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SymmetricEigen.of(wide))
                .withMessageContaining("[2, 3]");
        assertThatExceptionOfType(NumericalException.class).isThrownBy(() -> SymmetricEigen.of(infinite));
    }
}
