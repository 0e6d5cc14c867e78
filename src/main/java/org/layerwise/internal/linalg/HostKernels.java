package org.layerwise.internal.linalg;

import java.lang.ref.Reference;
import org.layerwise.internal.Require;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** BLAS and LAPACK on host memory, in place and without copies of dense arrays. */
enum HostKernels implements Kernels {
    INSTANCE;

    @Override
    public void addGramian(INDArray x, boolean homogeneous, double alpha, INDArray c) {
        INDArray rows = contiguous(x.dataType() == c.dataType() ? x : x.castTo(c.dataType()));
        Blas blas = Blas.of(c.dataType());
        int n = rows.rows();
        int d = rows.columns();
        int ldc = c.rows();
        Require.argument(
                ldc == (homogeneous ? d + 1 : d),
                "A Gramian of [%s, %s] rows does not fit a %s by %s matrix",
                n,
                d,
                ldc,
                ldc);
        // A 'c' array [n, d] is the column-major array [d, n].
        boolean rowMajor = isRowMajor(rows);
        int ldx = rowMajor ? d : n;
        Block samples = stored(rows, rowMajor);
        Block target = new Block(c, 0, d, d, ldc);
        blas.syrk(Blas.LOWER, rowMajor ? Blas.NO_TRANSPOSE : Blas.TRANSPOSE, alpha, samples, 1, target);
        if (homogeneous) {
            INDArray ones = Nd4j.ones(c.dataType(), n);
            if (rowMajor) {
                blas.gemv(Blas.NO_TRANSPOSE, d, n, alpha, rows, ldx, ones, c, d, ldc);
            } else {
                blas.gemv(Blas.TRANSPOSE, n, d, alpha, rows, ldx, ones, c, d, ldc);
            }
            blas.axpy(1, alpha * n, ones, 0, 1, c, (long) d * ldc + d, 1);
        }
    }

    private static boolean isRowMajor(INDArray x) {
        return x.stride(1) == 1 && x.stride(0) == x.columns();
    }

    /** The array itself if it is dense in either order, else a dense copy. */
    private static INDArray contiguous(INDArray x) {
        boolean columnMajor = x.stride(0) == 1 && x.stride(1) == x.rows();
        return isRowMajor(x) || columnMajor ? x : x.dup('f');
    }

    @Override
    public void blend(INDArray sample, double weight, TrianglePair pair) {
        INDArray a = pair.array();
        Blas blas = Blas.of(a.dataType());
        int d = pair.dimension();
        int ld = d + 1;
        for (int j = 0; j < d; j++) {
            long at = (long) j * ld + j + 1;
            if (weight == 1) { // also replaces NaN and infinities
                blas.copy(d - j, sample, (long) j * d + j, 1, a, at, 1);
            } else {
                blas.scal(d - j, 1 - weight, a, at, 1);
                blas.axpy(d - j, weight, sample, (long) j * d + j, 1, a, at, 1);
            }
        }
    }

    @Override
    public void promote(TrianglePair pair) {
        INDArray a = pair.array();
        Blas blas = Blas.of(a.dataType());
        int d = pair.dimension();
        int ld = d + 1;
        for (int j = 0; j < d; j++) { // row j of the lower triangle's transpose
            blas.copy(d - j, a, (long) j * ld + j + 1, 1, a, (long) j * ld + j, ld);
        }
    }

    @Override
    public INDArray unpackSnapshot(TrianglePair pair, INDArray out) {
        int d = pair.dimension();
        Blas.of(out.dataType()).lacpy('U', d, d, pair.array(), 0, d + 1, out, 0, d);
        return out;
    }

    @Override
    public INDArray unpackRunning(TrianglePair pair, INDArray out) {
        Blas blas = Blas.of(out.dataType());
        int d = pair.dimension();
        for (int j = 0; j < d; j++) {
            blas.copy(d - j, pair.array(), (long) j * (d + 1) + j + 1, 1, out, (long) j * d + j, d);
        }
        return out;
    }

    @Override
    public double[] diagonal(INDArray a, long offset, int n, int stride) {
        INDArray out = Nd4j.createUninitialized(a.dataType(), n);
        Blas.of(a.dataType()).copy(n, a, offset, stride, out, 0, 1);
        return out.dataType() == DataType.DOUBLE
                ? out.data().asDouble()
                : toDouble(out.data().asFloat());
    }

