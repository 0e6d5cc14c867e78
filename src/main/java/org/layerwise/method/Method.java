package org.layerwise.method;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns the gradient of one matrix, and samples if it needs them, into a direction. An instance serves one matrix; what it
 * keeps in fields must follow from its state, which may be overwritten between steps.
 */
public interface Method {
    /**
     * The arrays of state.
     *
     * @param matrix the matrix served
     * @return in the order in which they are stored; empty for none
     */
    List<Section> sections(Matrix matrix);

    /**
     * Tasks that are due now and then, such as taking statistics.
     *
     * @return empty for none
     */
    default List<PeriodicTask> tasks() {
        return List.of();
    }

    /**
     * The direction of a step.
     *
     * @param gradient D [rows, columns], 'f' order, finite; read
     * @param direction V [rows, columns], 'f' order; overwritten
     * @param context state, schedule and working memory of the step
     * @return &lt;V, D&gt; if {@link StepContext#productNeeded}, not finite unless all of V is, else anything; NaN to skip the step
     */
    double step(INDArray gradient, INDArray direction, StepContext context);

    /**
     * Makes what follows from the state ready before the backward pass, for statistics that depend on it.
     *
     * @param context state of the coming step
     */
    default void prepare(StepContext context) {}

    /**
     * Whether samples are wanted at the coming step.
     *
     * @param context state of the coming step
     * @return false, unless overridden
     */
    default boolean samplesDue(StepContext context) {
        return false;
    }

    /**
     * Takes in the step's samples and does the tasks that are due before the gradient is looked at.
     *
     * @param context state, schedule and samples of the step
     */
    default void absorb(StepContext context) {}

    /**
     * Where the samples of a step are gathered.
     *
     * @param matrix the matrix served
     * @param type of the parameters
     * @return a new accumulator; null if the method needs no samples
     */
    default @Nullable Statistics statistics(Matrix matrix, DataType type) {
        return null;
    }

    /**
     * Operations of a step, for the plan.
     *
     * @param matrix the matrix served
     * @return floating-point operations of matrix products
     */
    default long flops(Matrix matrix) {
        return 0;
    }

    /**
     * Elements of derived arrays outside the state, for the plan.
     *
     * @param matrix the matrix served
     * @return 0, unless overridden
     */
    default long workElements(Matrix matrix) {
        return 0;
    }

    /**
     * The largest norm of a gradient whose squares the method can hold.
     *
     * @param type of the parameters
     * @return any finite norm, unless overridden
     */
    default double largestNorm(DataType type) {
        return Double.MAX_VALUE;
    }

    /** Sums over the samples of a step. Not thread-safe. */
    interface Statistics {
        /** Forgets all samples. */
        void clear();

        /**
         * Adds samples, which are valid during this call.
         *
         * @param part inputs and output gradients with their weights
         */
        void add(Samples part);

        /**
         * Whether any samples were added.
         *
         * @return false after {@link #clear}
         */
        boolean filled();

        /**
         * Weighted mean with the statistics of a later pass: this = (1 - share) this + share other.
         *
         * @param other of the same matrix
         * @param share in [0, 1]
         */
        void blend(Statistics other, double share);
    }
}
