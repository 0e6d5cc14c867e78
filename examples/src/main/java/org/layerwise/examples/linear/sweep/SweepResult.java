package org.layerwise.examples.linear.sweep;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.numeric.Quantiles;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.ResultTable;

/**
 * All runs of a sweep.
 *
 * @param settings what was run
 * @param outcomes one per contender, kappa and seed
 */
record SweepResult(SweepSettings settings, List<Outcome> outcomes) {
    static SweepResult of(SweepSettings settings, ResultTable table) {
        return new SweepResult(
                settings,
                table.rows().stream().map(row -> Outcome.of(table, row)).toList());
    }

    /** The seeds. */
    List<Long> seeds() {
        long first = settings.firstSeed();
        return LongStream.range(first, first + settings.seeds()).boxed().toList();
    }

    /** Runs of one contender at one kappa, over the seeds. */
    List<Outcome> of(Contender contender, double kappa) {
        return select(o -> o.contender().equals(contender) && o.kappa() == kappa);
    }

    /** Runs of one method at one kappa and seed, over the rates. */
    List<Outcome> of(Method method, double kappa, long seed) {
        return select(o -> o.contender().method() == method && o.kappa() == kappa && o.seed() == seed);
    }

    /** Runs that diverged, of one contender at one kappa. */
    long diverged(Contender contender, double kappa) {
        return of(contender, kappa).stream().filter(Outcome::diverged).count();
    }

    /** Least subspace distance over the rates of a method on one task; 1 if all of them diverged. */
    double best(Method method, double kappa, long seed) {
        return of(method, kappa, seed).stream()
                .filter(o -> !o.diverged())
                .mapToDouble(Outcome::subspaceDistance)
                .min()
                .orElse(1);
    }

    /** Median and quartiles at abscissa {@code x}; nothing if half of the runs diverged. */
    Optional<Curve.Point> point(Contender contender, double kappa, double x, ToDoubleFunction<Outcome> measure) {
        double[] values = of(contender, kappa).stream()
                .filter(o -> !o.diverged())
                .mapToDouble(measure)
                .toArray();
        return 2 * values.length <= settings.seeds()
                ? Optional.empty()
                : Optional.of(new Curve.Point(
                        x, Quantiles.median(values), Quantiles.of(values, .25), Quantiles.of(values, .75)));
    }

    /** Mean over the seeds. */
    Estimate mean(ToDoubleFunction<Long> perSeed) {
        return Estimate.mean(seeds().stream().mapToDouble(perSeed).toArray());
    }

    /** Geometric mean over the seeds. */
    Estimate geometricMean(ToDoubleFunction<Long> perSeed) {
        return Estimate.geometricMean(seeds().stream().mapToDouble(perSeed).toArray());
    }

    /** The run of one contender on one task. */
    Outcome only(Contender contender, double kappa, long seed) {
        return of(contender, kappa).stream()
                .filter(o -> o.seed() == seed)
                .findFirst()
                .orElseThrow();
    }

    private List<Outcome> select(Predicate<Outcome> condition) {
        return outcomes.stream().filter(condition).toList();
    }
}
