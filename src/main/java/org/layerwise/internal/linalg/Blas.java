package org.layerwise.internal.linalg;

import org.bytedeco.javacpp.Pointer;
import org.layerwise.internal.Require;
import org.layerwise.internal.linalg.Kernels.Block;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The BLAS and LAPACK routines that the kernels call, for one element type. Column-major throughout; {@code xAt} is an
 * element offset from the start of array {@code x}, {@code ldx} its leading dimension. Arrays must live in host memory.
 * Symmetric routines read and write the named triangle only.
 */
interface Blas {
    int COLUMN_MAJOR = 102;
    int NO_TRANSPOSE = 111;
    int TRANSPOSE = 112;
    int UPPER = 121;
    int LOWER = 122;
    int LEFT = 141;
    int RIGHT = 142;

    /**
     * Picks the routines of an element type.
     *
     * @throws IllegalArgumentException for any type but FLOAT and DOUBLE
     */
    static Blas of(DataType type) {
        Require.argument(
                type == DataType.FLOAT || type == DataType.DOUBLE,
                "Layer-wise preconditioning needs FLOAT or DOUBLE arrays, but got %s: its factors do not fit a shorter"
                        + " mantissa. Convert the network with net.convertDataType(DataType.FLOAT).",
                type);
        return type == DataType.FLOAT ? FloatBlas.INSTANCE : DoubleBlas.INSTANCE;
    }

    /** C = alpha op(X) op(X)' + beta C in one triangle of C, op(X) = X or X'. */
    void syrk(int triangle, int trans, double alpha, Block x, double beta, Block c);

    /** C = A B (left) or B A (right), A symmetric and stored in its upper triangle. */
    void symm(int side, Block a, Block b, Block c);

    /** C = alpha op(A) op(B) + beta C. */
    void gemm(int transA, int transB, double alpha, Block a, Block b, double beta, Block c);

    /** y = y + alpha op(A) x, A stored as [m, n]. */
    void gemv(int trans, int m, int n, double alpha, INDArray a, int lda, INDArray x, INDArray y, long yAt, int incY);

    /** y = y + alpha x over n elements. */
    void axpy(int n, double alpha, INDArray x, long xAt, int incX, INDArray y, long yAt, int incY);

    /** x = alpha x over n elements. */
    void scal(int n, double alpha, INDArray x, long xAt, int incX);

    /** y = x over n elements. */
    void copy(int n, INDArray x, long xAt, int incX, INDArray y, long yAt, int incY);

    /** Euclidean norm over n elements; scaled so that squares neither overflow nor underflow. */
    double nrm2(int n, INDArray x);

    /** Inner product over n elements, as the element type accumulates it. */
    double dot(int n, INDArray x, INDArray y);

    /** Copies a block ('A') or its upper triangle ('U') of shape [m, n]. */
    void lacpy(char part, int m, int n, INDArray a, long aAt, int lda, INDArray b, long bAt, int ldb);

    /** The address of an array in host memory; valid while the array is. */
    Pointer address(INDArray a);

    /** The address of a block's first element; valid while its array is. */
    Pointer address(Block a);

    /** A copy of a dense array in host memory. */
    Pointer copyToHost(INDArray a);

    /** Overwrites an 'f' array with a copy made by {@link #copyToHost}. */
    void copyBack(Pointer host, INDArray a);

    /** Sum of the diagonal of an n by n matrix. */
    double trace(int n, Pointer a);

    /** Largest absolute element of an m by n matrix; NaN if one is. */
    double largest(int m, int n, Pointer a, int lda);

    /** Cholesky factorisation of the upper triangle, in place. Returns LAPACK's info. */
    int potrf(int n, Pointer a);

    /** Inverse from the Cholesky factor in the upper triangle, in place. Returns LAPACK's info. */
    int potri(int n, Pointer a);

    /** Solves with the Cholesky factor in the upper triangle; B is [n, nrhs], overwritten. Returns LAPACK's info. */
    int potrs(int n, int nrhs, Pointer a, Pointer b);

    /** Working memory of n elements on the host. */
    Pointer allocate(int n);

    /** A = QR for A [n, n], Q as reflectors over a and in tau [n]. Returns LAPACK's info. */
    int geqrf(int n, Pointer a, int lda, Pointer tau);

    /** Q itself over the reflectors that geqrf left. Returns LAPACK's info. */
    int orgqr(int n, Pointer a, int lda, Pointer tau);

    /** Eigenvalues into w (ascending), eigenvectors over a; reads the upper triangle. Returns LAPACK's info. */
    int syevd(int n, Pointer a, Pointer w);
}
