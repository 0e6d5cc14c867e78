package org.layerwise.internal.step;

import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.StepContext;
import org.layerwise.settings.NumericalException.Reason;
import org.nd4j.linalg.api.buffer.DataType;

/** What is checked before numbers enter a method, and before an update reaches the parameters. */
final class FiniteCheck {
    private FiniteCheck() {}

    /**
     * Whether a gradient can be used.
     *
     * @param norm of the gradient
     * @param largestNorm that the method can take
     * @param context where a refusal is counted
     * @return false if it was counted as a skipped step
     */
    static boolean passes(double norm, double largestNorm, StepContext context) {
        if (norm <= largestNorm) {
            return true;
        }
        context.report(Event.STEP_SKIPPED, Reason.NOT_FINITE, sentence(norm));
        return false;
    }

    static String sentence(double norm) {
        return norm <= Double.MAX_VALUE
                ? "the gradient's norm is " + norm + ", too large for its squares; the step is skipped"
                : "the gradient holds NaN or infinities; the step is skipped. Check data and learning rate";
    }

    /** An update of this norm would overflow the parameters sooner or later: the root of the type's range. */
    static double largestUpdate(DataType type) {
        return Math.sqrt(type == DataType.DOUBLE ? Double.MAX_VALUE : Float.MAX_VALUE);
    }
}
