package org.layerwise.examples.linear.curves;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Trajectory;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Expectation;
import org.layerwise.examples.report.Numbers;

/**
 * The claims that the learning curves test. Methods are compared at the smallest rate of each, on the same seeds.
 *
 * @param result what was measured
 */
record LinearClaims(LinearResult result) {
    private static final String DERIVED = Claim.DERIVED + " from the update rule";

    /** Those whose methods were run. */
    List<Claim> all() {
        List<Claim> claims = new ArrayList<>();
        slowest(Method.KFAC).ifPresent(kfac -> {
            claims.add(contraction(kfac));
            claims.add(conditionFree(kfac));
            slowest(Method.SGD).ifPresent(sgd -> claims.add(sgdIsSlow(sgd, kfac)));
            slowest(Method.ADAM).ifPresent(adam -> claims.add(adamHelpsMildly(adam, kfac)));
        });
        slowest(Method.SGD).ifPresent(sgd -> claims.add(lossHidesFeatures(sgd)));
        fastest(Method.KFAC).flatMap(this::noiseFloor).ifPresent(claims::add);
        return claims;
    }

    private Claim contraction(Contender kfac) {
        double[] factors = result.settings().kappas().stream()
                .flatMap(kappa -> result.of(kfac, kappa).stream())
                .mapToDouble(run -> run.contraction(halving(run)))
                .toArray();
        double predicted = 1 - kfac.learningRate();
        return new Claim(
                "kfac-contraction",
                "KFAC removes the fraction eta of what lies outside the true features at every step, whatever the"
                        + " covariance and the task.",
                DERIVED,
                "factor per step over all condition numbers and seeds, eta = " + Numbers.plain(kfac.learningRate()),
                Estimate.mean(factors),
                new Expectation.Near(predicted, .1 * kfac.learningRate()));
    }

    private Claim conditionFree(Contender kfac) {
        double[] ratios = perSeed(kfac, worst(), run -> Math.log(run.contraction(halving(run))));
        double[] round = perSeed(kfac, best(), run -> Math.log(run.contraction(halving(run))));
        return new Claim(
                "kfac-rate-condition-free",
                "The convergence rate of KFAC does not depend on the condition number of the inputs.",
                Claim.ABSTRACT,
                "rate at condition number " + Numbers.plain(worst()) + " over rate at " + Numbers.plain(best()),
                Estimate.ratio(ratios, round),
                new Expectation.Near(1, .05));
    }

    private Claim sgdIsSlow(Contender sgd, Contender kfac) {
        return new Claim(
                "sgd-suboptimal-anisotropic",
                "With anisotropic inputs SGD is a suboptimal feature learner.",
                Claim.ABSTRACT,
                distanceRatio(sgd, kfac),
                lastDistances(sgd, kfac),
                new Expectation.AtLeast(3, 1.2));
    }

    private Claim adamHelpsMildly(Contender adam, Contender kfac) {
        return new Claim(
                "adam-helps-mildly",
                "Diagonal preconditioning (Adam) only mildly mitigates this.",
                Claim.ABSTRACT,
                distanceRatio(adam, kfac),
                lastDistances(adam, kfac),
                new Expectation.AtLeast(2, 1.2));
    }

    private Claim lossHidesFeatures(Contender sgd) {
        double[] transfer = perSeed(sgd, worst(), run -> relative(run, Measurement::transferLoss));
        double[] train = perSeed(sgd, worst(), run -> relative(run, Measurement::trainLoss));
        return new Claim(
                "training-loss-hides-features",
                "The training loss can be small while the features are not learned: the transfer loss stays large.",
                "replication of this project",
                sgd.label() + " at condition number " + Numbers.plain(worst())
                        + ", remaining share of the transfer loss over remaining share of the training loss",
                Estimate.ratio(transfer, train),
                new Expectation.AtLeast(5, 1.5));
    }

    /** Only where the runs are long enough to reach the floor. */
    private Optional<Claim> noiseFloor(Contender kfac) {
        double[] ratios = result.settings().kappas().stream()
                .flatMap(kappa -> result.of(kfac, kappa).stream())
                .map(run -> FloorCheck.of(List.of(run)))
                .mapToDouble(check -> check.floor() / check.predictedFloor())
                .filter(Double::isFinite)
                .toArray();
        return ratios.length < 2
                ? Optional.empty()
                : Optional.of(new Claim(
                        "kfac-noise-floor",
                        "With label noise KFAC settles at the predicted distance from the true features.",
                        DERIVED,
                        "measured over predicted Frobenius distance, eta = " + Numbers.plain(kfac.learningRate()),
                        Estimate.geometricMean(ratios),
                        new Expectation.Near(1, .05)));
    }

    private String distanceRatio(Contender other, Contender kfac) {
        return "subspace distance of " + other.label() + " over that of " + kfac.label() + " after "
                + result.settings().iterations() + " steps at condition number " + Numbers.plain(worst());
    }

    private Estimate lastDistances(Contender other, Contender kfac) {
        ToDoubleFunction<Trajectory> distance = run -> run.last().subspaceDistance();
        return Estimate.ratio(perSeed(other, worst(), distance), perSeed(kfac, worst(), distance));
    }

    private static double relative(Trajectory run, ToDoubleFunction<Measurement> loss) {
        return loss.applyAsDouble(run.last())
                / loss.applyAsDouble(run.measurements().get(0));
    }

    /** Steps in which the theory halves the part outside the true features, as far as the run got. */
    private static int halving(Trajectory run) {
        double steps = Math.ceil(Math.log(.5) / Math.log(run.prediction().contraction()));
        return (int) Math.max(1, Math.min(steps, run.lastIteration()));
    }

    private double[] perSeed(Contender contender, double kappa, ToDoubleFunction<Trajectory> value) {
        return result.of(contender, kappa).stream().mapToDouble(value).toArray();
    }

    private double worst() {
        return result.settings().kappas().stream()
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private double best() {
        return result.settings().kappas().stream()
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private Optional<Contender> slowest(Method method) {
        return rates(method).stream().min(Comparator.comparingDouble(Contender::learningRate));
    }

    private Optional<Contender> fastest(Method method) {
        return rates(method).stream().max(Comparator.comparingDouble(Contender::learningRate));
    }

    private List<Contender> rates(Method method) {
        return result.settings().contenders().stream()
                .filter(contender -> contender.method() == method)
                .toList();
    }
}
