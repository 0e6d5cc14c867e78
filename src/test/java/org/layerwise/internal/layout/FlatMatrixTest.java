package org.layerwise.internal.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Role;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.RandomMatrices.Storage;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FlatMatrixTest {
    private static final Kernels KERNELS = Kernels.forBackend();

    /** A dense layer [nIn, nOut] in DL4J's order, with its bias as the last row. */
    private static Matrix dense(int nIn, int nOut, boolean bias) {
        Matrix weights = Matrix.contiguous("W", 0, nIn, nOut, Role.HIDDEN, 1);
        return bias ? weights.withBias((long) nIn * nOut) : weights;
    }

    static Stream<Matrix> matrices() {
        return Stream.of(
                dense(3, 2, true),
                dense(3, 2, false),
                dense(1, 4, true),
                dense(1, 4, false),
                dense(4, 1, true),
                dense(4, 1, false),
                dense(1, 1, true),
                dense(1, 1, false),
                dense(31, 17, true));
    }

    private static FlatMatrix map(Matrix matrix) {
        return new FlatMatrix(KERNELS, matrix);
    }

    /** DL4J's order, spelt out: weights column by column, then the bias. */
    private static double[][] canonical(Matrix matrix, double[] flat) {
        double[][] d = new double[matrix.rows()][matrix.columns()];
        int nIn = matrix.bands().get(0).rows();
        int k = 0;
        for (int j = 0; j < matrix.columns(); j++) {
            for (int i = 0; i < nIn; i++) {
                d[i][j] = flat[k++];
            }
        }
        for (int j = 0; matrix.rows() > nIn && j < matrix.columns(); j++) {
            d[nIn][j] = flat[k++];
        }
        return d;
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void gather_flatVector_putsTheBiasLast(Matrix matrix) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (double scale : new double[] {1, -2.5}) {
                double[][] flat = Loops.rounded(new RandomMatrices(1).gaussian(1, (int) matrix.length()), type);
                INDArray d = RandomMatrices.offset(type, matrix.rows(), matrix.columns());

                map(matrix).gather(RandomMatrices.stored(flat, type, Storage.OFFSET), scale, d);

                assertThatArray(d).isCloseTo(Loops.scaled(scale, canonical(matrix, flat[0])), Tolerance.rounding(type));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void scatter_afterGather_isTheRoundTrip(Matrix matrix) {
        double[][] flat = new RandomMatrices(2).gaussian(1, (int) matrix.length());
        double[][] base = new RandomMatrices(3).gaussian(1, (int) matrix.length());
        INDArray d = RandomMatrices.offset(DataType.DOUBLE, matrix.rows(), matrix.columns());
        INDArray target = RandomMatrices.stored(base, DataType.DOUBLE, Storage.OFFSET);
        map(matrix).gather(Loops.array(flat, DataType.DOUBLE, 'c'), 1, d);

        map(matrix).scatter(d, -0.5, target, true);
        assertThatArray(target).isCloseTo(Loops.combine(1, base, -0.5, flat), Tolerance.FORMULA);
        map(matrix).scatter(d, 3, target, false);
        assertThatArray(target).isCloseTo(Loops.scaled(3, flat), Tolerance.FORMULA);
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void scatter_anyMatrix_isTheAdjointOfGather(Matrix matrix) {
        double[][] g = new RandomMatrices(4).gaussian(1, (int) matrix.length());
        double[][] d = new RandomMatrices(5).gaussian(matrix.rows(), matrix.columns());
        INDArray image = Loops.array(Loops.scaled(0, d), DataType.DOUBLE, 'f');
        INDArray adjoint = Loops.array(Loops.scaled(0, g), DataType.DOUBLE, 'c');

        map(matrix).gather(Loops.array(g, DataType.DOUBLE, 'c'), 1, image);
        map(matrix).scatter(Loops.array(d, DataType.DOUBLE, 'f'), 1, adjoint, true);

        assertThat(Loops.dot(Loops.of(image), d))
                .isCloseTo(Loops.dot(g, Loops.of(adjoint)), within(Tolerance.FORMULA * matrix.length()));
    }

    /** Bands apart and with gaps between their columns, as gates of a recurrent layer lie. */
    @Test
    void gather_stridedBands_stacksTheirRows() {
        Matrix matrix = new Matrix(
                "gate", List.of(new Matrix.Band(1, 2, 2, 3), new Matrix.Band(8, 1, 2, 2)), Role.RECURRENT, 1);
        INDArray flat = Nd4j.createFromArray(0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        INDArray d = Nd4j.create(DataType.DOUBLE, new long[] {3, 2}, 'f');

        map(matrix).gather(flat, 1, d);

        assertThat(matrix.contiguous()).isFalse();
        assertThatArray(d).isCloseTo(new double[][] {{1, 4}, {2, 5}, {8, 10}}, Tolerance.EXACT);
    }

    /** Rows next to each other, as DL4J runs one-dimensional convolutions. */
    @Test
    void gather_bandByRows_isTheTranspose() {
        Matrix matrix = new Matrix(
                "W", List.of(new Matrix.Band(1, 2, 3, 4, true), new Matrix.Band(9, 1, 3, 1)), Role.CONVOLUTION, 1);
        INDArray flat = Nd4j.createFromArray(0.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        INDArray d = Nd4j.create(DataType.DOUBLE, new long[] {3, 3}, 'f');

        map(matrix).gather(flat, 2, d);

        assertThat(matrix.contiguous()).isFalse();
        assertThat(matrix.bands().get(0).end()).isEqualTo(8);
        assertThatArray(d).isCloseTo(new double[][] {{2, 4, 6}, {10, 12, 14}, {18, 20, 22}}, Tolerance.EXACT);
        INDArray back = Nd4j.zeros(DataType.DOUBLE, 12);
        map(matrix).scatter(d, 0.5, back, false);
        assertThatArray(back).isCloseTo(new double[][] {{0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11}}, Tolerance.EXACT);
    }

    @Test
    void dimensions_withAndWithoutBias_countTheHomogeneousCoordinate() {
        assertThat(dense(5, 3, true).rows()).isEqualTo(6);
        assertThat(dense(5, 3, false).rows()).isEqualTo(5);
        assertThat(dense(5, 3, true).columns()).isEqualTo(3);
        assertThat(dense(5, 3, true).length()).isEqualTo(18);
        assertThat(dense(5, 3, false).length()).isEqualTo(15);
    }
}
