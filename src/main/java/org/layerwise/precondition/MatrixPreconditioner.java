package org.layerwise.precondition;

import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.NumericalException;
import org.layerwise.linalg.NumericalException.Reason;
import org.layerwise.precondition.Diagnostics.Event;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The failure policy around a {@link MatrixMethod}: a gradient that is not finite skips the step and leaves the state alone;
 * a direction that is not finite skips the step and restarts the method from a zero state. Both are counted, said once,
 * and thrown in strict mode.
 */
public final class MatrixPreconditioner {
    private static final Logger log = LoggerFactory.getLogger(MatrixPreconditioner.class);

    private final String name;
    private final MatrixMethod method;
    private final boolean strict;

    /**
     * Creates the preconditioner of one matrix.
     *
     * @param name of layer and parameter, for messages
     * @param method of the matrix
     * @param strict whether failures are thrown rather than survived
     */
    public MatrixPreconditioner(String name, MatrixMethod method, boolean strict) {
        this.name = name;
        this.method = method;
        this.strict = strict;
    }

    /**
     * Turns a gradient into the update.
     *
     * @param matrix the gradient, [rows, columns], dense, 'f' order; overwritten by learning rate times direction, or by zero
     * @param learningRate at least 0
     * @param memory state and working memory
     * @param diagnostics counts failures
     * @return steps that the matrix has taken now
     */
    public long step(INDArray matrix, double learningRate, MatrixMethod.Memory memory, Diagnostics diagnostics) {
        if (!finite(name, matrix, memory.kernels(), strict, diagnostics)) {
            return memory.steps();
        }
        method.step(matrix, memory);
        if (isFinite(memory.kernels().norm(matrix))) {
            matrix.muli(learningRate);
            return memory.steps() + 1;
        }
        fail(
                Event.STATE_RESET,
                name + ": the update is not finite; the step is skipped and the method starts anew",
                strict,
                diagnostics);
        matrix.assign(0);
        if (!memory.state().isEmpty()) {
            memory.state().assign(0);
        }
        return 0;
    }

    /**
     * Checks a gradient; one that is not finite is overwritten by zero.
     *
     * @param name of layer and parameter, for messages
     * @param gradient dense
     * @param kernels kernels of the backend
     * @param strict whether to throw
     * @param diagnostics counts failures
     * @return whether the gradient is finite
     */
    public static boolean finite(
            String name, INDArray gradient, Kernels kernels, boolean strict, Diagnostics diagnostics) {
        if (isFinite(kernels.norm(gradient))) {
            return true;
        }
        fail(
                Event.STEP_SKIPPED,
                name + ": the gradient holds NaN or infinities; the step is skipped. Check data and learning rate",
                strict,
                diagnostics);
        gradient.assign(0);
        return false;
    }

    private static boolean isFinite(double norm) {
        return norm <= Double.MAX_VALUE;
    }

    private static void fail(Event event, String what, boolean strict, Diagnostics diagnostics) {
        if (strict) {
            throw new NumericalException(Reason.NOT_FINITE, what);
        }
        if (diagnostics.count(event) == 0) {
            log.warn("{}. Said once; Attachment.diagnostics() counts.", what);
        }
        diagnostics.record(event);
    }
}
