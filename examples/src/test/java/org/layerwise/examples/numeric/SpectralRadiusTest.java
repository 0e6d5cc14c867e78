package org.layerwise.examples.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

final class SpectralRadiusTest {
    private static final double ROUNDING = 1e-12;

    private static INDArray matrix(double... values) {
        int size = (int) Math.sqrt(values.length);
        return Draws.matrix(values, size, size);
    }

    @Test
    void diagonalMatrix_isTheLargestModulus() {
        assertThat(SpectralRadius.of(matrix(.5, 0, 0, -.75))).isCloseTo(.75, within(ROUNDING));
    }

    /** Its norm is about 1000, its eigenvalues are both .9: what the norm says about one step fades over many. */
    @Test
    void nonNormalMatrix_isNotTheNorm() {
        assertThat(SpectralRadius.of(matrix(.9, 1000, 0, .9))).isCloseTo(.9, within(1e-9));
    }

    @Test
    void rotation_hasTheModulusOfItsComplexPair() {
        assertThat(SpectralRadius.of(matrix(0, -2, 2, 0))).isCloseTo(2, within(ROUNDING));
    }

    @Test
    void oppositeEigenvaluesOfEqualModulus_doNotCancel() {
        assertThat(SpectralRadius.of(matrix(0, 1, 1, 0))).isCloseTo(1, within(ROUNDING));
    }

    @Test
    void nilpotentMatrix_isZero() {
        assertThat(SpectralRadius.of(matrix(0, 1, 0, 0))).isZero();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-200, 1e-9, 1e200})
    void scale_neitherOverflowsNorVanishes(double scale) {
        double radius = SpectralRadius.of(matrix(scale, 0, 0, scale / 3));

        assertThat(radius / scale).isCloseTo(1, within(ROUNDING));
    }

    @Test
    void argument_isLeftAlone() {
        INDArray matrix = matrix(.5, 1, 0, .25);

        SpectralRadius.of(matrix);

        assertThat(Draws.values(matrix)).containsExactly(.5, 1, 0, .25);
    }
}
