package org.layerwise.settings;

/**
 * What one layer gets.
 *
 * @param layer its name
 * @param kind its class in DL4J
 * @param parameters number of parameters
 * @param method the updater's name
 * @param covered number of parameters that are preconditioned on at least one side
 * @param shape of the preconditioned matrices, "rows x columns"; empty if there are none
 * @param stateBytes size of the updater state that is saved with the model
 * @param workBytes size of derived arrays (inverses, accumulators) that are rebuilt after loading
 * @param stepFlops floating-point operations to precondition the gradient at each step
 * @param decision what is done about the parameters, and why
 */
public record LayerPlan(
        String layer,
        String kind,
        long parameters,
        String method,
        long covered,
        String shape,
        long stateBytes,
        long workBytes,
        long stepFlops,
        Decision decision) {
    /**
     * Whether any of the layer's parameters are preconditioned.
     *
     * @return false for a layer that DL4J's own updaters serve, or whose matrices have no side that can be preconditioned
     */
    public boolean preconditioned() {
        return covered > 0;
    }

    /**
     * Reason for a fallback, matrices with a side that is not preconditioned, or other remarks.
     *
     * @return may be empty
     */
    public String note() {
        return decision.note();
    }
}
