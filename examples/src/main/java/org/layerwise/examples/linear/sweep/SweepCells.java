package org.layerwise.examples.linear.sweep;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.LockstepTraining;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.run.Cell;

/** The cells of a sweep: one per condition number, seed and method; the rates of a method share the batches. */
final class SweepCells {
    private SweepCells() {}

    static List<Cell> of(SweepSettings settings) {
        List<Cell> cells = new ArrayList<>();
        for (double kappa : settings.kappas()) {
            for (int index = 0; index < settings.seeds(); index++) {
                for (Method method : settings.methods()) {
                    cells.add(cell(settings, method, kappa, settings.firstSeed() + index));
                }
            }
        }
        return cells;
    }

    private static Cell cell(SweepSettings settings, Method method, double kappa, long seed) {
        List<Contender> contenders = settings.of(method);
        int iterations = settings.iterations();
        LockstepTraining.Conditions conditions =
                new LockstepTraining.Conditions(settings.sizes(), settings.noise(), kappa, seed, settings.dampings());
        String id = "%s, kappa %.4g, seed %d".formatted(method.id(), kappa, seed);
        String parameters = conditions + "\n" + contenders + "\n" + iterations + " iterations";
        long cost = (long) contenders.size() * iterations;
        return new Cell(
                id,
                parameters,
                cost,
                () -> FinalOutcomes.run(conditions, contenders, iterations).stream()
                        .map(Outcome::row)
                        .toList());
    }
}
