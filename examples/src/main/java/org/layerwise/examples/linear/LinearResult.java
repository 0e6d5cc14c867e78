package org.layerwise.examples.linear;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * All runs of the experiment.
 *
 * @param settings what was run
 * @param trajectories one per contender, kappa and seed
 */
public record LinearResult(LinearSettings settings, List<Trajectory> trajectories) {
    /** Freezes the list. */
    public LinearResult {
        trajectories = List.copyOf(trajectories);
    }

    /** Runs of one contender at one kappa, over the seeds. */
    List<Trajectory> of(Contender contender, double kappa) {
        return trajectories.stream()
                .filter(t -> t.contender().equals(contender) && t.kappa() == kappa)
                .toList();
    }

    /**
     * Quantile over the seeds of a measure after {@code iteration} steps.
     *
     * @param level in [0, 1]; .5 is the median
     * @return NaN where no seed got so far
     */
    double quantile(
            Contender contender, double kappa, int iteration, double level, ToDoubleFunction<Measurement> measure) {
        double[] values = of(contender, kappa).stream()
                .filter(t -> t.lastIteration() >= iteration)
                .mapToDouble(t -> measure.applyAsDouble(t.measurements().get(iteration)))
                .toArray();
        return Quantiles.of(values, level);
    }
}
