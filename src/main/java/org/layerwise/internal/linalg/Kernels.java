package org.layerwise.internal.linalg;

import org.layerwise.settings.NumericalException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The dense kernels of layer-wise preconditioning. Matrices are FLOAT or DOUBLE, dense and in 'f' order unless said
 * otherwise. A matrix called <em>upper</em> (<em>lower</em>) is symmetric and defined by that triangle; its other strict
 * triangle is neither read nor meaningful.
 *
 * <p>Two implementations agree to rounding: one calls BLAS and LAPACK on host memory without copies, the other uses ND4J
 * operations on any backend and copies only small factors to the host for LAPACK.
 */
public sealed interface Kernels permits HostKernels, DeviceKernels {
    /**
     * The kernels for the ND4J backend in use.
     *
     * @return host kernels on the CPU backend, portable ones on any other
     */
    static Kernels forBackend() {
        return Nd4j.getBackend().getClass().getSimpleName().equals("CpuBackend")
                ? HostKernels.INSTANCE
                : DeviceKernels.INSTANCE;
    }

    /**
     * C += alpha X~' X~, where X~ is X, or [X, 1] if homogeneous.
     *
     * @param x rows [n, d], any order or view; read
     * @param homogeneous whether a column of ones is appended
     * @param alpha scale
     * @param c lower, [d, d] or [d+1, d+1]; updated
     */
    void addGramian(INDArray x, boolean homogeneous, double alpha, INDArray c);

    /**
     * running += weight (sample - running).
     *
     * @param sample lower, [d, d]; read
     * @param weight in [0, 1]; 1 replaces
     * @param pair its running matrix is updated
     */
    void blend(INDArray sample, double weight, TrianglePair pair);

    /**
     * snapshot = running.
     *
     * @param pair its snapshot is overwritten
     */
    void promote(TrianglePair pair);

    /**
     * Copies the snapshot out.
     *
     * @param pair read
     * @param out upper, [d, d]; overwritten
     * @return {@code out}
     */
    INDArray unpackSnapshot(TrianglePair pair, INDArray out);

    /**
     * Copies the running matrix out.
     *
     * @param pair read
     * @param out upper, [d, d]; overwritten
     * @return {@code out}
     */
    INDArray unpackRunning(TrianglePair pair, INDArray out);

    /**
     * Reads equally spaced elements.
     *
     * @param a dense array
     * @param offset index of the first, counted from the array's first element
     * @param n how many
     * @param stride distance
     * @return their values
     */
    double[] diagonal(INDArray a, long offset, int n, int stride);

    /**
     * A += lambda I.
     *
     * @param a [n, n]; updated
     * @param lambda any finite value
     */
    void addDiagonal(INDArray a, double lambda);

    /**
     * Inverts a symmetric positive definite matrix in place (potrf, potri).
     *
     * @param a upper, [n, n]; overwritten by its inverse, upper
     * @throws NumericalException if {@code a} holds NaN or is not numerically positive definite; {@code a} is then lost
     */
    void invert(INDArray a);

    /**
     * Eigendecomposition of a symmetric matrix (syevd).
     *
     * @param a upper, [n, n]; overwritten by the eigenvectors, one a column
     * @param values [n]; overwritten by the eigenvalues, ascending
     * @throws NumericalException if {@code a} or the result holds NaN, or the iteration does not converge
     */
    void eigen(INDArray a, INDArray values);

    /**
     * out = L D R with symmetric L and R.
     *
     * @param left upper, [m, m]
     * @param d [m, n]; read
     * @param right upper, [n, n]
     * @param work [m, n]; overwritten
     * @param out [m, n], distinct from {@code d} and {@code work}; overwritten
     */
    void multiplySymmetric(INDArray left, INDArray d, INDArray right, INDArray work, INDArray out);

    /**
     * out = L D with symmetric L.
     *
     * @param left upper, [m, m]
     * @param d [m, n]; read
     * @param out [m, n]; overwritten
     */
    void multiplyLeft(INDArray left, INDArray d, INDArray out);

    /**
     * out = D R with symmetric R.
     *
     * @param d [m, n]; read
     * @param right upper, [n, n]
     * @param out [m, n]; overwritten
     */
    void multiplyRight(INDArray d, INDArray right, INDArray out);

    /**
     * out = op(A) op(B).
     *
     * @param a read
     * @param transposeA whether op(A) = A'
     * @param b read
     * @param transposeB whether op(B) = B'
     * @param out overwritten
     */
    default void multiply(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out) {
        multiply(1, a, transposeA, b, transposeB, 0, out);
    }