    private static double[] toDouble(float[] values) {
        double[] out = new double[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i];
        }
        return out;
    }

    @Override
    public void addDiagonal(INDArray a, double lambda) {
        int n = a.rows();
        INDArray ones = Nd4j.ones(a.dataType(), n);
        Blas.of(a.dataType()).axpy(n, lambda, ones, 0, 1, a, 0, n + 1);
    }

    @Override
    public void invert(INDArray a) {
        Blas blas = Blas.of(a.dataType());
        try {
            Lapack.invert(blas, a.rows(), blas.address(a));
        } finally {
            Reference.reachabilityFence(a);
        }
    }

    @Override
    public void eigen(INDArray a, INDArray values) {
        Blas blas = Blas.of(a.dataType());
        try {
            Lapack.eigen(blas, a.rows(), blas.address(a), blas.address(values));
        } finally {
            Reference.reachabilityFence(a);
            Reference.reachabilityFence(values);
        }
    }

    @Override
    public void multiplySymmetric(INDArray left, INDArray d, INDArray right, INDArray work, INDArray out) {
        multiplyRight(d, right, work);
        multiplyLeft(left, work, out);
    }

    @Override
    public void multiplyLeft(INDArray left, INDArray d, INDArray out) {
        multiplyLeft(Block.of(left), Block.of(d), Block.of(out));
    }

    @Override
    public void multiplyLeft(Block left, Block d, Block out) {
        Blas.of(out.array().dataType()).symm(Blas.LEFT, left, d, out);
    }

    @Override
    public void multiplyRight(INDArray d, INDArray right, INDArray out) {
        multiplyRight(Block.of(d), Block.of(right), Block.of(out));
    }

    @Override
    public void multiplyRight(Block d, Block right, Block out) {
        Blas.of(out.array().dataType()).symm(Blas.RIGHT, right, d, out);
    }

    @Override
    public void multiply(
            double alpha, INDArray a, boolean transposeA, INDArray b, boolean transposeB, double beta, INDArray out) {
        INDArray x = contiguous(a);
        INDArray y = contiguous(b);
        boolean rowX = isRowMajor(x);
        boolean rowY = isRowMajor(y);
        multiply(alpha, stored(x, rowX), transposeA != rowX, stored(y, rowY), transposeB != rowY, beta, Block.of(out));
    }

    /** The column-major matrix that a dense array holds: its transpose if it is row-major. */
    private static Block stored(INDArray x, boolean rowMajor) {
        int leading = rowMajor ? x.columns() : x.rows();
        return new Block(x, 0, leading, rowMajor ? x.rows() : x.columns(), leading);
    }

    @Override
    public void multiply(
            double alpha, Block a, boolean transposeA, Block b, boolean transposeB, double beta, Block out) {
        Blas.of(out.array().dataType())
                .gemm(
                        transposeA ? Blas.TRANSPOSE : Blas.NO_TRANSPOSE,
                        transposeB ? Blas.TRANSPOSE : Blas.NO_TRANSPOSE,
                        alpha,
                        a,
                        b,
                        beta,
                        out);
    }

    @Override
    public void addGramian(Block x, boolean ofColumns, double alpha, double beta, Block out) {
        Blas.of(out.array().dataType())
                .syrk(Blas.UPPER, ofColumns ? Blas.TRANSPOSE : Blas.NO_TRANSPOSE, alpha, x, beta, out);
    }

    @Override
    public void orthonormalize(Block a) {
        Blas blas = Blas.of(a.array().dataType());
        try {
            Lapack.orthonormalize(blas, a.rows(), blas.address(a), a.leadingDimension());
        } finally {
            Reference.reachabilityFence(a.array());
        }
    }

    @Override
    public double norm(INDArray x) {
        Blas blas = Blas.of(x.dataType());
        if (x.dataType() == DataType.DOUBLE) { // dnrm2 takes six times as long as ddot
            double square = blas.dot((int) x.length(), x, x);
            if (square > Double.MIN_NORMAL / Math.ulp(1.0) && square <= Double.MAX_VALUE) {
                return Math.sqrt(square);
            }
        }
        return blas.nrm2((int) x.length(), x);
    }

    @Override
    public double dot(INDArray x, INDArray y) {
        double sum = Blas.of(x.dataType()).dot((int) x.length(), x, y);
        if (Math.abs(sum) <= Double.MAX_VALUE || x.dataType() == DataType.DOUBLE) {
            return sum;
        }
        // Single-precision products overflow beyond 1e19 although their sum fits a double.
        return dot(x.castTo(DataType.DOUBLE), y.castTo(DataType.DOUBLE));
    }

    @Override
    public void axpby(double alpha, INDArray x, double beta, INDArray y) {
        Blas blas = Blas.of(y.dataType());
        int n = (int) y.length();
        if (beta == 0) {
            blas.copy(n, x, 0, 1, y, 0, 1);
            if (alpha != 1) {
                blas.scal(n, alpha, y, 0, 1);
            }
            return;
        }
        if (beta != 1) {
            blas.scal(n, beta, y, 0, 1);
        }
        blas.axpy(n, alpha, x, 0, 1, y, 0, 1);
    }

    @Override
    public void transfer(Block from, double scale, Block to, boolean add) {
        Blas blas = Blas.of(to.array().dataType());
        int rows = to.rows();
        int columns = to.columns();
        if (!add && scale == 1) {
            blas.lacpy(
                    'A',
                    rows,
                    columns,
                    from.array(),
                    from.offset(),
                    from.leadingDimension(),
                    to.array(),
                    to.offset(),
                    to.leadingDimension());
            return;
        }
        if (rows == 1) { // one strided row instead of many columns of length one
            transferRun(blas, columns, from, 0, from.leadingDimension(), scale, to, 0, to.leadingDimension(), add);
            return;
        }
        boolean dense = from.leadingDimension() == rows && to.leadingDimension() == rows;
        int runs = dense ? 1 : columns;
        for (int j = 0; j < runs; j++) {
            long fromAt = (long) j * from.leadingDimension();
            long toAt = (long) j * to.leadingDimension();
            transferRun(blas, dense ? rows * columns : rows, from, fromAt, 1, scale, to, toAt, 1, add);
        }
    }

    private static void transferRun(
            Blas blas,
            int n,
            Block from,
            long fromAt,
            int fromStep,
            double scale,
            Block to,
            long toAt,
            int toStep,
            boolean add) {
        long x = from.offset() + fromAt;
        long y = to.offset() + toAt;
        if (add) {
            blas.axpy(n, scale, from.array(), x, fromStep, to.array(), y, toStep);
        } else {
            blas.copy(n, from.array(), x, fromStep, to.array(), y, toStep);
            blas.scal(n, scale, to.array(), y, toStep);
        }
    }
}
