package org.layerwise.precondition;

import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.NumericalException.Reason;
import org.layerwise.precondition.Diagnostics.Event;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The failure policy around a {@link MatrixMethod}: a gradient that is not finite skips the step and leaves the state alone;
 * a direction that is not finite skips the step and restarts the method from a zero state. Both are counted, said once,
 * and thrown in strict mode.
 */
public final class MatrixPreconditioner {
    private final MatrixMethod method;

    /**
     * Creates the preconditioner of one matrix.
     *
     * @param method of the matrix
     */
    public MatrixPreconditioner(MatrixMethod method) {
        this.method = method;
    }

    /**
     * Turns a gradient into the update.
     *
     * @param matrix the gradient, [rows, columns], dense, 'f' order; overwritten by learning rate times direction, or by zero
     * @param learningRate at least 0
     * @param memory state and working memory
     * @return steps that the matrix has taken now
     */
    public long step(INDArray matrix, double learningRate, MatrixMethod.Memory memory) {
        if (!finite(matrix, method.largestNorm(matrix.dataType()), memory.kernels(), memory.failures())) {
            return memory.steps();
        }
        method.step(matrix, memory);
        if (isFinite(memory.kernels().norm(matrix))) {
            matrix.muli(learningRate);
            return memory.steps() + 1;
        }
        memory.failures()
                .survive(
                        Event.STATE_RESET,
                        Reason.NOT_FINITE,
                        "the update is not finite; the step is skipped and the method starts anew");
        matrix.assign(0);
        if (!memory.state().isEmpty()) {
            memory.state().assign(0);
        }
        return 0;
    }

    /**
     * Checks a gradient; one that is not finite is overwritten by zero.
     *
     * @param gradient dense
     * @param largestNorm what the norm may be at most
     * @param kernels kernels of the backend
     * @param failures counts failures
     * @return whether the gradient is finite
     */
    public static boolean finite(INDArray gradient, double largestNorm, Kernels kernels, Failures failures) {
        double norm = kernels.norm(gradient);
        if (norm <= largestNorm) {
            return true;
        }
        failures.survive(
                Event.STEP_SKIPPED,
                Reason.NOT_FINITE,
                isFinite(norm)
                        ? "the gradient's norm is " + norm + ", too large for its squares; the step is skipped"
                        : "the gradient holds NaN or infinities; the step is skipped. Check data and learning rate");
        gradient.assign(0);
        return false;
    }

    private static boolean isFinite(double norm) {
        return norm <= Double.MAX_VALUE;
    }
}
