package org.layerwise.internal.precondition;

import java.util.List;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.StepContext;
import org.layerwise.settings.PolarIteration;
import org.layerwise.settings.PolarIteration.Quintic;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Replaces a matrix by its approximate polar factor with a {@link PolarIteration}. The Gram matrix is formed on the short
 * side. If the other side is at least {@value #GRAM_RATIO} times as long, the polynomials act on the Gram matrix alone and
 * the long side is touched twice only; same result up to rounding, 4 m^2 n + 34 m^3 instead of 20 m^2 n + 10 m^3 operations
 * for five steps.
 *
 * @param iteration the polynomials
 * @param epsilon added to the norm; 0 makes the result independent of the gradient's scale
 */
record Orthogonalizer(PolarIteration iteration, double epsilon) {
    /** Aspect from which the Gram path is used. */
    static final int GRAM_RATIO = 4;

    /** In single precision the squared spectrum loses what many more steps would have to amplify. */
    private static final int GRAM_STEPS_FLOAT = 5;

    /**
     * Orthogonalises in place; a matrix of zeros, or of subnormal norm, becomes zero.
     *
     * @param x [m, n], dense, 'f' order; overwritten
     * @param kernels kernels of the backend
     * @param context working memory
     */
    void apply(INDArray x, Kernels kernels, StepContext context) {
        double norm = kernels.norm(x);
        double smallest = x.dataType() == DataType.DOUBLE ? Double.MIN_NORMAL : Float.MIN_NORMAL;
        if (norm < smallest) {
            x.assign(0);
            return;
        }
        x.muli(1 / (norm * iteration.margin() + epsilon));
        Iteration work = new Iteration(x, kernels, context);
        if (usesGram(x.rows(), x.columns(), x.dataType())) {
            work.throughGram(iteration.steps());
        } else {
            work.direct(iteration.steps());
        }
    }

    private boolean usesGram(int rows, int columns, DataType type) {
        long shorter = Math.min(rows, columns);
        return Math.max(rows, columns) >= GRAM_RATIO * shorter
                && (type == DataType.DOUBLE || iteration.steps().size() <= GRAM_STEPS_FLOAT);
    }

    /**
     * Operations of the matrix products.
     *
     * @param rows m
     * @param columns n
     * @param type of the elements
     * @return floating-point operations
     */
    long flops(int rows, int columns, DataType type) {
        long m = Math.min(rows, columns);
        long n = Math.max(rows, columns);
        long steps = iteration.steps().size();
        long cube = m * m * m;
        return usesGram(rows, columns, type)
                ? 4 * m * m * n + (8 * steps - 6) * cube
                : steps * (4 * m * m * n + 2 * cube);
    }

    /** One run: matrices on the short side are called by their place in the formulas. */
    private static final class Iteration {
        private final INDArray x;
        private final Kernels kernels;
        private final StepContext context;
        private final boolean wide;
        private final INDArray gram;
        private final INDArray polynomial;
        private final INDArray other;

        Iteration(INDArray x, Kernels kernels, StepContext context) {
            this.x = x;
            this.kernels = kernels;
            this.context = context;
            this.wide = x.rows() <= x.columns();
            int m = Math.min(x.rows(), x.columns());
            this.gram = context.scratch("gram", m, m);
            this.polynomial = context.scratch("polynomial", m, m);
            this.other = context.scratch("product", x.rows(), x.columns());
        }

        private void square(INDArray y) {
            kernels.multiply(y, !wide, y, wide, gram);
        }

        /** out = P Y on the short side, plus beta times what it held. */
        private void onShortSide(INDArray p, INDArray y, double beta, INDArray out) {
            if (wide) {
                kernels.multiply(1, p, false, y, false, beta, out);
            } else {
                kernels.multiply(1, y, false, p, false, beta, out);
            }
        }

        /** polynomial = b A + c A^2. */
        private void evaluate(Quintic step) {
            kernels.axpby(step.b(), gram, 0, polynomial);
            kernels.multiply(step.c(), gram, false, gram, false, 1, polynomial);
        }

        void direct(List<Quintic> steps) {
            INDArray from = x;
            INDArray to = other;
            for (Quintic step : steps) {
                square(from);
                evaluate(step);
                kernels.axpby(step.a(), from, 0, to);
                onShortSide(polynomial, from, 1, to);
                INDArray swap = from;
                from = to;
                to = swap;
            }
            if (from != x) {
                kernels.axpby(1, from, 0, x);
            }
        }

        void throughGram(List<Quintic> steps) {
            int m = gram.rows();
            square(x);
            INDArray product = context.scratch("factor", m, m);
            INDArray work = context.scratch("factor product", m, m);
            for (int i = 0; i < steps.size(); i++) {
                evaluate(steps.get(i));
                kernels.addDiagonal(polynomial, steps.get(i).a());
                if (i == 0) {
                    kernels.axpby(1, polynomial, 0, product);
                } else {
                    kernels.multiply(polynomial, false, product, false, work);
                    INDArray swap = product;
                    product = work;
                    work = swap;
                }
                if (i + 1 < steps.size()) {
                    kernels.multiply(polynomial, false, gram, false, work);
                    kernels.multiply(work, false, polynomial, false, gram);
                }
            }
            onShortSide(product, x, 0, other);
            kernels.axpby(1, other, 0, x);
        }
    }
}
