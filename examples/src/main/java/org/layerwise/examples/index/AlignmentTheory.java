package org.layerwise.examples.index;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.hipparchus.analysis.solvers.BracketingNthOrderBrentSolver;

/**
 * Squared alignment of the first step's spike with the index, in the limit of many inputs and examples at a fixed ratio.
 * The spike of SGD is {@code X^T y / n}, that of KFAC is the ridge estimator {@code (X^T X / n + lambda)^-1 X^T y / n}.
 *
 * <p>With {@code y = a1 beta*^T x + residual}, the residual uncorrelated with x and of second moment {@code sigma_e^2}
 * (the mean of y, what is not linear in the index, and the label noise), a direction b converges to
 * {@code <beta*, b>_A = a1 beta*^T A M beta*} and
 * {@code |b|_A^2 = a1^2 (beta*^T M A M beta* + bias) + sigma_e^2 t_A}. For SGD {@code M = Sigma},
 * {@code t_A = tr(A Sigma) / n} and {@code bias = tau^2 t_A}; for KFAC {@code M = Sigma K}, {@code K = (Sigma + k)^-1},
 * {@code t_A = tr(A Sigma K^2) / n / (1 - tr(Sigma^2 K^2) / n)} and {@code bias = k^2 beta*^T K Sigma K beta* t_A},
 * where {@code k = lambda + k tr(Sigma K) / n}. Everything is a sum over the eigenvalues of Sigma. Derived by this
 * project from the deterministic equivalents of sample covariances.
 */
public final class AlignmentTheory {
    /** Relative accuracy of {@link #effectiveDamping}; it is solved for as a logarithm. */
    private static final double ACCURACY = 1e-13;

    private static final int EVALUATIONS = 1000;
    private static final int ORDER = 5;

    private final double[] eigenvalues;
    private final double[] weights;
    private final double coefficient;
    private final double residual;

    /**
     * A theory.
     *
     * @param eigenvalues s of Sigma, [dX], positive
     * @param weights squared coordinates of beta* in the eigenbasis, [dX]
     * @param noise standard deviation of the label noise
     */
    private AlignmentTheory(double[] eigenvalues, double[] weights, Teacher teacher, double noise) {
        this.eigenvalues = eigenvalues;
        this.weights = weights;
        double variance = sum(i -> eigenvalues[i] * weights[i]);
        coefficient = teacher.linearCoefficient(Math.sqrt(variance));
        residual = teacher.secondMoment(Math.sqrt(variance)) - coefficient * coefficient * variance + noise * noise;
    }

    /** Theory of this very task. */
    public static AlignmentTheory of(IndexTask task) {
        double[] weights = Arrays.stream(task.coordinates(task.direction()))
                .map(c -> c * c)
                .toArray();
        return new AlignmentTheory(task.eigenvalues(), weights, task.teacher(), task.noise());
    }

    /**
     * Theory of the mean over unit directions: every squared coordinate is 1/dX.
     *
     * @param eigenvalues of Sigma, [dX], positive
     */
    public static AlignmentTheory isotropic(double[] eigenvalues, Teacher teacher, double noise) {
        double[] weights = new double[eigenvalues.length];
        Arrays.fill(weights, 1.0 / eigenvalues.length);
        return new AlignmentTheory(eigenvalues.clone(), weights, teacher, noise);
    }

    /**
     * Alignment of SGD's spike.
     *
     * @param examples n, positive; infinite for the limit that no amount of data exceeds
     */
    public Alignment sgd(double examples) {
        requireExamples(examples);
        double variance = sum(i -> eigenvalues[i] * weights[i]);
        return new Alignment(sgd(i -> 1, variance, examples), sgd(i -> eigenvalues[i], variance, examples));
    }

    private double sgd(IntToDoubleFunction metric, double variance, double examples) {
        double trace = sum(i -> metric.applyAsDouble(i) * eigenvalues[i]) / examples;
        return alignment(metric, i -> eigenvalues[i], variance * trace, trace);
    }

    /**
     * Alignment of KFAC's spike.
     *
     * @param examples n, positive and finite
     * @param damping lambda_G, at least 0, positive where n = dX
     */
    public Alignment kfac(double examples, double damping) {
        double k = effectiveDamping(examples, damping);
        return new Alignment(kfac(i -> 1, k, examples), kfac(i -> eigenvalues[i], k, examples));
    }

