package org.layerwise.internal.linalg;

import static org.bytedeco.openblas.global.openblas.*;

import java.lang.ref.Reference;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.layerwise.internal.linalg.Kernels.Block;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Single-precision routines. See {@link Blas} for the contracts. */
// ND4J frees an array once nobody refers to it, even while native code reads it: hence the fences.
@SuppressWarnings({"UnsafeFinalization", "ReachabilityFenceUsage"})
enum FloatBlas implements Blas {
    INSTANCE;

    private static final byte UP = (byte) 'U';

    private static void fence(INDArray... arrays) {
        for (INDArray array : arrays) {
            Reference.reachabilityFence(array);
        }
    }

    /** DataBuffer.addressPointer() and Pointer.getPointer() take microseconds and feed the garbage collector. */
    private static final class Address extends FloatPointer {
        private static final long serialVersionUID = 1;

        Address(long address) {
            this.address = address;
        }
    }

    private static FloatPointer at(INDArray x, long offset) {
        DataBuffer data = x.data();
        return new Address(data.address() + (data.offset() + offset) * Float.BYTES);
    }

    private static FloatPointer at(INDArray x) {
        return at(x, 0);
    }

    private static FloatPointer at(Block x) {
        return at(x.array(), x.offset());
    }

    private static void fence(Block... blocks) {
        for (Block block : blocks) {
            Reference.reachabilityFence(block.array());
        }
    }

    @Override
    public void syrk(int triangle, int trans, double alpha, Block x, double beta, Block c) {
        int k = trans == NO_TRANSPOSE ? x.columns() : x.rows();
        cblas_ssyrk(
                COLUMN_MAJOR,
                triangle,
                trans,
                c.rows(),
                k,
                (float) alpha,
                at(x),
                x.leadingDimension(),
                (float) beta,
                at(c),
                c.leadingDimension());
        fence(x, c);
    }

    @Override
    public void symm(int side, Block a, Block b, Block c) {
        cblas_ssymm(
                COLUMN_MAJOR,
                side,
                UPPER,
                c.rows(),
                c.columns(),
                1,
                at(a),
                a.leadingDimension(),
                at(b),
                b.leadingDimension(),
                0,
                at(c),
                c.leadingDimension());
        fence(a, b, c);
    }

    @Override
    public void gemm(int transA, int transB, double alpha, Block a, Block b, double beta, Block c) {
        cblas_sgemm(
                COLUMN_MAJOR,
                transA,
                transB,
                c.rows(),
                c.columns(),
                transA == NO_TRANSPOSE ? a.columns() : a.rows(),
                (float) alpha,
                at(a),
                a.leadingDimension(),
                at(b),
                b.leadingDimension(),
                (float) beta,
                at(c),
                c.leadingDimension());
        fence(a, b, c);
    }

    @Override
    public double nrm2(int n, INDArray x) {
        double norm = cblas_snrm2(n, at(x), 1);
        fence(x);
        return norm;
    }

    @Override
    public void gemv(
            int trans, int m, int n, double alpha, INDArray a, int lda, INDArray x, INDArray y, long yAt, int incY) {
        cblas_sgemv(COLUMN_MAJOR, trans, m, n, (float) alpha, at(a), lda, at(x), 1, 1, at(y, yAt), incY);
        fence(a, x, y);
    }

    @Override
    public void axpy(int n, double alpha, INDArray x, long xAt, int incX, INDArray y, long yAt, int incY) {
        cblas_saxpy(n, (float) alpha, at(x, xAt), incX, at(y, yAt), incY);
        fence(x, y);
    }

    @Override
    public void scal(int n, double alpha, INDArray x, long xAt, int incX) {
        cblas_sscal(n, (float) alpha, at(x, xAt), incX);
        fence(x);
    }

    @Override
    public void copy(int n, INDArray x, long xAt, int incX, INDArray y, long yAt, int incY) {
        cblas_scopy(n, at(x, xAt), incX, at(y, yAt), incY);
        fence(x, y);
    }

    @Override
    public double dot(int n, INDArray x, INDArray y) {
        double result = cblas_dsdot(n, at(x), 1, at(y), 1);
        fence(x, y);
        return result;
    }

    @Override
    public void lacpy(char part, int m, int n, INDArray a, long aAt, int lda, INDArray b, long bAt, int ldb) {
        // Not LAPACKE_slacpy, which copies nothing if the source holds NaN anywhere.
        LAPACKE_slacpy_work(LAPACK_COL_MAJOR, (byte) part, m, n, at(a, aAt), lda, at(b, bAt), ldb);
        fence(a, b);
    }

    @Override
    public Pointer address(INDArray a) {
        return at(a);
    }

    @Override
    public Pointer address(Block a) {
        return at(a);
    }

    @Override
    public Pointer copyToHost(INDArray a) {
        return new FloatPointer(a.dup('f').data().asFloat());
    }

    @Override
    public void copyBack(Pointer host, INDArray a) {
        float[] values = new float[(int) a.length()];
        new FloatPointer(host).get(values);
        a.assign(Nd4j.createFromArray(values).reshape('f', a.shape()));
    }

    @Override
    public double trace(int n, Pointer a) {
        FloatPointer matrix = new FloatPointer(a);
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += matrix.get((long) i * n + i);
        }
        return sum;
    }

    @Override
    public double largest(int m, int n, Pointer a, int lda) {
        // Not LAPACKE_slange, which answers NaN with the number of an argument; this norm needs no working memory.
        return LAPACKE_slange_work(LAPACK_COL_MAJOR, (byte) 'M', m, n, new FloatPointer(a), lda, new FloatPointer());
    }

    @Override
    public int potrf(int n, Pointer a) {
        return LAPACKE_spotrf(LAPACK_COL_MAJOR, UP, n, new FloatPointer(a), n);
    }

    @Override
    public int potri(int n, Pointer a) {
        return LAPACKE_spotri(LAPACK_COL_MAJOR, UP, n, new FloatPointer(a), n);
    }

    @Override
    public int potrs(int n, int nrhs, Pointer a, Pointer b) {
        return LAPACKE_spotrs(LAPACK_COL_MAJOR, UP, n, nrhs, new FloatPointer(a), n, new FloatPointer(b), n);
    }

    @Override
    public Pointer allocate(int n) {
        return new FloatPointer(n);
    }

    @Override
    public int geqrf(int n, Pointer a, int lda, Pointer tau) {
        return LAPACKE_sgeqrf(LAPACK_COL_MAJOR, n, n, new FloatPointer(a), lda, new FloatPointer(tau));
    }

    @Override
    public int orgqr(int n, Pointer a, int lda, Pointer tau) {
        return LAPACKE_sorgqr(LAPACK_COL_MAJOR, n, n, n, new FloatPointer(a), lda, new FloatPointer(tau));
    }

    @Override
    public int syevd(int n, Pointer a, Pointer w) {
        return LAPACKE_ssyevd(LAPACK_COL_MAJOR, (byte) 'V', UP, n, new FloatPointer(a), n, new FloatPointer(w));
    }
}
