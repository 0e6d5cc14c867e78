package org.layerwise.examples.benchmark;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.numeric.Quantiles;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.ResultTable;

/**
 * All timed runs.
 *
 * @param settings what was run
 * @param choices the tuned rates of those who took part
 * @param checkpoints of all runs, each run's by step
 */
record BenchmarkResult(BenchmarkSettings settings, List<Choice> choices, List<Checkpoint> checkpoints) {
    static BenchmarkResult of(BenchmarkSettings settings, List<Choice> choices, ResultTable table) {
        return new BenchmarkResult(
                settings,
                choices,
                table.rows().stream().map(row -> Checkpoint.of(table, row)).toList());
    }

    /** Those who took part. */
    List<Entrant> entrants() {
        return choices.stream().map(Choice::entrant).toList();
    }

    /** Those who took part at a batch size. */
    List<Entrant> entrants(int batch) {
        return entrants().stream().filter(entrant -> entrant.batch() == batch).toList();
    }

    /** The entrant, if it took part. */
    Optional<Entrant> entrant(Optimizer optimizer, int batch) {
        return entrants(batch).stream()
                .filter(entrant -> entrant.optimizer() == optimizer)
                .findFirst();
    }

    /** Checkpoints of one run. */
    List<Checkpoint> run(Entrant entrant, long seed) {
        return checkpoints.stream()
                .filter(c -> c.trial().entrant().equals(entrant) && c.trial().seed() == seed)
                .toList();
    }

    /** Adam with the least training loss, median over the seeds, at whatever batch size. */
    Optional<Entrant> bestAdam() {
        return entrants().stream()
                .filter(entrant -> entrant.optimizer() == Optimizer.ADAM)
                .min(Comparator.comparingDouble(
                        entrant -> Quantiles.median(perSeed(seed -> TimeToLoss.best(run(entrant, seed))))));
    }

    /** Quantities at the end of the runs, over the seeds. */
    double[] atEnd(Entrant entrant, ToDoubleFunction<Checkpoint> quantity) {
        return perSeed(seed -> {
            List<Checkpoint> run = run(entrant, seed);
            return quantity.applyAsDouble(run.get(run.size() - 1));
        });
    }

    /**
     * Median and quartiles over the seeds at every checkpoint after the start, at the median abscissa. Checkpoints at
     * which half of the runs have diverged are left out.
     */
    List<Curve.Point> points(Entrant entrant, ToDoubleFunction<Cost> abscissa, ToDoubleFunction<Checkpoint> quantity) {
        return checkpoints.stream()
                .filter(c -> c.trial().entrant().equals(entrant) && c.cost().steps() > 0)
                .mapToDouble(c -> c.cost().steps())
                .distinct()
                .mapToObj(step -> at(entrant, step))
                .filter(alive -> 2 * alive.size() > settings.seeds())
                .map(alive -> point(alive, abscissa, quantity))
                .toList();
    }

    private List<Checkpoint> at(Entrant entrant, double step) {
        return checkpoints.stream()
                .filter(c -> c.trial().entrant().equals(entrant)
                        && c.cost().steps() == step
                        && Double.isFinite(c.trainLoss()))
                .toList();
    }

    private static Curve.Point point(
            List<Checkpoint> alive, ToDoubleFunction<Cost> abscissa, ToDoubleFunction<Checkpoint> quantity) {
        double[] values = alive.stream().mapToDouble(quantity).toArray();
        double[] costs = alive.stream()
                .mapToDouble(c -> abscissa.applyAsDouble(c.cost()))
                .toArray();
        return new Curve.Point(
                Quantiles.median(costs),
                Quantiles.median(values),
                Quantiles.of(values, .25),
                Quantiles.of(values, .75));
    }

    double[] perSeed(ToDoubleFunction<Long> quantity) {
        return settings.evaluationSeeds().stream().mapToDouble(quantity).toArray();
    }
}
