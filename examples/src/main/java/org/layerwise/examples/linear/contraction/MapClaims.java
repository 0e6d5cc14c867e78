package org.layerwise.examples.linear.contraction;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Expectation;

/**
 * The claims that the map tests.
 *
 * @param rates what was measured
 */
record MapClaims(List<Rate> rates) {
    private static final String DERIVED = Claim.DERIVED + ", linearisation at the solution";
    private static final String ABSTRACT = Claim.ABSTRACT + ", in the form derived by this project";

    /** Error of the finite differences and of the rounding, relative to the smallest gain of the grid. */
    private static final double AGREEMENT = 1e-3;

    /** Four digits. */
    private static final double UNCHANGED = 1e-4;

    List<Claim> all() {
        List<Claim> claims = new ArrayList<>();
        claims.add(matches("contraction-none", "Without preconditioner (AMGD)", "1 - eta s_i² mu_j", Scheme.NONE));
        claims.add(matches("contraction-right", "Right only (FOOF)", "1 - eta s_i²", Scheme.RIGHT));
        claims.add(matches("contraction-left", "Left only", "1 - eta mu_j", Scheme.LEFT));
        claims.add(matches("contraction-both", "Both (KFAC)", "1 - eta", Scheme.BOTH));
        claims.add(matches(
                "contraction-damped",
                "KFAC with damping",
                "1 - eta eig(U' S (Sigma + lambda)⁻¹ U)",
                Scheme.DAMPED.toArray(Scheme[]::new)));
        claims.add(unchanged(
                "kfac-contraction-condition-free",
                "The convergence rate of KFAC depends neither on the condition number of the inputs nor on that of the"
                        + " head.",
                ABSTRACT,
                Scheme.BOTH,
                rate -> 0.0));
        claims.add(unchanged(
                "right-only-free-of-inputs",
                "The right preconditioner alone removes the condition number of the inputs.",
                DERIVED,
                Scheme.RIGHT,
                Rate::headKappa));
        claims.add(unchanged(
                "left-only-free-of-head",
                "The left preconditioner alone removes the condition number of the head.",
                DERIVED,
                Scheme.LEFT,
                Rate::kappa));
        claims.add(slowdown());
        return claims;
    }

    private Claim matches(String id, String who, String factors, Scheme... schemes) {
        List<Scheme> chosen = List.of(schemes);
        double worst = rates.stream()
                .filter(rate -> chosen.contains(rate.scheme()))
                .mapToDouble(Rate::error)
                .max()
                .orElse(Double.NaN);
        return new Claim(
                id,
                who + ": near the solution the modes of the features' error shrink by " + factors + " per step.",
                DERIVED,
                "largest relative error of 1 - factor of the slowest mode, over the map and both learning rates",
                Estimate.exact(worst),
                new Expectation.AtMost(AGREEMENT, 10 * AGREEMENT));
    }

    /** Largest spread of the gain at the common rate within groups of equal seed and {@code fixed} condition number. */
    private Claim unchanged(String id, String statement, String source, Scheme scheme, Function<Rate, Double> fixed) {
        Map<List<Object>, List<Rate>> groups =
                common(scheme).collect(Collectors.groupingBy(rate -> List.of(rate.seed(), fixed.apply(rate))));
        double spread =
                groups.values().stream().mapToDouble(MapClaims::spread).max().orElse(Double.NaN);
        return new Claim(
                id,
                statement,
                source,
                "largest relative difference of 1 - factor at the common rate when that condition number changes",
                Estimate.exact(spread),
                new Expectation.AtMost(UNCHANGED, 10 * UNCHANGED));
    }

    private Stream<Rate> common(Scheme scheme) {
        Predicate<Rate> chosen = rate -> rate.scheme().equals(scheme) && rate.choice() == Rate.Choice.COMMON;
        return rates.stream().filter(chosen);
    }

    private static double spread(List<Rate> group) {
        double low = group.stream().mapToDouble(Rate::gain).min().orElseThrow();
        double high = group.stream().mapToDouble(Rate::gain).max().orElseThrow();
        return (high - low) / low;
    }

    /** Steps at the best rate that halve the slowest mode, worst corner of the map over best corner. */
    private Claim slowdown() {
        List<Rate> best = rates.stream()
                .filter(r -> r.scheme().equals(Scheme.NONE) && r.choice() == Rate.Choice.BEST)
                .toList();
        Rate easy = best.stream().max(Comparator.comparingDouble(Rate::gain)).orElseThrow();
        Rate hard = best.stream().min(Comparator.comparingDouble(Rate::gain)).orElseThrow();
        double predicted = Math.log(easy.predictedGain() / hard.predictedGain());
        return new Claim(
                "amgd-pays-for-both-conditionings",
                "Gradient descent on the features pays for both: at its best rate it removes 2 / (K + 1) per step with K ="
                        + " kappa(F*)² kappa(U' S U).",
                DERIVED,
                "logarithm of 1 - factor, easiest over hardest corner of the map",
                Estimate.exact(Math.log(easy.gain() / hard.gain())),
                new Expectation.Near(predicted, AGREEMENT));
    }
}
