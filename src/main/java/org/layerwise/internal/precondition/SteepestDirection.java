package org.layerwise.internal.precondition;

import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.StepContext;
import org.layerwise.settings.PolarIteration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The direction of steepest ascent in some norm of the parameters, as a map of the gradient. */
sealed interface SteepestDirection
        permits SteepestDirection.Spectral, SteepestDirection.Sign, SteepestDirection.GroupNorm {
    /**
     * Replaces a gradient by the direction.
     *
     * @param matrix [fanIn, fanOut], dense, 'f' order; overwritten; zero stays zero
     * @param kernels kernels of the backend
     * @param context working memory
     */
    void apply(INDArray matrix, Kernels kernels, StepContext context);

    /**
     * Operations of the matrix products.
     *
     * @param rows of the matrix
     * @param columns of the matrix
     * @return floating-point operations; 0 unless overridden
     */
    default long flops(int rows, int columns) {
        return 0;
    }

    /**
     * Spectral norm: the approximate polar factor.
     *
     * @param iteration the polynomials
     * @param epsilon added to the Frobenius norm
     * @param scale factor of the result
     */
    record Spectral(PolarIteration iteration, double epsilon, double scale) implements SteepestDirection {
        @Override
        public void apply(INDArray matrix, Kernels kernels, StepContext context) {
            new Orthogonalizer(iteration, epsilon).apply(matrix, kernels, context);
            matrix.muli(scale);
        }

        @Override
        public long flops(int rows, int columns) {
            return new Orthogonalizer(iteration, epsilon).flops(rows, columns, DataType.FLOAT);
        }
    }

    /**
     * Largest absolute element: the sign of each.
     *
     * @param scale factor of the result
     */
    record Sign(double scale) implements SteepestDirection {
        @Override
        public void apply(INDArray matrix, Kernels kernels, StepContext context) {
            Transforms.sign(matrix, false);
            matrix.muli(scale);
        }
    }

    /** The groups of elements that a {@link GroupNorm} step gives the same length. */
    enum Group {
        /** All elements. */
        ALL,
        /** The weights into one output: a column here, a row in PyTorch. */
        OUTPUT,
        /** The weights from one input: a row here, a column in PyTorch. */
        INPUT
    }

    /**
     * Largest Euclidean length over some groups of elements: each group g becomes g scale / (factor |g| + epsilon).
     *
     * @param group the groups
     * @param factor of the length
     * @param epsilon added to it, greater than 0
     * @param scale factor of the result
     */
    record GroupNorm(Group group, double factor, double epsilon, double scale) implements SteepestDirection {
        @Override
        public void apply(INDArray matrix, Kernels kernels, StepContext context) {
            double norm = kernels.norm(matrix);
            if (norm < Float.MIN_NORMAL) {
                matrix.assign(0);
                return;
            }
            if (group == Group.ALL) {
                matrix.muli(scale / (factor * norm + epsilon));
                return;
            }
            // Divided by the whole length first, single-precision squares neither overflow nor vanish.
            matrix.muli(1 / norm);
            INDArray lengths = matrix.norm2(group == Group.OUTPUT ? 0 : 1);
            lengths.muli(factor)
                    .addi(Math.max(epsilon / norm, Float.MIN_NORMAL))
                    .rdivi(scale);
            if (group == Group.OUTPUT) {
                matrix.muliRowVector(lengths);
            } else {
                matrix.muliColumnVector(lengths.reshape(matrix.rows(), 1));
            }
        }
    }
}
