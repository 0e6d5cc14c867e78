package org.layerwise.examples.index.risk;

import static org.layerwise.examples.index.risk.Outcome.LINEAR;
import static org.layerwise.examples.index.risk.Outcome.RANDOM_FEATURES;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Expectation;
import org.layerwise.examples.report.Numbers;

/**
 * The claims that the second stage tests. Methods are compared at the best step size of each, on the same seeds.
 *
 * @param result what was measured
 */
record RiskClaims(RiskResult result) {
    private static final String REPLICATION = "replication of this project";

    /** Those whose teachers were run. */
    List<Claim> all() {
        List<Claim> claims = new ArrayList<>();
        List<Teacher> teachers = result.settings().teachers();
        if (teachers.contains(Teacher.QUADRATIC)) {
            claims.add(kfacBeatsSgd());
            claims.add(advantageGrows());
            claims.add(sgdDegrades());
            claims.add(kfacDoesNotDegrade());
        }
        claims.add(stepBeatsRandomFeatures());
        if (teachers.contains(Teacher.TANH)) {
            claims.add(linearSufficesForTanh());
        }
        List<RiskAgreement> agreements = RiskAgreement.all(result);
        if (!agreements.isEmpty()) {
            claims.add(agreesWithReference(agreements));
        }
        return claims;
    }

    private Claim kfacBeatsSgd() {
        return new Claim(
                "risk-kfac-beats-sgd",
                "With anisotropic inputs the features of one KFAC step predict better than those of one SGD step.",
                Claim.ABSTRACT,
                "excess risk of SGD over that of KFAC, " + at(result.largestKappa()),
                result.advantage(worst()),
                new Expectation.AtLeast(1.5, 1.1));
    }

    private Claim advantageGrows() {
        return new Claim(
                "risk-advantage-grows-with-kappa",
                "The advantage of KFAC over SGD grows with the condition number of the inputs.",
                Claim.ABSTRACT,
                "excess risk of SGD over that of KFAC: its value " + at(result.largestKappa()) + ", over its value at "
                        + Numbers.plain(result.smallestKappa()),
                Estimate.ratio(advantages(worst()), advantages(best())),
                new Expectation.AtLeast(1.2, 1));
    }

    private Claim sgdDegrades() {
        return new Claim(
                "risk-sgd-degrades-with-kappa",
                "SGD learns worse features when the inputs are anisotropic.",
                Claim.ABSTRACT,
                growth("SGD"),
                growth(FirstStep.SGD),
                new Expectation.AtLeast(1.1, 1));
    }

    private Claim kfacDoesNotDegrade() {
        return new Claim(
                "risk-kfac-does-not-degrade-with-kappa",
                "KFAC does not.",
                Claim.ABSTRACT,
                growth("KFAC"),
                growth(FirstStep.KFAC),
                new Expectation.AtMost(1, 1.2));
    }

    /** The least favourable of all first steps and problems. */
    private Claim stepBeatsRandomFeatures() {
        Estimate least = result.problems().stream()
                .flatMap(problem -> RiskSettings.METHODS.stream().map(method -> overRandom(problem, method)))
                .min(Comparator.comparingDouble(Estimate::value))
                .orElseThrow();
        return new Claim(
                "risk-step-beats-random-features",
                "One step of the first layer, by either method, beats random features on every teacher.",
                REPLICATION,
                "excess risk of random features over that of the step, the least over methods, teachers and condition"
                        + " numbers",
                least,
                new Expectation.AtLeast(1.1, 1));
    }

    private Estimate overRandom(RiskResult.Problem problem, FirstStep method) {
        return Estimate.ratio(result.bestRisks(problem, RANDOM_FEATURES), result.bestRisks(problem, method.id()));
    }

    private Claim linearSufficesForTanh() {
        List<Estimate> ratios = result.settings().kappas().stream()
                .map(kappa -> new RiskResult.Problem(kappa, Teacher.TANH))
                .map(problem -> Estimate.ratio(
                        result.bestRisks(problem, FirstStep.KFAC.id()), result.bestRisks(problem, LINEAR)))
                .toList();
        return new Claim(
                "risk-linear-suffices-for-tanh",
                "The tanh teacher is so nearly linear that least squares on the inputs is as good as either feature"
                        + " step: it proves nothing about features.",
                REPLICATION,
                "excess risk of KFAC, the better of the two, over that of least squares, the least over condition numbers",
                ratios.stream().min(Comparator.comparingDouble(Estimate::value)).orElseThrow(),
                new Expectation.AtLeast(1, .9));
    }

    private static Claim agreesWithReference(List<RiskAgreement> agreements) {
        int agreeing =
                (int) agreements.stream().filter(RiskAgreement::isWithinNoise).count();
        return new Claim(
                "risk-agrees-with-reference",
                "The risks equal those of an independent replication in NumPy, within the noise between tasks.",
                REPLICATION,
                "share of the entries of the table that agree",
                Estimate.proportion(agreeing, agreements.size()),
                new Expectation.AtLeast(.9, .6));
    }

    private String growth(String method) {
        return "excess risk of " + method + " " + at(result.largestKappa()) + " over the one at "
                + Numbers.plain(result.smallestKappa());
    }

    private Estimate growth(FirstStep method) {
        return Estimate.ratio(result.bestRisks(worst(), method.id()), result.bestRisks(best(), method.id()));
    }

    /** SGD's risk over KFAC's, one per seed. */
    private double[] advantages(RiskResult.Problem problem) {
        double[] sgd = result.bestRisks(problem, FirstStep.SGD.id());
        double[] kfac = result.bestRisks(problem, FirstStep.KFAC.id());
        double[] ratios = new double[sgd.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = sgd[i] / kfac[i];
        }
        return ratios;
    }

    private static String at(double kappa) {
        return "on " + Teacher.QUADRATIC.label() + " at condition number " + Numbers.plain(kappa);
    }

    private RiskResult.Problem worst() {
        return new RiskResult.Problem(result.largestKappa(), Teacher.QUADRATIC);
    }

    private RiskResult.Problem best() {
        return new RiskResult.Problem(result.smallestKappa(), Teacher.QUADRATIC);
    }
}
