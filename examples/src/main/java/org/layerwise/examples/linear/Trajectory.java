package org.layerwise.examples.linear;

import java.util.List;

/**
 * One training run.
 *
 * @param contender method and rate
 * @param kappa condition number of the task
 * @param seed seed of the task
 * @param measurements index t holds the state after t steps; shorter than asked if training diverged
 * @param prediction what the theory says about this run
 */
public record Trajectory(
        Contender contender, double kappa, long seed, List<Measurement> measurements, Prediction prediction) {
    /** Freezes the measurements. */
    public Trajectory {
        measurements = List.copyOf(measurements);
    }

    /** Last iteration that was measured. */
    public int lastIteration() {
        return measurements.size() - 1;
    }

    /** The last measurement. */
    public Measurement last() {
        return measurements.get(lastIteration());
    }

    /** Mean contraction per step of {@code ||G (I - G*^T G*)||_F} over the first {@code steps} steps. */
    public double contraction(int steps) {
        double ratio = measurements.get(steps).outside() / measurements.get(0).outside();
        return Math.pow(ratio, 1.0 / steps);
    }

    /** Root mean square of the Frobenius distance over the iterations from {@code first} on. */
    public double meanDistance(int first) {
        double sum = 0;
        for (Measurement measurement : measurements.subList(first, measurements.size())) {
            sum += measurement.frobeniusDistance() * measurement.frobeniusDistance();
        }
        return Math.sqrt(sum / (measurements.size() - first));
    }
}
