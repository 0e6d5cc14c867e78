package org.layerwise.examples.index.risk;

/**
 * Sizes of one problem.
 *
 * @param inputs dX
 * @param hidden dh
 * @param firstStage examples of the step of the first layer
 * @param secondStage fresh examples of the ridge regression, more than {@code inputs}
 * @param test fresh examples on which the risk is measured
 */
record RiskSizes(int inputs, int hidden, int firstStage, int secondStage, int test) {
    /** Sizes of the reference values. */
    static final RiskSizes REFERENCE = new RiskSizes(200, 500, 1600, 4000, 4000);

    /** Checks the ranges. */
    RiskSizes {
        if (inputs < 1 || hidden < 1 || firstStage < 1 || secondStage <= inputs || test < 1) {
            throw new IllegalArgumentException("Sizes inputs=" + inputs + ", hidden=" + hidden + ", firstStage="
                    + firstStage + ", secondStage=" + secondStage + ", test=" + test
                    + ": need positive sizes and secondStage > inputs");
        }
    }
}
