package org.layerwise.examples.linear.curves;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.linear.Trajectory;
import org.layerwise.examples.numeric.Quantiles;

/**
 * Contraction and noise floor of one contender at one kappa, predicted and measured, medians over the seeds; NaN where
 * there is no prediction or the run is too short.
 *
 * @param predictedContraction factor per step
 * @param contraction the same, measured until the part outside the true features has halved
 * @param predictedFloor Frobenius distance
 * @param floor the same, measured over the last fifth of the iterations
 */
record FloorCheck(double predictedContraction, double contraction, double predictedFloor, double floor) {
    /** Part of the floor that the decaying start may still make up when the floor is measured. */
    private static final double NEGLIGIBLE = .1;

    static FloorCheck of(List<Trajectory> runs) {
        return new FloorCheck(
                median(runs, t -> t.prediction().contraction()),
                median(runs, FloorCheck::contraction),
                median(runs, t -> t.prediction().noiseFloor()),
                median(runs, FloorCheck::floor));
    }

    private static double contraction(Trajectory run) {
        double halving = Math.ceil(Math.log(.5) / Math.log(run.prediction().contraction()));
        int steps = (int) Math.max(1, Math.min(halving, run.lastIteration()));
        return run.lastIteration() < 1 ? Double.NaN : run.contraction(steps);
    }

    private static double floor(Trajectory run) {
        int first = run.lastIteration() - run.lastIteration() / 5;
        double start = run.measurements().get(0).frobeniusDistance();
        double remaining = start * Math.pow(run.prediction().contraction(), first);
        boolean reached = remaining < NEGLIGIBLE * run.prediction().noiseFloor();
        return reached ? run.meanDistance(first) : Double.NaN;
    }

    private static double median(List<Trajectory> runs, ToDoubleFunction<Trajectory> value) {
        return Quantiles.of(runs.stream().mapToDouble(value).toArray(), .5);
    }
}
