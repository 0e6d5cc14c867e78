package org.layerwise.examples.numeric;

import java.util.random.RandomGenerator;
import org.layerwise.internal.linalg.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Random matrices in double precision from a seeded generator of the JDK, so that a seed means the same everywhere. */
public final class Draws {
    private Draws() {}

    /** Independent N(0, deviation^2) entries, [rows, columns]. */
    public static INDArray normal(int rows, int columns, double deviation, RandomGenerator random) {
        double[] values = new double[rows * columns];
        fillNormal(values, deviation, random);
        return matrix(values, rows, columns);
    }

    /** Overwrites {@code values} with independent N(0, deviation^2) draws. */
    public static void fillNormal(double[] values, double deviation, RandomGenerator random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = deviation * random.nextGaussian();
        }
    }

    /** Overwrites {@code values} with independent signs, 64 to a random word. */
    public static void fillSigns(double[] values, RandomGenerator random) {
        long bits = 0;
        for (int i = 0; i < values.length; i++) {
            if ((i & 63) == 0) {
                bits = random.nextLong();
            }
            values[i] = 1 - 2 * (bits & 1);
            bits >>>= 1;
        }
    }

    /** Puts {@code values} into a uniformly random order. */
    public static void shuffle(double[] values, RandomGenerator random) {
        for (int i = values.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            double value = values[i];
            values[i] = values[other];
            values[other] = value;
        }
    }

    /** The numbers from 0 to {@code count - 1} in a uniformly random order. */
    public static int[] permutation(int count, RandomGenerator random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    /**
     * Orthogonal matrix [size, size], Haar distributed up to the signs of its columns: the eigenvectors of a Gaussian
     * symmetric matrix.
     */
    public static INDArray rotation(int size, RandomGenerator random) {
        INDArray gaussian = normal(size, size, 1, random);
        return SymmetricEigen.of(gaussian.add(gaussian.transpose())).vectors();
    }

    /** Matrix [rows, columns] with orthonormal rows that span a uniformly random subspace. */
    public static INDArray orthonormalRows(int rows, int columns, RandomGenerator random) {
        INDArray rotation = rotation(columns, random);
        INDArray result = Nd4j.create(rotation.dataType(), rows, columns);
        for (int row = 0; row < rows; row++) {
            result.putRow(row, rotation.getColumn(row));
        }
        return result;
    }

    /** Matrices with equal numbers of columns below each other. */
    public static INDArray stack(INDArray... blocks) {
        return Nd4j.vstack(blocks);
    }

    /** Row-major matrix of {@code values}. */
    public static INDArray matrix(double[] values, int rows, int columns) {
        return Nd4j.createFromArray(values).reshape('c', rows, columns);
    }

    /** Entries of a matrix in row-major order, a new array. */
    public static double[] values(INDArray matrix) {
        double[] values = new double[(int) matrix.length()];
        try (INDArray rows = matrix.dup('c')) {
            rows.data().asNioDouble().get(values);
        }
        return values;
    }
}
