package org.layerwise.dl4j;

/**
 * What one layer gets.
 *
 * @param layer its name
 * @param kind its class in DL4J
 * @param parameters number of parameters
 * @param method the updater's name
 * @param preconditioned whether curvature is used
 * @param shape of the canonical matrix, "dA x dG"; empty if not preconditioned
 * @param stateBytes size of the updater state that is saved with the model
 * @param workBytes size of derived arrays (inverses, accumulators) that are rebuilt after loading
 * @param stepFlops floating-point operations to apply the inverse at each step
 * @param note reason for a fallback, or other remarks; may be empty
 */
public record LayerPlan(
        String layer,
        String kind,
        long parameters,
        String method,
        boolean preconditioned,
        String shape,
        long stateBytes,
        long workBytes,
        long stepFlops,
        String note) {}
