package org.layerwise.internal.linalg;

import java.util.Arrays;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.InverseRoot.Floor;
import org.layerwise.settings.InverseRoot.Solver;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Computes inverse roots A^-e of symmetric positive semidefinite matrices as an {@link InverseRoot} says. */
public final class InverseRoots {
    /** Beyond this residual a polynomial iteration has failed. */
    private static final double ACCEPTED = 0.1;

    /** An iteration whose error grows by more than this stops. */
    private static final double GROWTH = 1.2;

    /** Errors at which the iterations have converged. */
    private static final double COUPLED_NEWTON_TOLERANCE = 1e-6;

    private static final double THIRD_ORDER_TOLERANCE = 1e-8;

    private static final int ITERATIONS = 100;

    private InverseRoots() {}

    /**
     * Working memory for matrices of one size.
     *
     * @param a [n, n], 'f' order
     * @param b as {@code a}
     * @param c as {@code a}
     * @param values [n]
     */
    public record Buffers(INDArray a, INDArray b, INDArray c, INDArray values) {
        /**
         * Allocates it.
         *
         * @param type FLOAT or DOUBLE
         * @param n size
         * @return uninitialised memory, outside any workspace
         */
        public static Buffers allocate(DataType type, int n) {
            return new Buffers(
                    Nd4j.createUninitializedDetached(type, 'f', n, n),
                    Nd4j.createUninitializedDetached(type, 'f', n, n),
                    Nd4j.createUninitializedDetached(type, 'f', n, n),
                    Nd4j.createUninitializedDetached(type, 'f', n));
        }
    }

    /**
     * Computes the root.
     *
     * @param root how
     * @param kernels kernels of the backend
     * @param matrix A, upper, [n, n]; overwritten
     * @param exponent e, greater than 0
     * @param out [n, n], dense, 'f' order; overwritten by A^-e, both triangles
     * @param work overwritten
     * @return iterations taken; 0 for an eigendecomposition
     * @throws NumericalException if A is not finite, an iteration does not converge, or the result is not finite, as
     *     for a singular matrix without a floor; {@code out} is then lost
     */
    public static int compute(
            InverseRoot root, Kernels kernels, INDArray matrix, double exponent, INDArray out, Buffers work) {
        root.requireExponent(exponent);
        int iterations = 0;
        if (root.solver() == Solver.EIGEN) {
            byEigenvalues(root, kernels, matrix, exponent, out, work);
        } else {
            iterations = new Coupled(root, kernels, (int) Math.rint(1 / exponent), out, work).run(matrix);
        }
        double norm = kernels.norm(out);
        if (!(norm <= Double.MAX_VALUE)) {
            throw new NumericalException(
                    Reason.NOT_FINITE,
                    String.format(
                            "The root ^-%s of a %s by %s matrix has norm %s", exponent, out.rows(), out.rows(), norm));
        }
        return iterations;
    }

    private static void byEigenvalues(
            InverseRoot root, Kernels kernels, INDArray matrix, double exponent, INDArray out, Buffers work) {
        kernels.eigen(matrix, work.values());
        double[] roots = kernels.diagonal(work.values(), 0, matrix.rows(), 1);
        floorAndRoot(root, roots, exponent, matrix.dataType());
        work.values().assign(Nd4j.createFromArray(roots).castTo(matrix.dataType()));
        kernels.axpby(1, matrix, 0, work.a());
        work.a().muliRowVector(work.values().reshape(1, roots.length));
        kernels.multiply(work.a(), false, matrix, true, out);
    }

    /** Ascending eigenvalues become their inverse roots. */
    private static void floorAndRoot(InverseRoot root, double[] w, double exponent, DataType type) {
        Floor floor = root.floor();
        double epsilon = root.epsilon();
        double largest = Math.max(w[w.length - 1], 0);
        double precision = type == DataType.DOUBLE ? Math.ulp(1.0) : Math.ulp(1.0f);
        double shift = floor == Floor.ABSOLUTE ? epsilon - Math.min(w[0], 0) : epsilon * largest;
        double cut = largest * (epsilon > 0 ? epsilon : w.length * precision);
        for (int i = 0; i < w.length; i++) {
            if (floor == Floor.PSEUDO_INVERSE) {
                w[i] = w[i] <= cut ? 0 : Math.pow(w[i], -exponent);
            } else {
                double base = floor == Floor.ABSOLUTE ? w[i] : Math.max(w[i], 0);
                w[i] = Math.pow(base + shift, -exponent);
            }
        }
    }

