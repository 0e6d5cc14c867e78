package org.layerwise.examples.linear;

import org.layerwise.internal.linalg.Cholesky;
import org.layerwise.internal.linalg.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Predictions for one training task, derived for the model and checked by simulation.
 *
 * <p>Near the solution, with the head at least squares, a preconditioned step
 * {@code G+ = G - eta P^-1 grad Q^-1} maps the error {@code E = (G - G*) U} to
 * {@code E - eta P^-1 F*^T F* E [U^T S Q^-1 U]}, where {@code S} is the Schur complement of Sigma with
 * {@code U^T S U = (U^T Sigma^-1 U)^-1}. The factors are therefore {@code 1 - eta s_i^2 mu_j}; the left preconditioner
 * {@code P = F^T F} replaces the squared singular values {@code s_i^2} of F* by 1, the right one
 * {@code Q = Sigma + lambda I} replaces the eigenvalues {@code mu_j} by (almost) 1.
 */
public final class Theory {
    private final LinearTask task;
    private final INDArray complement;
    private final INDArray headGram;

    public Theory(LinearTask task) {
        this.task = task;
        complement = complement(task.features());
        headGram = task.train().head().transpose().mmul(task.train().head());
    }

    /** Modes of a method that is neither preconditioned left nor right (AMGD): {@code s_i^2 mu_j}. */
    public ErrorSpectrum plainSpectrum() {
        return spectrum(headSpectrum(), schurSpectrum());
    }

    /** Modes of the left-only method: {@code mu_j}. */
    public ErrorSpectrum leftSpectrum() {
        return spectrum(ones(), schurSpectrum());
    }

    /** Modes of the right-only method (FOOF): {@code s_i^2} at zero damping. */
    public ErrorSpectrum rightSpectrum(double damping) {
        return spectrum(headSpectrum(), whitenedSpectrum(damping));
    }

    /** Modes of KFAC: all 1 at zero damping. */
    public ErrorSpectrum kfacSpectrum(double damping) {
        return spectrum(ones(), whitenedSpectrum(damping));
    }

    /** Slowest factor per step of a method that is neither preconditioned left nor right (AMGD). */
    public double plainContraction(double eta) {
        return plainSpectrum().contraction(eta);
    }

    /** Slowest factor per step of the left-only method, {@code 1 - eta mu_j}. */
    public double leftContraction(double eta) {
        return leftSpectrum().contraction(eta);
    }

    /** Slowest factor per step of the right-only method (FOOF), {@code 1 - eta s_i^2} at zero damping. */
    public double rightContraction(double eta, double damping) {
        return rightSpectrum(damping).contraction(eta);
    }

    /** Slowest factor per step of KFAC, {@code 1 - eta} at zero damping. */
    public double kfacContraction(double eta, double damping) {
        return kfacSpectrum(damping).contraction(eta);
    }

    /**
     * Stationary Frobenius distance of KFAC with a fresh batch of n examples per step:
     * {@code sqrt(eta / (2 - eta) sigma^2 tr((F*^T F*)^-1) tr(U^T Sigma^-1 U) / (n - dX - 1))}.
     */
    public double noiseFloor(double eta, int batch) {
        int inputs = task.features().columns();
        double heads = trace(Cholesky.factor(headGram).inverse());
        double directions = trace(project(task.train().covariance().inverse()));
        double variance = task.noise() * task.noise() * heads * directions / (batch - inputs - 1);
        return Math.sqrt(eta / (2 - eta) * variance);
    }

    /** Extreme products of the eigenvalues of the two sides. */
    private static ErrorSpectrum spectrum(INDArray left, INDArray right) {
        return new ErrorSpectrum(
                left.minNumber().doubleValue() * right.minNumber().doubleValue(),
                left.maxNumber().doubleValue() * right.maxNumber().doubleValue());
    }

    /** Squared singular values of F*, [dh]. */
    private INDArray headSpectrum() {
        return SymmetricEigen.of(headGram).values();
    }

    /** Eigenvalues of U^T S U, [dX - dh]. */
    private INDArray schurSpectrum() {
        return SymmetricEigen.of(project(task.train().covariance().inverse()))
                .values()
                .rdiv(1);
    }

    /** Eigenvalues of U^T S (Sigma + damping I)^-1 U, [dX - dh], as those of a similar symmetric matrix. */
    private INDArray whitenedSpectrum(double damping) {
        SymmetricEigen inverse =
                SymmetricEigen.of(project(task.train().covariance().inverse()));
        INDArray scale = Transforms.pow(inverse.values(), -0.5);
        INDArray root =
                inverse.vectors().mulRowVector(scale).mmul(inverse.vectors().transpose());
        INDArray damped = task.train().covariance().matrix();
        damped.addi(Nd4j.eye(damped.rows()).castTo(damped.dataType()).muli(damping));
        INDArray solved = project(Cholesky.factor(damped).inverse());
        return SymmetricEigen.of(root.mmul(solved).mmul(root)).values();
    }

    private INDArray ones() {
        return Nd4j.ones(headGram.dataType(), 1);
    }

    private INDArray project(INDArray matrix) {
        return complement.transpose().mmul(matrix).mmul(complement);
    }

    /** U: orthonormal basis of the complement of the rows of {@code features}, [dX, dX - dh]. */
    public static INDArray complement(INDArray features) {
        SymmetricEigen projector = SymmetricEigen.of(features.transpose().mmul(features));
        int size = features.columns() - features.rows();
        return projector.vectors().get(NDArrayIndex.all(), NDArrayIndex.interval(0, size));
    }

    private static double trace(INDArray matrix) {
        double sum = 0;
        for (int i = 0; i < matrix.rows(); i++) {
            sum += matrix.getDouble(i, i);
        }
        return sum;
    }
}
