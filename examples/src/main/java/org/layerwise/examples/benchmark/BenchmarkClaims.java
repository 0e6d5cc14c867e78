package org.layerwise.examples.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Expectation;

/**
 * What this library aims at, and whether it gets there. A ratio counts as mild up to twice the aim; against Adam at its
 * best batch size nothing above 1 does.
 *
 * @param result what was measured
 */
record BenchmarkClaims(BenchmarkResult result) {
    private static final String AIM = "aim of this project";
    private static final double MILD = 2;

    List<Claim> all() {
        List<Claim> claims = new ArrayList<>();
        claims.addAll(atEqualBatch(Optimizer.KFAC, 1. / 6, "a sixth", 1. / 3, "a third"));
        claims.addAll(atEqualBatch(Optimizer.SOAP, 1. / 3, "a third", 1. / 2, "half"));
        anyBatch().ifPresent(claims::add);
        return claims;
    }

    private List<Claim> atEqualBatch(
            Optimizer optimizer, double steps, String stepsWords, double seconds, String secondsWords) {
        int batch = result.settings().largestBatch();
        Optional<Entrant> adam = result.entrant(Optimizer.ADAM, batch);
        Optional<Entrant> ours = result.entrant(optimizer, batch);
        if (adam.isEmpty() || ours.isEmpty()) {
            return List.of();
        }
        TargetLoss yardstick = new TargetLoss(result, adam.get());
        String statement = "At batch %d %s reaches Adam's best training loss in %s of Adam's %s.";
        return List.of(
                new Claim(
                        id(optimizer.id() + "-steps"),
                        statement.formatted(batch, optimizer.label(), stepsWords, "steps"),
                        AIM,
                        quantity("steps", optimizer.label()),
                        yardstick.ratio(ours.get(), Cost::steps),
                        new Expectation.AtMost(steps, MILD * steps)),
                new Claim(
                        id(optimizer.id() + "-seconds"),
                        statement.formatted(batch, optimizer.label(), secondsWords, "time"),
                        AIM,
                        quantity("seconds", optimizer.label()),
                        yardstick.ratio(ours.get(), Cost::seconds),
                        new Expectation.AtMost(seconds, MILD * seconds)));
    }

    /** The best of ours against the best of Adam, each at whatever batch size suits it. */
    private Optional<Claim> anyBatch() {
        Optional<TargetLoss> yardstick = result.bestAdam().map(adam -> new TargetLoss(result, adam));
        Optional<Entrant> ours = yardstick.flatMap(y -> fastest(y, Cost::seconds));
        return ours.map(entrant -> new Claim(
                id("any-batch"),
                "The best of this library reaches the best training loss of Adam, tuned at any batch size, in less"
                        + " time.",
                AIM,
                quantity("seconds", entrant.label()) + " ("
                        + yardstick.orElseThrow().reference().label() + "); the fastest of "
                        + ours().size() + " on these seeds",
                yardstick.orElseThrow().ratio(entrant, Cost::seconds),
                new Expectation.AtMost(1, 1)));
    }

    /** The one of this library's updaters with the least ratio. */
    private Optional<Entrant> fastest(TargetLoss yardstick, ToDoubleFunction<Cost> measure) {
        return ours().stream()
                .min(Comparator.comparingDouble(
                        entrant -> yardstick.ratio(entrant, measure).value()));
    }

    private List<Entrant> ours() {
        return result.entrants().stream()
                .filter(entrant -> entrant.optimizer().layerwise())
                .toList();
    }

    private String id(String end) {
        return Benchmark.name(result.settings()) + "-" + end;
    }

    private static String quantity(String unit, String label) {
        return unit + " of " + label + " over Adam's until Adam's best training loss, geometric mean over the seeds;"
                + " ∞ where a seed never reaches it within the budget";
    }
}