    /** X and M = A X^p, updated together until M = I. */
    private static final class Coupled {
        private final Solver solver;
        private final InverseRoot root;
        private final Kernels kernels;
        private final int p;
        private final INDArray out;
        private final Buffers work;
        private INDArray x;
        private INDArray m;
        private INDArray t;
        private INDArray spare;

        Coupled(InverseRoot root, Kernels kernels, int p, INDArray out, Buffers work) {
            this.solver = root.solver();
            this.root = root;
            this.kernels = kernels;
            this.p = p;
            this.out = out;
            this.work = work;
            this.x = out;
            this.m = work.a();
            this.t = work.b();
            this.spare = work.c();
        }

        int run(INDArray matrix) {
            setIdentity(t, 1);
            kernels.multiplyLeft(matrix, t, spare);
            double norm = kernels.norm(spare);
            kernels.addDiagonal(spare, root.floor() == Floor.ABSOLUTE ? root.epsilon() : root.epsilon() * norm);
            double scale = solver == Solver.COUPLED_NEWTON ? (1 + p) / (2 * kernels.norm(spare)) : 1 / trace(spare);
            kernels.axpby(1, spare, 0, matrix); // A with its floor, both triangles
            setIdentity(x, Math.pow(scale, 1.0 / p));
            kernels.axpby(scale, matrix, 0, m);
            int taken = iterate();
            requireAccuracy(matrix);
            return taken;
        }

        private double trace(INDArray a) {
            return Arrays.stream(kernels.diagonal(a, 0, a.rows(), a.rows() + 1)).sum();
        }

        private int iterate() {
            double tolerance = solver == Solver.COUPLED_NEWTON ? COUPLED_NEWTON_TOLERANCE : THIRD_ORDER_TOLERANCE;
            double error = error();
            int taken = 0;
            while (error > tolerance && taken < ITERATIONS) {
                step(solver == Solver.THIRD_ORDER && taken > 0);
                taken++;
                double now = error();
                if (taken > 1 && !(now <= GROWTH * error)) {
                    undo();
                    break;
                }
                error = now;
            }
            if (x != out) {
                kernels.axpby(1, x, 0, out);
            }
            return taken;
        }

        /** X = X T, M = T^p M; the last X stays in {@code spare}. */
        private void step(boolean thirdOrder) {
            kernels.axpby(-1, m, 0, t);
            kernels.addDiagonal(t, 1);
            if (thirdOrder) {
                kernels.multiply((1.0 + p) / (2.0 * p * p), t, false, t, false, 0, spare);
                kernels.axpby(1.0 / p, t, 1, spare);
                swapFactor();
            } else {
                t.divi(p);
            }
            kernels.addDiagonal(t, 1);
            for (int i = 0; i < p; i++) {
                kernels.multiply(t, false, m, false, spare);
                INDArray swap = m;
                m = spare;
                spare = swap;
            }
            kernels.multiply(x, false, t, false, spare);
            undo();
        }

        private void swapFactor() {
            INDArray swap = t;
            t = spare;
            spare = swap;
        }

        /** Exchanges X and the one before it. */
        private void undo() {
            INDArray swap = x;
            x = spare;
            spare = swap;
        }

        private double error() {
            kernels.axpby(1, m, 0, t);
            kernels.addDiagonal(t, -1);
            return kernels.norm(t) <= Double.MAX_VALUE ? t.amaxNumber().doubleValue() : Double.NaN;
        }

        /** max |A X^p - I| of what is returned. */
        private void requireAccuracy(INDArray matrix) {
            m = work.a();
            t = work.b();
            kernels.axpby(1, matrix, 0, m);
            for (int i = 0; i < p; i++) {
                INDArray product = i % 2 == 0 ? t : m;
                kernels.multiply(i % 2 == 0 ? m : t, false, out, false, product);
            }
            if (p % 2 == 1) {
                kernels.axpby(1, t, 0, m);
            }
            double residual = error();
            if (!(residual <= ACCEPTED)) {
                throw new NumericalException(
                        Reason.NO_CONVERGENCE,
                        String.format(
                                "The iteration %s for the root ^-1/%s of a %s by %s matrix left a residual of %s",
                                solver, p, out.rows(), out.rows(), residual));
            }
        }

        private void setIdentity(INDArray a, double value) {
            a.assign(0);
            kernels.addDiagonal(a, value);
        }
    }
}
