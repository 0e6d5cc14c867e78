package org.layerwise.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.layerwise.method.Matrix;
import org.layerwise.settings.NormBall;
import org.layerwise.settings.NormBall.Norm;
import org.layerwise.settings.Role;

class NormBallsTest {
    private static Matrix matrix(int rows, int columns, Role role, int kernelArea) {
        return Matrix.contiguous("W", 0, rows, columns, role, kernelArea);
    }

    @Test
    void direction_spectralScales_followTheChannels() {
        Matrix dense = matrix(8, 18, Role.HIDDEN, 1);
        Matrix narrowing = matrix(18, 8, Role.INPUT, 1);
        Matrix convolution = matrix(2 * 9, 8, Role.CONVOLUTION, 9);
        assertThat(scale(NormBall.of(Norm.SPECTRAL, 2), dense)).isEqualTo(3);
        assertThat(scale(NormBall.of(Norm.SPECTRAL, 3), narrowing)).isEqualTo(2);
        assertThat(scale(NormBall.of(Norm.SPECTRAL_MAX, 3), narrowing)).isEqualTo(3);
        assertThat(scale(NormBall.of(Norm.SPECTRAL, 9), convolution)).isEqualTo(2);
        assertThat(scale(NormBall.of(Norm.SPECTRAL, 1).unnormalized(), matrix(8, 16, Role.HIDDEN, 1)))
                .isEqualTo(4);
    }

    private static double scale(NormBall ball, Matrix matrix) {
        return ((SteepestDirection.Spectral) NormBalls.direction(ball, matrix)).scale();
    }
}
