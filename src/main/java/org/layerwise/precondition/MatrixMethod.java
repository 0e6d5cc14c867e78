package org.layerwise.precondition;

import org.layerwise.linalg.Kernels;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A method that needs nothing but the gradient of one matrix: it turns the gradient into the direction that, times the
 * learning rate, is subtracted from the parameters. An instance serves one matrix and may keep what it derives from the
 * state; whatever matters for going on lies in the state.
 *
 * <p>Matrices have shape [fanIn, fanOut], rows for inputs: the transpose of the usual formulas for PyTorch.
 */
public interface MatrixMethod {
    /**
     * Number of elements of the method's state for a matrix. It starts at zero.
     *
     * @param rows of the matrix, at least 1
     * @param columns of the matrix, at least 1
     * @return at least 0
     */
    long stateLength(int rows, int columns);

    /**
     * What decides where the state's elements lie and what they mean, in words that go into the saved state as a hash: states
     * of equal words and lengths can be exchanged. Nothing that may change between saving and loading: no rate, decay or period.
     *
     * @param rows of the matrix
     * @param columns of the matrix
     * @return a phrase without line breaks, the same for every locale
     */
    String layout(int rows, int columns);

    /**
     * Floating-point operations of a step, for the plan.
     *
     * @param rows of the matrix
     * @param columns of the matrix
     * @return matrix products only
     */
    long flops(int rows, int columns);

    /**
     * The largest norm of a gradient that the method can work with; a step with a larger one is skipped.
     *
     * @param type of the elements
     * @return the largest number, unless overridden
     */
    default double largestNorm(DataType type) {
        return Double.MAX_VALUE;
    }

    /**
     * Takes one step. The gradient is finite; it may be all zero.
     *
     * @param matrix the gradient, [rows, columns], dense, 'f' order; overwritten by the direction
     * @param memory state and working memory
     */
    void step(INDArray matrix, Memory memory);

    /**
     * What a step works on.
     *
     * @param kernels kernels of the backend
     * @param scratch working memory that others use between steps
     * @param state the matrix's part of the updater state, one-dimensional; read and updated
     * @param steps steps that the matrix took before this one; skipped steps do not count
     * @param failures counts what went wrong and was survived
     */
    record Memory(Kernels kernels, Scratch scratch, INDArray state, long steps, Failures failures) {}
}
