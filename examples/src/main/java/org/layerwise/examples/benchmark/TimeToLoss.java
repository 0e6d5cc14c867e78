package org.layerwise.examples.benchmark;

import java.util.List;
import java.util.Optional;

/** When a run first has a training loss. */
final class TimeToLoss {
    private TimeToLoss() {}

    /**
     * What it took to come down to {@code target}: at the first checkpoint at or below it after the start, or, where the loss
     * passes it between two checkpoints, on the straight line between them. A loss that falls ever more slowly lies below that
     * line, so that the answer is late rather than early.
     *
     * @param run checkpoints of one run by step, the start first
     * @return nothing if the loss was never so small
     */
    static Optional<Cost> of(List<Checkpoint> run, double target) {
        for (int i = 1; i < run.size(); i++) {
            if (run.get(i).trainLoss() <= target) {
                return Optional.of(between(run.get(i - 1), run.get(i), target));
            }
        }
        return Optional.empty();
    }

    /** The least training loss of a run after its start; infinite if it has none. */
    static double best(List<Checkpoint> run) {
        return run.stream()
                .skip(1)
                .mapToDouble(Checkpoint::trainLoss)
                .filter(Double::isFinite)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static Cost between(Checkpoint before, Checkpoint after, double target) {
        double part = (before.trainLoss() - target) / (before.trainLoss() - after.trainLoss());
        return before.trainLoss() > target ? before.cost().towards(after.cost(), part) : after.cost();
    }
}
