package org.layerwise.examples.index.risk;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.hipparchus.distribution.continuous.TDistribution;
import org.layerwise.examples.numeric.Estimate;

/**
 * A measured risk beside the one of the reference replication.
 *
 * @param problem condition number and teacher
 * @param method id of the method or baseline
 * @param measured mean over the seeds, at the best step size
 * @param reference the other one
 */
record RiskAgreement(RiskResult.Problem problem, String method, Estimate measured, double reference) {
    /** Methods and baselines in the order of the reference. */
    static final List<String> METHODS = List.of(Outcome.RANDOM_FEATURES, Outcome.LINEAR, "sgd", "kfac");

    /** Seeds behind a value of the reference. Not recorded; the other tables of that replication are over three. */
    private static final int REFERENCE_SEEDS = 3;

    /** Its rounding: two or three digits, here one unit in the last of two. */
    private static final double ROUNDING = .01;

    /** Every measured value of the reference's own sizes that has one; none at other sizes. */
    static List<RiskAgreement> all(RiskResult result) {
        List<RiskAgreement> all = new ArrayList<>();
        if (!result.settings().sizes().equals(RiskSizes.REFERENCE)) {
            return all;
        }
        RiskReference reference = RiskReference.load();
        for (RiskResult.Problem problem : result.problems()) {
            for (String method : METHODS) {
                OptionalDouble value =
                        reference.risk(problem.kappa(), problem.teacher().id(), method);
                Estimate measured = Estimate.mean(result.bestRisks(problem, method));
                value.ifPresent(risk -> all.add(new RiskAgreement(problem, method, measured, risk)));
            }
        }
        return all;
    }

    /**
     * Whether the two differ by no more than 95 % of the differences of two means over as many tasks each: Student's
     * quantile times {@code deviation sqrt(1/seeds + 1/3)}, and the rounding.
     */
    boolean isWithinNoise() {
        if (measured.count() < 2) {
            return true;
        }
        double quantile =
                new TDistribution(measured.count() - 1.0).inverseCumulativeProbability((1 + Estimate.CONFIDENCE) / 2);
        double deviation = measured.standardError() * Math.sqrt(measured.count());
        double noise = quantile * deviation * Math.sqrt(1.0 / measured.count() + 1.0 / REFERENCE_SEEDS);
        return Math.abs(measured.value() - reference) <= noise + ROUNDING * reference;
    }
}
