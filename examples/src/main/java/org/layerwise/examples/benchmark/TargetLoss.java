package org.layerwise.examples.benchmark;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.numeric.Estimate;

/**
 * What it takes to reach the best training loss of one entrant, seed by seed: runs of equal seed have the same initial
 * weights and the same order of examples.
 *
 * @param result all runs
 * @param reference whose best loss is the target, Adam
 * @param slack how far above that loss the target is, as a share of it; at least 0
 */
record TargetLoss(BenchmarkResult result, Entrant reference, double slack) {
    /** With that very loss as target. */
    TargetLoss(BenchmarkResult result, Entrant reference) {
        this(result, reference, 0);
    }

    /** The target on one seed; infinite, which is none, if the reference diverged. */
    double target(long seed) {
        return (1 + slack) * TimeToLoss.best(result.run(reference, seed));
    }

    /** What an entrant took to reach the target; nothing if it never did within the budget or there is no target. */
    Optional<Cost> cost(Entrant entrant, long seed) {
        double target = target(seed);
        return Double.isFinite(target) ? TimeToLoss.of(result.run(entrant, seed), target) : Optional.empty();
    }

    /** Costs on the seeds on which the target was reached. */
    List<Cost> costs(Entrant entrant) {
        return seeds().stream().flatMap(seed -> cost(entrant, seed).stream()).toList();
    }

    /** Cost over the reference's, on the seeds on which the target was reached. */
    double[] ratios(Entrant entrant, ToDoubleFunction<Cost> measure) {
        return seeds().stream()
                .filter(seed -> cost(entrant, seed).isPresent())
                .mapToDouble(seed -> measure.applyAsDouble(cost(entrant, seed).orElseThrow())
                        / measure.applyAsDouble(cost(reference, seed).orElseThrow()))
                .toArray();
    }

    /** Geometric mean of the ratios; infinite if the target was missed on a seed. */
    Estimate ratio(Entrant entrant, ToDoubleFunction<Cost> measure) {
        double[] ratios = ratios(entrant, measure);
        return ratios.length < seeds().size()
                ? Estimate.exact(Double.POSITIVE_INFINITY)
                : Estimate.geometricMean(ratios);
    }

    private List<Long> seeds() {
        return result.settings().evaluationSeeds();
    }
}
