package org.layerwise.internal.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACK_TRANSPOSE_MEMORY_ERROR;
import static org.bytedeco.openblas.global.openblas.LAPACK_WORK_MEMORY_ERROR;

import org.bytedeco.javacpp.Pointer;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;

/** LAPACK drivers on host memory that turn status codes and silent overflow into {@link NumericalException}. */
final class Lapack {
    private Lapack() {}

    /** Inverts the symmetric positive definite matrix in the upper triangle of {@code a} [n, n], in place. */
    static void invert(Blas blas, int n, Pointer a) {
        check(blas.potrf(n, a), "Cholesky factorisation", n, Reason.NOT_POSITIVE_DEFINITE);
        check(blas.potri(n, a), "inversion from the Cholesky factor", n, Reason.NOT_POSITIVE_DEFINITE);
        // LAPACK reports no overflow; infinite and NaN entries of a positive definite matrix show on its diagonal.
        double trace = blas.trace(n, a);
        if (!(trace > 0 && trace <= Double.MAX_VALUE)) {
            throw new NumericalException(
                    Reason.NOT_FINITE, String.format("The inverse of a %s by %s matrix has trace %s", n, n, trace));
        }
    }

    /** Orthonormalises the columns of {@code a} [n, n] in place. */
    static void orthonormalize(Blas blas, int n, Pointer a, int lda) {
        try (Pointer tau = blas.allocate(n)) {
            check(blas.geqrf(n, a, lda, tau), "QR factorisation", n, Reason.NOT_FINITE);
            check(blas.orgqr(n, a, lda, tau), "basis from the QR factorisation", n, Reason.NOT_FINITE);
        }
        requireNumbers(blas.largest(n, n, a, lda), "QR factorisation", n);
    }

    /** Eigenvectors over {@code a} [n, n], eigenvalues ascending into {@code values} [n]. */
    static void eigen(Blas blas, int n, Pointer a, Pointer values) {
        String what = "symmetric eigendecomposition";
        requireFinite(blas.trace(n, a), "has trace", n);
        check(blas.syevd(n, a, values), what, n, Reason.NO_CONVERGENCE);
        requireFinite(blas.trace(1, values), "has smallest eigenvalue", n); // an infinity off the diagonal
        requireNumbers(blas.largest(n, 1, values, n), what, n);
        requireNumbers(blas.largest(n, n, a, n), what, n);
    }

    /** Solves with the Cholesky factor {@code a} [n, n]; {@code b} [n, k] is overwritten. */
    static void solve(Blas blas, int n, int k, Pointer a, Pointer b) {
        String what = "Cholesky solve";
        check(blas.potrs(n, k, a, b), what, n, Reason.NOT_POSITIVE_DEFINITE);
        requireNumbers(blas.largest(n, k, b, n), what, n);
    }

    /** syevd takes infinities and returns non-finite values without a word. */
    private static void requireFinite(double value, String what, int n) {
        if (!(Math.abs(value) <= Double.MAX_VALUE)) {
            throw new NumericalException(
                    Reason.NOT_FINITE,
                    String.format("The %s by %s matrix to be diagonalised %s %s", n, n, what, value));
        }
    }

    /** Kernels of BLAS that compute wrong are no failure to LAPACK. */
    private static void requireNumbers(double largest, String what, int n) {
        if (Double.isNaN(largest)) {
            throw new NumericalException(
                    Reason.NOT_FINITE, String.format("The %s of a %s by %s matrix holds NaN", what, n, n));
        }
    }

    static void check(int info, String what, int n, Reason whenPositive) {
        if (info == 0) {
            return;
        }
        // No remedy for numbers is one for this; double precision would need even more.
        if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR) {
            throw new OutOfMemoryError(String.format(
                    "The %s of a %s by %s matrix found no working memory outside the heap (LAPACK info %s)",
                    what, n, n, info));
        }
        // Sizes are right by construction, so an argument that LAPACK refuses is a matrix with NaN.
        Reason reason = info < 0 ? Reason.NOT_FINITE : whenPositive;
        throw new NumericalException(
                reason,
                String.format(
                        "The %s of a %s by %s matrix failed (LAPACK info %s: %s)",
                        what, n, n, info, info < 0 ? "NaN in an argument" : reason));
    }
}
