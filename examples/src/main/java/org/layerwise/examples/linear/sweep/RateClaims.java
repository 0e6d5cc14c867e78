package org.layerwise.examples.linear.sweep;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Expectation;
import org.layerwise.examples.report.Numbers;

/**
 * The claims that the learning rate sweep tests.
 *
 * @param result what was measured
 */
record RateClaims(SweepResult result) {
    private static final String ABSTRACT = Claim.ABSTRACT + ", in the form measured by this project";
    private static final String REPLICATION = "replication of this project";

    /** Decades of a wide window: with 3e-3 to 1 at a thousand steps in mind, fewer steps cut its lower end. */
    private static final double WIDE = 2;

    private static final double NARROW = 1;
    private static final double BETWEEN = 1.5;

    /** Part of the floor that the decaying start may still make up when the floor is measured. */
    private static final double NEGLIGIBLE = .1;

    /** The prediction is linear in the noise and its distance is one snapshot with few effective directions. */
    private static final double FLOOR_TOLERANCE = .1;

    List<Claim> all() {
        return List.of(
                window(
                        "kfac-wide-rate-window",
                        "KFAC works over at least two decades of learning rates.",
                        Method.KFAC,
                        new Expectation.AtLeast(WIDE, BETWEEN)),
                predictedWindow(),
                window(
                        "sgd-narrow-rate-window",
                        "SGD works over less than one decade of learning rates.",
                        Method.SGD,
                        new Expectation.AtMost(NARROW, BETWEEN)),
                window(
                        "amgd-narrow-rate-window",
                        "Gradient descent with a least-squares head (AMGD) works over less than one decade.",
                        Method.AMGD,
                        new Expectation.AtMost(NARROW, BETWEEN)),
                bestBeatsBest(),
                floor());
    }

    RateWindow grid() {
        return new RateWindow(result.settings().of(Method.KFAC).stream()
                .map(Contender::learningRate)
                .toList());
    }

    /** Decades of working rates, over the seeds. */
    Estimate decades(Method method) {
        return result.mean(seed -> grid().decades(result.of(method, kappa(), seed)));
    }

    private Claim window(String id, String statement, Method method, Expectation expectation) {
        return new Claim(id, statement, REPLICATION, quantity(method), decades(method), expectation);
    }

    private Claim predictedWindow() {
        RateWindow grid = grid();
        return new Claim(
                "kfac-rate-window-predicted",
                "KFAC works at every rate up to 1 that gives it enough steps: (1 - eta)^T is at most the target.",
                Claim.DERIVED,
                quantity(Method.KFAC),
                decades(Method.KFAC),
                new Expectation.Near(grid.predictedKfac(result.settings().iterations()), grid.step()));
    }

    private String quantity(Method method) {
        return "decades of rates at which " + method.label() + " ends with a subspace distance of at most "
                + Numbers.plain(RateWindow.TARGET) + " after "
                + result.settings().iterations() + " steps";
    }

    private Claim bestBeatsBest() {
        return new Claim(
                "kfac-best-beats-sgd-best",
                "With anisotropic inputs SGD is a suboptimal feature learner, also at its best learning rate.",
                ABSTRACT,
                "least subspace distance over the rates, SGD over KFAC",
                result.geometricMean(
                        seed -> result.best(Method.SGD, kappa(), seed) / result.best(Method.KFAC, kappa(), seed)),
                new Expectation.AtLeast(2, 1));
    }

    private Claim floor() {
        return new Claim(
                "kfac-floor-grows-with-rate",
                "The price of a large rate is small: the distance of KFAC settles at a floor that grows as"
                        + " sqrt(eta / (2 - eta)).",
                Claim.DERIVED,
                "measured over predicted Frobenius distance, geometric mean over the rates that have settled",
                result.geometricMean(this::floorRatio),
                new Expectation.Near(1, FLOOR_TOLERANCE));
    }

    private double floorRatio(long seed) {
        List<Double> logarithms = new ArrayList<>();
        for (Outcome run : result.of(Method.KFAC, kappa(), seed)) {
            double remaining =
                    Math.pow(1 - run.learningRate(), result.settings().iterations());
            if (remaining < NEGLIGIBLE * run.predictedFloor()) {
                logarithms.add(Math.log(run.frobeniusDistance() / run.predictedFloor()));
            }
        }
        return Math.exp(logarithms.stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow(() -> new IllegalStateException("No rate of KFAC has settled: more steps are needed")));
    }

    private double kappa() {
        return result.settings().highestKappa();
    }
}
