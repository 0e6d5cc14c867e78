package org.layerwise.method;

import org.jspecify.annotations.Nullable;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.StepRule;

/** Everything about an updater but its learning rate: immutable, checked, equal by value, written to JSON. */
public interface UpdaterSettings {
    /**
     * The method's name in saved states; never reused for another.
     *
     * @return such as "muon"
     */
    String methodName();

    /**
     * The method of a matrix.
     *
     * @param matrix the matrix
     * @return a new method; null if the fallback updater serves this matrix
     */
    @Nullable
    Method method(Matrix matrix);

    /**
     * The updater of the parameters that are not preconditioned.
     *
     * @return the updater and where its learning rate comes from
     */
    Fallback fallback();

    /**
     * What happens when numbers fail.
     *
     * @return the handling
     */
    FailureHandling failures();

    /**
     * Which sides of a matrix are preconditioned, for the plan.
     *
     * @param matrix a matrix that has a method
     * @return both, unless overridden
     */
    default Coverage coverage(Matrix matrix) {
        return Coverage.both();
    }

    /**
     * How long the step is, decided over the whole network.
     *
     * @return each layer by itself, unless overridden
     */
    default StepRule stepRule() {
        return StepRule.independent();
    }

    /**
     * Momentum that sums the directions after the method and the step rule.
     *
     * @return none, unless overridden
     */
    default Momentum directionMomentum() {
        return Momentum.none();
    }

    /**
     * Whether the method needs samples of a layer, which has it serve weights and bias as one matrix; such a method cannot
     * step without a network.
     *
     * @return false, unless overridden
     */
    default boolean needsSamples() {
        return false;
    }
}
