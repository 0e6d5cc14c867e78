package org.layerwise.method;

import org.jspecify.annotations.Nullable;
import org.layerwise.settings.NumericalException;

/**
 * Watches an attached network: its steps, the refreshes of its factors, and failures. Called on the thread that trains, in the
 * middle of an update; must not change the network. What an observer throws ends the update, as an exception of a listener
 * does. All methods do nothing unless overridden.
 */
public interface Observer {
    /**
     * A matrix has taken a step.
     *
     * @param step what it did; a step that was skipped is an event of {@link #failed} instead
     */
    default void stepped(StepTaken step) {}

    /**
     * A factor of a matrix was inverted, diagonalised or rooted.
     *
     * @param refresh which, and what it took
     */
    default void refreshed(FactorRefreshed refresh) {}

    /**
     * The failure policy had to do something. A failure that is thrown, in strict mode, is no event.
     *
     * @param failure what
     */
    default void failed(FailureHandled failure) {}

    /**
     * A step of one matrix.
     *
     * @param layer name of the layer
     * @param matrix such as "W, b"
     * @param step steps that the matrix has taken, this one included; at least 1
     * @param learningRate of the layer at this step
     * @param scale that the step rule applied to it
     * @param gradientNorm Frobenius norm of the gradient D that the method saw
     * @param updateNorm Frobenius norm of what is subtracted from the parameters, before weight decay; with Nesterov momentum an
     *     upper bound
     */
    record StepTaken(
            String layer,
            String matrix,
            long step,
            double learningRate,
            double scale,
            double gradientNorm,
            double updateNorm) {}

    /**
     * A refresh of one factor.
     *
     * @param layer name of the layer
     * @param matrix such as "W, b"
     * @param factor such as "input" or "left"; blocks of a matrix have factors of the same names
     * @param step steps that the matrix had taken before this one; at least 0
     * @param nanos wall-clock time in nanoseconds
     * @param damping that was added to the factor, raised where it had to be; NaN where damping is not added to one factor
     */
    record FactorRefreshed(String layer, String matrix, String factor, long step, long nanos, double damping) {}

    /**
     * What the failure policy did.
     *
     * @param layer name of the layer
     * @param part such as "W, b", or "fallback"
     * @param event what was done
     * @param reason what failed; null if nothing did
     * @param message in a sentence
     */
    record FailureHandled(
            String layer,
            String part,
            Diagnostics.Event event,
            NumericalException.@Nullable Reason reason,
            String message) {}
}
