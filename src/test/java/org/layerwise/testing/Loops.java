package org.layerwise.testing;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The oracle: matrix algebra in plain double loops, written to be obvious rather than fast. */
public final class Loops {
    private Loops() {}

    /** Every element of a matrix or view. */
    public static double[][] of(INDArray a) {
        double[] values = a.dup('c').data().asDouble();
        double[][] out = new double[a.rows()][];
        for (int i = 0; i < out.length; i++) {
            out[i] = java.util.Arrays.copyOfRange(values, i * a.columns(), (i + 1) * a.columns());
        }
        return out;
    }

    /** The symmetric matrix that the lower triangle defines. */
    public static double[][] ofLower(INDArray a) {
        double[][] out = of(a);
        for (int i = 0; i < out.length; i++) {
            for (int j = i + 1; j < out.length; j++) {
                out[i][j] = out[j][i];
            }
        }
        return out;
    }

    /** The symmetric matrix that the upper triangle defines. */
    public static double[][] ofUpper(INDArray a) {
        return transpose(ofLower(a.transpose()));
    }

    /** A dense array of its own. */
    public static INDArray array(double[][] a, DataType type, char order) {
        return Nd4j.create(type, new long[] {a.length, a[0].length}, order)
                .assign(Nd4j.createFromArray(a).castTo(type));
    }

    /** As {@link #array}, with NaN below the diagonal. */
    public static INDArray upper(double[][] a, DataType type) {
        INDArray out = array(a, type, 'f');
        for (int j = 0; j < a.length; j++) {
            for (int i = j + 1; i < a.length; i++) {
                out.putScalar(i, j, Double.NaN);
            }
        }
        return out;
    }

    /** Rounds every element to the type, so that both sides of a comparison start from the same numbers. */
    public static double[][] rounded(double[][] a, DataType type) {
        return of(array(a, type, 'f'));
    }

    public static double[][] multiply(double[][] a, double[][] b) {
        double[][] out = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                for (int j = 0; j < b[0].length; j++) {
                    out[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return out;
    }

    /** Rows and columns from the first, up to but not including the last. */
    public static double[][] part(double[][] a, int fromRow, int toRow, int fromColumn, int toColumn) {
        return Arrays.stream(a, fromRow, toRow)
                .map(row -> Arrays.copyOfRange(row, fromColumn, toColumn))
                .toArray(double[][]::new);
    }

    public static double[][] transpose(double[][] a) {
        double[][] out = new double[a[0].length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                out[j][i] = a[i][j];
            }
        }
        return out;
    }

    /** alpha a + beta b. */
    public static double[][] combine(double alpha, double[][] a, double beta, double[][] b) {
        double[][] out = new double[a.length][a[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                out[i][j] = alpha * a[i][j] + beta * b[i][j];
            }
        }
        return out;
    }

    public static double[][] scaled(double alpha, double[][] a) {
        return combine(alpha, a, 0, a);
    }

    public static double[][] identity(int n) {
        double[][] out = new double[n][n];
        for (int i = 0; i < n; i++) {
            out[i][i] = 1;
        }
        return out;
    }

    /** a + lambda I. */
    public static double[][] damped(double[][] a, double lambda) {
        return combine(1, a, lambda, identity(a.length));
    }

    /** The rows with a trailing 1. */
    public static double[][] homogeneous(double[][] x) {
        double[][] out = new double[x.length][];
        for (int i = 0; i < x.length; i++) {
            out[i] = java.util.Arrays.copyOf(x[i], x[i].length + 1);
            out[i][x[i].length] = 1;
        }
        return out;
    }

    /** x' x. */
    public static double[][] gramian(double[][] x) {
        return multiply(transpose(x), x);
    }

    /** (g (x) a): the matrix of D -> a D g on column-major vec(D). */
    public static double[][] kronecker(double[][] g, double[][] a) {
        int m = a.length;
        double[][] out = new double[g.length * m][g.length * m];
        for (int i = 0; i < out.length; i++) {
            for (int j = 0; j < out.length; j++) {
                out[i][j] = g[i / m][j / m] * a[i % m][j % m];
            }
        }
        return out;
    }

    /** Column-major vec as a one-column matrix. */
    public static double[][] vec(double[][] d) {
        double[][] out = new double[d.length * d[0].length][1];
        for (int k = 0; k < out.length; k++) {
            out[k][0] = d[k % d.length][k / d.length];
        }
        return out;
    }

    /** The inverse of {@link #vec}. */
    public static double[][] unvec(double[][] v, int rows) {
        double[][] out = new double[rows][v.length / rows];
        for (int k = 0; k < v.length; k++) {
            out[k % rows][k / rows] = v[k][0];
        }
        return out;
    }

    /** Solves a x = b by Gaussian elimination with partial pivoting. */
    public static double[][] solve(double[][] a, double[][] b) {
        int n = a.length;
        double[][] m = new double[n][];
        double[][] x = new double[n][];
        for (int i = 0; i < n; i++) {
            m[i] = a[i].clone();
            x[i] = b[i].clone();
        }
        for (int k = 0; k < n; k++) {
            int pivot = k;
            for (int i = k + 1; i < n; i++) {
                pivot = Math.abs(m[i][k]) > Math.abs(m[pivot][k]) ? i : pivot;
            }
            swap(m, k, pivot);
            swap(x, k, pivot);
            for (int i = 0; i < n; i++) {
                double factor = i == k ? 0 : m[i][k] / m[k][k];
                subtract(m[i], factor, m[k]);
                subtract(x[i], factor, x[k]);
            }
        }
        for (int k = 0; k < n; k++) {
            for (int j = 0; j < x[k].length; j++) {
                x[k][j] /= m[k][k];
            }
        }
        return x;
    }

    private static void swap(double[][] rows, int i, int j) {
        double[] row = rows[i];
        rows[i] = rows[j];
        rows[j] = row;
    }

    private static void subtract(double[] row, double factor, double[] other) {
        if (factor != 0) {
            for (int j = 0; j < row.length; j++) {
                row[j] -= factor * other[j];
            }
        }
    }

    public static double[][] inverse(double[][] a) {
        return solve(a, identity(a.length));
    }

    public static double trace(double[][] a) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i][i];
        }
        return sum;
    }

    /** Sum of products of the elements. */
    public static double dot(double[][] a, double[][] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                sum += a[i][j] * b[i][j];
            }
        }
        return sum;
    }
}
