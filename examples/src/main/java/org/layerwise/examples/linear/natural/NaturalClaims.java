package org.layerwise.examples.linear.natural;

import java.util.List;
import java.util.stream.IntStream;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Trajectory;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Expectation;
import org.layerwise.examples.report.Numbers;

/**
 * The claims about natural gradient descent (NGD), each tested with the exact and with the empirical Fisher matrix. Rates
 * are compared at the least damping, which changes the methods the least.
 *
 * @param result what was measured
 */
record NaturalClaims(NaturalResult result) {
    private static final String RATE =
            "Full natural gradient descent is heavily outperformed by KFAC in convergence rate";
    private static final String STABILITY =
            "Full natural gradient descent is heavily outperformed by KFAC in stability";

    /** "Heavily" as a factor between the distances. */
    private static final Expectation HEAVILY = new Expectation.AtLeast(3, 1.5);

    /** Half of the runs diverge where no run of KFAC does. */
    private static final Expectation OFTEN = new Expectation.AtLeast(.5, .2);

    /** The bound 1 is of first order in the rate. */
    private static final Expectation BOUNDED = new Expectation.AtMost(1, 1.5);

    /** All claims. */
    List<Claim> all() {
        Curvature exact = result.settings().of(Method.NGD).get(0);
        Curvature empirical = result.settings().of(Method.NGD_EMPIRICAL).get(0);
        return List.of(
                rate("ngd-exact-far-behind-kfac", ", with the exact Fisher (Gauss-Newton) matrix.", exact),
                rate("ngd-empirical-far-behind-kfac", ", with the empirical Fisher matrix.", empirical),
                stability(
                        "ngd-exact-unstable",
                        ", with the exact Fisher (Gauss-Newton) matrix.",
                        "all dampings",
                        result.settings().of(Method.NGD)),
                stability(
                        "ngd-empirical-unstable",
                        ", with the empirical Fisher matrix.",
                        "damping " + Numbers.digits(empirical.damping(), 1),
                        List.of(empirical)),
                lossPerStep(empirical));
    }

    private Claim rate(String id, String matrix, Curvature curvature) {
        Budget budget = result.settings().slowest();
        return new Claim(
                id,
                RATE + matrix,
                Claim.ABSTRACT,
                "subspace distance of NGD (damping " + Numbers.digits(curvature.damping(), 1)
                        + ") over that of KFAC after " + budget.iterations() + " steps at rate "
                        + Numbers.plain(budget.learningRate()),
                distanceRatio(curvature),
                HEAVILY);
    }

    private Estimate distanceRatio(Curvature curvature) {
        Budget budget = result.settings().slowest();
        return Estimate.ratio(
                result.distances(curvature, budget.learningRate(), budget.iterations()),
                result.distances(result.settings().kfac(), budget.learningRate(), budget.iterations()));
    }

    private Claim stability(String id, String matrix, String dampings, List<Curvature> curvatures) {
        Budget budget = result.settings().fastest();
        List<Boolean> diverged = curvatures.stream()
                .flatMap(curvature -> result.diverged(curvature, budget).stream())
                .toList();
        int count = (int) diverged.stream().filter(d -> d).count();
        return new Claim(
                id,
                STABILITY + matrix,
                Claim.ABSTRACT,
                "share of the runs (" + dampings + ") that end with more training loss than they began with, after "
                        + budget.iterations() + " steps at rate " + Numbers.plain(budget.learningRate()),
                Estimate.proportion(count, diverged.size()),
                OFTEN);
    }

    /**
     * The batch's gradient is the mean of the g_i, so {@code H = E[g_i g_i^T] >= g g^T} and {@code g^T H^-1 g <= 1}: to
     * first order a step lowers the loss by at most eta, however large the loss is.
     */
    private Claim lossPerStep(Curvature empirical) {
        Budget budget = result.settings().slowest();
        List<Trajectory> runs = result.of(empirical, budget.learningRate());
        double[] last = result.losses(empirical, budget.learningRate(), budget.iterations());
        double[] drops = IntStream.range(0, last.length)
                .mapToDouble(i -> runs.get(i).measurements().get(0).trainLoss() - last[i])
                .map(drop -> drop / (budget.iterations() * budget.learningRate()))
                .toArray();
        return new Claim(
                "ngd-empirical-loss-per-step",
                "A step with the empirical Fisher matrix lowers the loss by at most the learning rate, however large the"
                        + " loss is.",
                Claim.DERIVED,
                "decrease of the training loss per step over the rate, " + budget.iterations() + " steps at rate "
                        + Numbers.plain(budget.learningRate()) + ", damping " + Numbers.digits(empirical.damping(), 1),
                Estimate.mean(drops),
                BOUNDED);
    }
}
