package org.layerwise.internal.linalg;

import org.bytedeco.javacpp.Pointer;
import org.layerwise.internal.Require;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The Cholesky factorisation A = U'U of a symmetric positive definite matrix: factor once, solve often. */
public final class Cholesky {
    private final Blas blas;
    private final INDArray factor;

    private Cholesky(Blas blas, INDArray factor) {
        this.blas = blas;
        this.factor = factor;
    }

    /**
     * Factors a matrix.
     *
     * @param a symmetric positive definite, [n, n], FLOAT or DOUBLE, any order; its upper triangle is read
     * @return the factorisation
     * @throws NumericalException if {@code a} holds NaN or is not numerically positive definite
     */
    public static Cholesky factor(INDArray a) {
        Require.argument(
                a.rank() == 2 && a.rows() == a.columns(),
                "A Cholesky factorisation needs a square matrix, but got shape %s",
                java.util.Arrays.toString(a.shape()));
        Blas blas = Blas.of(a.dataType());
        INDArray factor = a.dup('f');
        int n = a.rows();
        try (Pointer host = blas.copyToHost(factor)) {
            Lapack.check(blas.potrf(n, host), "Cholesky factorisation", n, Reason.NOT_POSITIVE_DEFINITE);
            blas.copyBack(host, factor);
        }
        return new Cholesky(blas, factor);
    }

    /**
     * Solves A X = B.
     *
     * @param b [n, k], same type as A, any order; not changed
     * @return X, a new array [n, k]
     * @throws NumericalException if {@code b} or the result holds NaN
     */
    public INDArray solve(INDArray b) {
        int n = factor.rows();
        Require.argument(
                b.rank() == 2 && b.rows() == n && b.dataType() == factor.dataType(),
                "The right-hand side must be a %s matrix with %s rows, but got %s %s",
                factor.dataType(),
                n,
                b.dataType(),
                java.util.Arrays.toString(b.shape()));
        INDArray x = b.dup('f');
        try (Pointer a = blas.copyToHost(factor);
                Pointer host = blas.copyToHost(x)) {
            Lapack.solve(blas, n, b.columns(), a, host);
            blas.copyBack(host, x);
        }
        return x;
    }

    /**
     * The inverse of A.
     *
     * @return a new symmetric array [n, n]
     */
    public INDArray inverse() {
        return solve(org.nd4j.linalg.factory.Nd4j.eye(factor.rows()).castTo(factor.dataType()));
    }
}
