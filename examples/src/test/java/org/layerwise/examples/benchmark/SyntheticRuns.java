package org.layerwise.examples.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** SyntheticRuns-up runs: a step takes as long as the entrant's batch says, 10 ms per 100 examples, and no CPU for a fifth of it. */
final class SyntheticRuns {
    static final Entrant ADAM = new Entrant(Optimizer.ADAM, 100);
    static final Entrant FAST_ADAM = new Entrant(Optimizer.ADAM, 50);
    static final Entrant KFAC = new Entrant(Optimizer.KFAC, 100);
    static final Entrant SOAP = new Entrant(Optimizer.SOAP, 100);

    /** 20 steps at batch 100, 40 at batch 50, measured ten times. */
    static final Conditions CONDITIONS = new Conditions(Problem.CURVES, List.of(20, 4, 20), 200, 50, 50, 10, 10);

    private SyntheticRuns() {}

    static BenchmarkSettings settings(Entrant... entrants) {
        return new BenchmarkSettings(CONDITIONS, List.of(entrants), 3, 1, 2, 0);
    }

    static Checkpoint checkpoint(Trial trial, double step, double loss) {
        double seconds = Double.isFinite(loss) ? 1e-4 * step * trial.entrant().batch() : Double.NaN;
        return new Checkpoint(
                trial, new Cost(step, seconds, .8 * seconds), loss, new Score(1.1 * loss, Double.NaN), "1");
    }

    /** All checkpoints of a run whose loss is a function of the step. */
    static List<Checkpoint> run(Entrant entrant, double rate, long seed, DoubleUnaryOperator loss) {
        List<Checkpoint> checkpoints = new ArrayList<>();
        Trial trial = new Trial(entrant, rate, seed);
        for (int i = 0; i <= CONDITIONS.checkpoints(); i++) {
            double step = CONDITIONS.step(entrant.batch(), i);
            checkpoints.add(checkpoint(trial, step, loss.applyAsDouble(step)));
        }
        return checkpoints;
    }
}
