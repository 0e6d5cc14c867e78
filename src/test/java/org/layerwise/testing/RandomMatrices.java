package org.layerwise.testing;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Seeded matrices, hard ones included. */
public final class RandomMatrices {
    private static final int MARGIN = 3;

    private final RandomGenerator random;

    public RandomMatrices(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** Standard normal elements. */
    public double[][] gaussian(int rows, int columns) {
        double[][] out = new double[rows][columns];
        for (double[] row : out) {
            for (int j = 0; j < columns; j++) {
                row[j] = random.nextGaussian();
            }
        }
        return out;
    }

    /** Columns orthonormal: Gram-Schmidt, twice. */
    public double[][] orthogonal(int n) {
        double[][] rows = gaussian(n, n);
        for (int i = 0; i < n; i++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int k = 0; k < i; k++) {
                    double projection = product(rows[i], rows[k]);
                    for (int j = 0; j < n; j++) {
                        rows[i][j] -= projection * rows[k][j];
                    }
                }
            }
            double norm = Math.sqrt(product(rows[i], rows[i]));
            for (int j = 0; j < n; j++) {
                rows[i][j] /= norm;
            }
        }
        return rows;
    }

    private static double product(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    /** Symmetric with the given eigenvalues. */
    public double[][] symmetric(double... spectrum) {
        int n = spectrum.length;
        double[][] q = orthogonal(n);
        double[][] diagonal = new double[n][n];
        for (int i = 0; i < n; i++) {
            diagonal[i][i] = spectrum[i];
        }
        double[][] a = Loops.multiply(Loops.multiply(Loops.transpose(q), diagonal), q);
        return Loops.combine(0.5, a, 0.5, Loops.transpose(a));
    }

    /** Positive definite with condition number at most a hundred. */
    public double[][] spd(int n) {
        double[] spectrum = new double[n];
        for (int i = 0; i < n; i++) {
            spectrum[i] = Math.pow(10, 2 * random.nextDouble() - 1);
        }
        return symmetric(spectrum);
    }

    /** Positive semidefinite of the given rank. */
    public double[][] rankDeficient(int n, int rank) {
        double[] spectrum = new double[n];
        Arrays.fill(spectrum, 0, rank, 1);
        return symmetric(spectrum);
    }

    /** Positive definite with rows and columns scaled between 10^-decades and 10^decades. */
    public double[][] illScaled(int n, double decades) {
        double[][] a = spd(n);
        double[] scale = new double[n];
        for (int i = 0; i < n; i++) {
            scale[i] = Math.pow(10, decades * (2 * random.nextDouble() - 1));
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                a[i][j] *= scale[i] * scale[j];
            }
        }
        return a;
    }

    /** How an array lies in memory. */
    public enum Storage {
        ROW_MAJOR,
        COLUMN_MAJOR,
        /** Every second row and inner columns of a larger row-major array. */
        STRIDED_ROWS,
        /** Inner rows and columns of a larger column-major array. */
        STRIDED_COLUMNS,
        /** Dense, column-major, behind other elements of the same buffer. */
        OFFSET
    }

    /** An array with the given elements that lies in memory as told, amid NaN. */
    public static INDArray stored(double[][] a, DataType type, Storage storage) {
        int rows = a.length;
        int columns = a[0].length;
        INDArray out = switch (storage) {
            case ROW_MAJOR -> Nd4j.create(type, new long[] {rows, columns}, 'c');
            case COLUMN_MAJOR -> Nd4j.create(type, new long[] {rows, columns}, 'f');
            case STRIDED_ROWS ->
                noise(type, 'c', 2L * rows + 1, columns + 2L * MARGIN)
                        .get(
                                NDArrayIndex.interval(1, 2, 2L * rows + 1),
                                NDArrayIndex.interval(MARGIN, columns + MARGIN));
            case STRIDED_COLUMNS ->
                noise(type, 'f', rows + 2L * MARGIN, columns + 2L * MARGIN)
                        .get(
                                NDArrayIndex.interval(MARGIN, rows + MARGIN),
                                NDArrayIndex.interval(MARGIN, columns + MARGIN));
            case OFFSET -> offset(type, rows, columns);
        };
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                out.putScalar(i, j, a[i][j]);
            }
        }
        return out;
    }

    /** A dense column-major view with an offset into its buffer, amid NaN. */
    public static INDArray offset(DataType type, int rows, int columns) {
        long length = (long) rows * columns;
        return noise(type, 'c', length + 2 * MARGIN)
                .get(NDArrayIndex.interval(MARGIN, MARGIN + length))
                .reshape('f', rows, columns);
    }

    private static INDArray noise(DataType type, char order, long... shape) {
        return Nd4j.create(type, shape, order).assign(Double.NaN);
    }
}
