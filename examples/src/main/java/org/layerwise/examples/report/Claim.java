package org.layerwise.examples.report;

import org.layerwise.examples.numeric.Estimate;

/**
 * A statement that an experiment tests by one number.
 *
 * @param id short name, unique among all experiments, such as "kfac-rate-condition-free"
 * @param statement the claim, one sentence
 * @param source who says so: the paper, a derivation, a replication
 * @param quantity what was measured, in words, with its unit or scale
 * @param measured the number
 * @param expectation what the claim expects of it
 */
public record Claim(
        String id, String statement, String source, String quantity, Estimate measured, Expectation expectation) {
    /** Source of the paper's own claims. */
    public static final String ABSTRACT = "abstract of arXiv 2502.01763";

    /** Source of predictions that follow from the model. */
    public static final String DERIVED = "derived by this project";

    /** What the measurement says. */
    public Verdict verdict() {
        return expectation.judge(measured);
    }

    /** The number with its interval. */
    String measuredText() {
        if (measured.standardError() == 0) {
            return Numbers.digits(measured.value(), 3);
        }
        return Double.isInfinite(measured.halfWidth())
                ? Numbers.digits(measured.value(), 3) + " (one sample)"
                : Numbers.digits(measured.value(), 3) + " [" + Numbers.digits(measured.low(), 3) + ", "
                        + Numbers.digits(measured.high(), 3) + "], n = " + measured.count();
    }
}
