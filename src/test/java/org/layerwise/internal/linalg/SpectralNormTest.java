package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;

class SpectralNormTest {
    private static final double ROUNDING = 1e-11;
    /** Below the norm by at most this share where eigenvalues crowd. */
    private static final double CROWDED = .1;

    private static double norm(double[][] a) {
        int n = a.length;
        double[] columns = new double[n * n];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                columns[j * n + i] = a[i][j];
            }
        }
        return SpectralNorm.ofNormal(columns, n);
    }

    private static double[][] withEigenvalues(long seed, double... values) {
        double[][] q = new RandomMatrices(seed).orthogonal(values.length);
        double[][] scaled = new double[values.length][values.length];
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values.length; j++) {
                scaled[i][j] = q[i][j] * values[j];
            }
        }
        return Loops.multiply(scaled, Loops.transpose(q));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-150, 1e-20, 1e20, 1e150})
    void ofNormal_separatedEigenvalues_isExactAtAnyScale(double scale) {
        for (long seed = 1; seed <= 20; seed++) {
            double[][] a = withEigenvalues(seed, 3 * scale, scale, .5 * scale, 1e-3 * scale, 0);
            assertThat(norm(a) / scale).isCloseTo(3, within(3 * ROUNDING));
            double[][] negative = withEigenvalues(seed, -3 * scale, scale, 0);
            assertThat(norm(negative) / scale).isCloseTo(3, within(3 * ROUNDING));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 100})
    void ofNormal_crowdedEigenvalues_isALowerBoundNearby(int n) {
        for (long seed = 1; seed <= 10; seed++) {
            double[] values = new double[n];
            for (int i = 0; i < values.length; i++) {
                values[i] = 1 - .4 * i / n;
            }
            assertThat(norm(withEigenvalues(seed, values))).isBetween(1 - CROWDED, 1 + ROUNDING);
        }
    }

    @Test
    void ofNormal_skewSymmetric_isTheLargestRotation() {
        double[][] a = {{0, 2, 0, 0}, {-2, 0, 0, 0}, {0, 0, 0, 5}, {0, 0, -5, 0}};
        double[][] q = new RandomMatrices(3).orthogonal(4);
        double[][] turned = Loops.multiply(Loops.multiply(q, a), Loops.transpose(q));
        assertThat(norm(turned)).isCloseTo(5, within(5 * ROUNDING));
    }

    /** The largest diagonal entry and the longest column may belong to an eigenvector of a smaller eigenvalue. */
    @Test
    void ofNormal_startInAnEigenspace_leavesIt() {
        assertThat(norm(new double[][] {{1, 0, 0}, {0, .9, .9}, {0, .9, .9}})).isCloseTo(1.8, within(ROUNDING));
        double[][] blocks = new double[5][5];
        blocks[0][0] = 2;
        for (int i = 1; i < 5; i++) {
            for (int j = 1; j < 5; j++) {
                blocks[i][j] = .9;
            }
        }
        assertThat(norm(blocks)).isCloseTo(3.6, within(ROUNDING));
    }

    @Test
    void ofNormal_degenerate_isItself() {
        assertThat(norm(new double[3][3])).isZero();
        assertThat(norm(new double[][] {{-7}})).isEqualTo(7);
        assertThat(norm(Loops.identity(4))).isCloseTo(1, within(ROUNDING));
        assertThat(norm(new double[][] {{1, Double.NaN}, {0, 1}})).isNaN();
        assertThat(norm(new double[][] {{1, Double.POSITIVE_INFINITY}, {0, 1}})).isInfinite();
    }
}
