package org.layerwise.testing;

import java.util.Locale;
import org.assertj.core.api.AbstractAssert;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares matrices element by element; a failure names the worst element, both values, their ratio and the count. */
public final class ArrayAssert extends AbstractAssert<ArrayAssert, double[][]> {
    private ArrayAssert(double[][] actual) {
        super(actual, ArrayAssert.class);
    }

    public static ArrayAssert assertThatArray(double[][] actual) {
        return new ArrayAssert(actual);
    }

    public static ArrayAssert assertThatArray(INDArray actual) {
        return new ArrayAssert(Loops.of(actual.rank() == 2 ? actual : actual.reshape(1, actual.length())));
    }

    /** Same shape, and every deviation at most {@code tolerance} times the largest expected magnitude. */
    public ArrayAssert isCloseTo(double[][] expected, double tolerance) {
        double scale = 0;
        for (double[] row : expected) {
            for (double value : row) {
                scale = Math.max(scale, Math.abs(value));
            }
        }
        return isWithin(expected, tolerance * scale);
    }

    public ArrayAssert isCloseTo(INDArray expected, double tolerance) {
        return isCloseTo(Loops.of(expected), tolerance);
    }

    /** Same shape, and every deviation at most {@code bound}; NaN deviates from everything. */
    public ArrayAssert isWithin(double[][] expected, double bound) {
        requireShape(expected);
        int mismatches = 0;
        int row = -1;
        int column = -1;
        double worst = -1;
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                double deviation = Math.abs(actual[i][j] - expected[i][j]);
                double rank = Double.isNaN(deviation) ? Double.POSITIVE_INFINITY : deviation;
                if (!(deviation <= bound) && actual[i][j] != expected[i][j]) {
                    mismatches++;
                    if (rank > worst) {
                        worst = rank;
                        row = i;
                        column = j;
                    }
                }
            }
        }
        if (mismatches > 0) {
            failWithMessage("%s", describe(expected, bound, mismatches, row, column));
        }
        return this;
    }

    private String describe(double[][] expected, double bound, int mismatches, int row, int column) {
        double found = actual[row][column];
        double wanted = expected[row][column];
        return String.format(
                Locale.ROOT,
                "%d of %d elements deviate by more than %.3g; the worst, [%d, %d], is %.17g instead of %.17g (ratio %.9g)",
                mismatches,
                expected.length * expected[0].length,
                bound,
                row,
                column,
                found,
                wanted,
                found / wanted);
    }

    private void requireShape(double[][] expected) {
        isNotNull();
        if (actual.length != expected.length || actual[0].length != expected[0].length) {
            failWithMessage(
                    "shape [%s, %s] instead of [%s, %s]",
                    actual.length, actual[0].length, expected.length, expected[0].length);
        }
    }
}
