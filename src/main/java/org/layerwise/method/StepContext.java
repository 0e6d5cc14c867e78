package org.layerwise.method;

import org.jspecify.annotations.Nullable;
import org.layerwise.settings.NumericalException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a method sees of the step in progress. Valid during one call. */
public interface StepContext {
    /**
     * An array of state.
     *
     * @param section its name
     * @return one-dimensional view, in the type of the parameters; empty for a section of no elements
     */
    INDArray state(String section);

    /**
     * Steps that this matrix has taken.
     *
     * @return at least 0; the step in progress is the next
     */
    long steps();

    /**
     * Whether a task is due at this step.
     *
     * @param task its name
     * @return true at the steps of its period
     */
    boolean due(String task);

    /**
     * Whether one of several equal items of a task is due, when they are spread over the steps until the task is due again.
     *
     * @param task its name
     * @param item index, at least 0
     * @param items how many there are
     * @return true at one step of each period
     */
    boolean due(String task, int item, int items);

    /**
     * How often a task has been due, this step included.
     *
     * @param task its name
     * @return at least 0
     */
    long count(String task);

    /**
     * The samples of this step.
     *
     * @return null if there are none
     */
    Method.@Nullable Statistics statistics();

    /**
     * What D was multiplied by: from the gradient of DL4J's loss to that of the canonical one, summed over outputs and averaged
     * over examples.
     *
     * @return greater than 0; 1 for methods that need no samples
     */
    double scale();

    /**
     * Whether the step rule needs &lt;V, D&gt;.
     *
     * @return false if nobody reads it
     */
    boolean productNeeded();

    /**
     * Working memory that is shared by all matrices of a thread and keeps nothing between steps.
     *
     * @param name of the buffer; two buffers in use at once need two names
     * @param rows at least 0
     * @param columns at least 0
     * @return [rows, columns] in 'f' order, not initialised
     */
    INDArray scratch(String name, int rows, int columns);

    /**
     * Counts a failure, tells observers and says so once in the log; or throws in strict mode.
     *
     * @param event what was done about it
     * @param reason what failed
     * @param what the sentence, without the matrix's name
     * @throws NumericalException in strict mode
     */
    void report(Diagnostics.Event event, NumericalException.Reason reason, String what);

    /**
     * Counts what is no failure, or was thrown already in strict mode, and tells observers.
     *
     * @param event what was done
     * @param reason what failed; null if nothing did
     * @param what the sentence, without the matrix's name
     */
    void note(Diagnostics.Event event, NumericalException.@Nullable Reason reason, String what);

    /**
     * Tells observers that a factor was inverted, diagonalised or rooted.
     *
     * @param factor such as "input" or "left"
     * @param nanos wall-clock time in nanoseconds
     * @param damping that was added to the factor; NaN where none is added to one factor
     */
    void refreshed(String factor, long nanos, double damping);

    /**
     * Whether failures are thrown.
     *
     * @return false if they are counted
     */
    boolean strict();

    /**
     * The matrix in words.
     *
     * @return such as "Layer dense, parameter W", at the beginning of a sentence
     */
    String place();
}