    /**
     * out = alpha op(A) op(B) + beta out.
     *
     * @param alpha scale of the product
     * @param a read
     * @param transposeA whether op(A) = A'
     * @param b read
     * @param transposeB whether op(B) = B'
     * @param beta scale of what {@code out} held; 0 overwrites it
     * @param out distinct from {@code a} and {@code b}; updated
     */
    void multiply(
            double alpha, INDArray a, boolean transposeA, INDArray b, boolean transposeB, double beta, INDArray out);

    /**
     * out = alpha op(A) op(B) + beta out for blocks.
     *
     * @param alpha scale of the product
     * @param a read
     * @param transposeA whether op(A) = A'
     * @param b read
     * @param transposeB whether op(B) = B'
     * @param beta scale of what {@code out} held; 0 overwrites it
     * @param out distinct from {@code a} and {@code b}; updated
     */
    void multiply(double alpha, Block a, boolean transposeA, Block b, boolean transposeB, double beta, Block out);

    /**
     * out = L D with symmetric L, for blocks.
     *
     * @param left upper, [m, m]
     * @param d [m, n]; read
     * @param out [m, n], distinct from the others; overwritten
     */
    void multiplyLeft(Block left, Block d, Block out);

    /**
     * out = D R with symmetric R, for blocks.
     *
     * @param d [m, n]; read
     * @param right upper, [n, n]
     * @param out [m, n], distinct from the others; overwritten
     */
    void multiplyRight(Block d, Block right, Block out);

    /**
     * out = alpha X X' + beta out, or alpha X' X + beta out.
     *
     * @param x [m, n]; read
     * @param ofColumns whether to form X' X
     * @param alpha scale
     * @param beta scale of what {@code out} held; 0 overwrites it
     * @param out upper, [m, m] or [n, n]; updated
     */
    void addGramian(Block x, boolean ofColumns, double alpha, double beta, Block out);

    /**
     * Orthonormalises the columns of a square matrix in order, by Householder's QR factorisation (geqrf, orgqr). Columns
     * that depend on earlier ones become any completion of the basis; a zero matrix becomes the identity, but for signs.
     *
     * @param a finite, [n, n]; overwritten by Q
     * @throws NumericalException if {@code a} or the result holds NaN
     */
    void orthonormalize(Block a);

    /**
     * The Frobenius norm.
     *
     * @param x dense, any shape; read
     * @return at least 0, also where squares of single-precision elements overflow or vanish; NaN or infinite only if an
     *     element is
     */
    double norm(INDArray x);

    /**
     * Inner product of all elements. Stays finite whenever the exact value is within the range of double.
     *
     * @param x read
     * @param y same length; read
     * @return the sum of products; NaN or infinite only if an element is
     */
    double dot(INDArray x, INDArray y);

    /**
     * y = alpha x + beta y.
     *
     * @param alpha scale of x
     * @param x read
     * @param beta scale of y; 0 overwrites whatever y held
     * @param y same length; updated
     */
    void axpby(double alpha, INDArray x, double beta, INDArray y);

    /**
     * Copies (scale 1) or adds a scaled block between column-major matrices that lie in two arrays.
     *
     * @param from where the block is read
     * @param scale factor
     * @param to where it goes
     * @param add whether to add to, rather than overwrite, the target
     */
    void transfer(Block from, double scale, Block to, boolean add);

    /**
     * A column-major block inside a dense array.
     *
     * @param array dense array, any shape
     * @param offset index of the block's first element, counted from the array's first
     * @param rows number of rows
     * @param columns number of columns
     * @param leadingDimension distance between columns, at least {@code rows}
     */
    record Block(INDArray array, long offset, int rows, int columns, int leadingDimension) {
        /**
         * All of a matrix.
         *
         * @param matrix dense, 'f' order
         * @return the block
         */
        public static Block of(INDArray matrix) {
            return new Block(matrix, 0, matrix.rows(), matrix.columns(), matrix.rows());
        }

        /**
         * A part of this block.
         *
         * @param row first row
         * @param column first column
         * @param height number of rows
         * @param width number of columns
         * @return a block of the same array
         */
        public Block part(int row, int column, int height, int width) {
            return new Block(array, offset + row + (long) column * leadingDimension, height, width, leadingDimension);
        }
    }
}