    private double kfac(IntToDoubleFunction metric, double k, double examples) {
        IntToDoubleFunction shrunk = i -> eigenvalues[i] / (eigenvalues[i] + k);
        IntToDoubleFunction squared = i -> eigenvalues[i] / Math.pow(eigenvalues[i] + k, 2);
        double freedom = sum(i -> Math.pow(shrunk.applyAsDouble(i), 2)) / examples;
        double trace = sum(i -> metric.applyAsDouble(i) * squared.applyAsDouble(i)) / examples / (1 - freedom);
        double bias = k * k * sum(i -> weights[i] * squared.applyAsDouble(i)) * trace;
        return alignment(metric, shrunk, bias, trace);
    }

    /** {@code rho_A^2} of a direction with mean {@code a1 M beta*}; all matrices are diagonal. */
    private double alignment(IntToDoubleFunction metric, IntToDoubleFunction map, double bias, double trace) {
        double mixed = sum(i -> weights[i] * metric.applyAsDouble(i) * map.applyAsDouble(i));
        double mean = sum(i -> weights[i] * metric.applyAsDouble(i) * Math.pow(map.applyAsDouble(i), 2));
        double index = sum(i -> weights[i] * metric.applyAsDouble(i));
        double square = coefficient * coefficient;
        return square * mixed * mixed / ((square * (mean + bias) + residual * trace) * index);
    }

    /**
     * Damping that maximises both alignments of KFAC for an isotropic beta*, whatever Sigma is:
     * {@code lambda* = (dX / n) sigma_e^2 / (a1^2 |beta*|^2)}.
     *
     * @param examples n, positive
     */
    public double optimalDamping(double examples) {
        requireExamples(examples);
        return eigenvalues.length / examples * residual / (coefficient * coefficient * sum(i -> weights[i]));
    }

    /**
     * The root k of {@code k = lambda + (k / n) tr(Sigma (Sigma + k)^-1)}: the damping that the population covariance
     * would need to shrink like the sample covariance with lambda.
     *
     * @param examples n, positive and finite
     * @param damping lambda_G, at least 0, positive where n = dX
     */
    public double effectiveDamping(double examples, double damping) {
        requireExamples(examples);
        int inputs = eigenvalues.length;
        if (!(damping >= 0) || Double.isInfinite(damping) || (damping == 0 && examples == inputs)) {
            throw new IllegalArgumentException("damping is " + damping + " with " + examples + " examples of " + inputs
                    + " inputs: must be finite and >= 0, and > 0 where both numbers are equal");
        }
        if (damping == 0 && examples > inputs) {
            return 0;
        }
        double smallest = Arrays.stream(eigenvalues).min().orElseThrow();
        double low = Math.max(damping, smallest * (inputs / examples - 1));
        double high = damping + sum(i -> eigenvalues[i]) / examples;
        // Rounding decides where the bracket has no width: lambda far above or far below the eigenvalues.
        if (excess(low, examples, damping) >= 0) {
            return low;
        }
        if (excess(high, examples, damping) <= 0) {
            return high;
        }
        return Math.exp(new BracketingNthOrderBrentSolver(ACCURACY, ACCURACY, ORDER)
                .solve(EVALUATIONS, u -> excess(Math.exp(u), examples, damping), Math.log(low), Math.log(high)));
    }

    /** {@code 1 - lambda / k - tr(Sigma (Sigma + k)^-1) / n}, which increases with k. */
    private double excess(double k, double examples, double damping) {
        return 1 - damping / k - sum(i -> eigenvalues[i] / (eigenvalues[i] + k)) / examples;
    }

    /** Linear coefficient a1 of the labels in the index. */
    public double coefficient() {
        return coefficient;
    }

    /** {@code sigma_e^2}: second moment of the labels that is not linear in the index, with their noise. */
    public double residual() {
        return residual;
    }

    private double sum(IntToDoubleFunction term) {
        double sum = 0;
        for (int i = 0; i < eigenvalues.length; i++) {
            sum += term.applyAsDouble(i);
        }
        return sum;
    }

    private static void requireExamples(double examples) {
        if (!(examples > 0)) {
            throw new IllegalArgumentException("examples is " + examples + ": must be > 0");
        }
    }
}
