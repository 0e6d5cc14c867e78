package org.layerwise.examples.index.alignment;

import org.layerwise.examples.numeric.Estimate;

/**
 * One measured mean against the theory of the same tasks.
 *
 * @param situation where
 * @param contender who
 * @param metric which alignment
 * @param measured mean over the seeds
 * @param predicted mean over the seeds
 * @param difference measured minus predicted, paired by seed
 */
record Agreement(
        Situation situation,
        Contender contender,
        Metric metric,
        Estimate measured,
        double predicted,
        Estimate difference) {
    /** Standard errors within which theory and simulation agree. */
    static final double STANDARD_ERRORS = 2.5;

    /** The difference in standard errors. */
    double score() {
        return difference.value() / difference.standardError();
    }

    boolean agrees() {
        return Math.abs(score()) <= STANDARD_ERRORS;
    }
}
