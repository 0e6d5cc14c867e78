package org.layerwise.examples.linear;

/**
 * Sizes of one problem.
 *
 * @param inputs dX, length of x
 * @param outputs dY, length of y
 * @param hidden dh, number of features; at most dX and dY
 * @param batch n, examples per step
 */
public record Dimensions(int inputs, int outputs, int hidden, int batch) {
    /** Sizes of the reference values: 100 inputs, 15 outputs, 8 features, 1024 examples per step. */
    public static final Dimensions REFERENCE = new Dimensions(100, 15, 8, 1024);

    /** Checks that a rank-dh map from dX to dY exists. */
    public Dimensions {
        if (hidden < 1 || batch < 1 || hidden > inputs || hidden > outputs) {
            throw new IllegalArgumentException("Sizes inputs=" + inputs + ", outputs=" + outputs + ", hidden=" + hidden
                    + ", batch=" + batch + ": need batch >= 1 and 1 <= hidden <= min(inputs, outputs)");
        }
    }

    /** Number of weights of the network, dh dX + dY dh. */
    public int parameters() {
        return hidden * (inputs + outputs);
    }
}
