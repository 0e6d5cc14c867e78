package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.layerwise.settings.NumericalException;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class KroneckerProductTest {
    private final RandomMatrices random = new RandomMatrices(1);
    private final double[][] a = random.spd(4);
    private final double[][] g = random.spd(3);
    private final double[][] d = random.gaussian(4, 3);
    private final KroneckerProduct product = new KroneckerProduct(array(a), array(g));

    private static INDArray array(double[][] matrix) {
        return Loops.array(matrix, DataType.DOUBLE, 'f');
    }

    @Test
    void dense_anyFactors_isTheKroneckerProductOfLoops() {
        assertThatArray(product.dense()).isCloseTo(Loops.kronecker(g, a), Tolerance.FORMULA);
    }

    @Test
    void dense_diagonalFactors_isGolden() {
        KroneckerProduct diagonal =
                new KroneckerProduct(array(new double[][] {{1, 0}, {0, 4}}), array(new double[][] {{2, 0}, {0, 3}}));

        assertThatArray(diagonal.dense())
                .isCloseTo(new double[][] {{2, 0, 0, 0}, {0, 8, 0, 0}, {0, 0, 3, 0}, {0, 0, 0, 12}}, Tolerance.EXACT);
    }

    @Test
    void inverse_diagonalFactors_isGolden() {
        KroneckerProduct diagonal =
                new KroneckerProduct(array(new double[][] {{1, 0}, {0, 4}}), array(Loops.identity(2)));

        KroneckerProduct inverse = diagonal.inverse();

        assertThatArray(inverse.input()).isCloseTo(new double[][] {{1, 0}, {0, 0.25}}, Tolerance.EXACT);
        assertThatArray(inverse.multiply(array(new double[][] {{1, 2}, {4, 8}})))
                .isCloseTo(new double[][] {{1, 2}, {1, 2}}, Tolerance.EXACT);
    }

    @Test
    void multiply_nonSymmetricArgument_agreesWithTheDenseMatrix() {
        INDArray gradient = array(d);

        double[][] dense = Loops.multiply(Loops.kronecker(g, a), Loops.vec(d));

        assertThatArray(product.multiply(gradient)).isCloseTo(Loops.unvec(dense, 4), Tolerance.FORMULA);
        assertThatArray(gradient).isCloseTo(d, Tolerance.EXACT);
    }

    @Test
    void inverse_positiveDefinite_undoesMultiply() {
        INDArray back = product.inverse().multiply(product.multiply(array(d)));

        assertThatArray(back).isCloseTo(d, Tolerance.inverse(DataType.DOUBLE));
        assertThatArray(Loops.multiply(
                        Loops.kronecker(g, a), Loops.of(product.inverse().dense())))
                .isWithin(Loops.identity(12), Tolerance.inverse(DataType.DOUBLE));
    }

    @Test
    void inverse_singularFactor_isSignalled() {
        KroneckerProduct singular = new KroneckerProduct(array(a), array(new double[2][2]));

        assertThatExceptionOfType(NumericalException.class).isThrownBy(singular::inverse);
    }

    @Test
    void trace_anyFactors_isThatOfTheDenseMatrix() {
        assertThat(product.trace())
                .isCloseTo(Loops.trace(Loops.kronecker(g, a)), within(Tolerance.FORMULA * product.trace()));
    }
}
