package org.layerwise.method;

/**
 * Which sides of a matrix are preconditioned.
 *
 * @param inputs whether rows are mixed
 * @param outputs whether columns are mixed
 * @param remark for the plan where a side is not, else empty
 */
public record Coverage(boolean inputs, boolean outputs, String remark) {
    /**
     * Both sides.
     *
     * @return without a remark
     */
    public static Coverage both() {
        return new Coverage(true, true, "");
    }

    /**
     * Some sides.
     *
     * @param inputs whether rows are mixed
     * @param outputs whether columns are mixed
     * @param reason why neither is, where neither is
     * @return with the remark that fits
     */
    public static Coverage of(boolean inputs, boolean outputs, String reason) {
        if (inputs && outputs) {
            return both();
        }
        return new Coverage(inputs, outputs, inputs ? "inputs' side only" : outputs ? "outputs' side only" : reason);
    }

    /**
     * Whether any side is preconditioned.
     *
     * @return false if elements are only scaled one by one
     */
    public boolean any() {
        return inputs || outputs;
    }
}
