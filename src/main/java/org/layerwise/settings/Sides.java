package org.layerwise.settings;

/** Which Kronecker factors precondition a layer. */
public enum Sides {
    /** Input and output: K-FAC. */
    BOTH(true, true),
    /** The input factor A alone: FOOF, the right preconditioner of W in [out, in] orientation. */
    INPUT(true, false),
    /** The output factor G alone: the left preconditioner. */
    OUTPUT(false, true);

    private final boolean input;
    private final boolean output;

    Sides(boolean input, boolean output) {
        this.input = input;
        this.output = output;
    }

    /**
     * Whether the input factor is used.
     *
     * @return true for BOTH and INPUT
     */
    public boolean usesInput() {
        return input;
    }

    /**
     * Whether the output factor is used.
     *
     * @return true for BOTH and OUTPUT
     */
    public boolean usesOutput() {
        return output;
    }
}
