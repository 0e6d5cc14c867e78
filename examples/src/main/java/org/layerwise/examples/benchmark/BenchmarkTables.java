package org.layerwise.examples.benchmark;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.layerwise.examples.numeric.Quantiles;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Table;

/**
 * The numbers behind the curves: medians over the seeds, with the least and the largest in brackets.
 *
 * @param result what was measured
 */
record BenchmarkTables(BenchmarkResult result) {
    private static final String NEVER = "never within the budget";
    private static final double MILLISECONDS = 1000;

    /** Cost of a step and losses at the end of the budget. */
    Table runs() {
        Table table = new Table(
                "method",
                "batch",
                "learning rate",
                "steps",
                "ms per step",
                "CPU ms per step",
                "training loss",
                "test loss",
                "wrong, %");
        for (Choice choice : result.choices()) {
            Entrant entrant = choice.entrant();
            table.row(
                    entrant.optimizer().label(),
                    String.valueOf(entrant.batch()),
                    choice.rateWords(),
                    String.valueOf(result.settings().conditions().steps(entrant.batch())),
                    perStep(entrant, Cost::seconds),
                    perStep(entrant, Cost::cpuSeconds),
                    range(result.atEnd(entrant, Checkpoint::trainLoss)),
                    range(result.atEnd(entrant, c -> c.test().loss())),
                    range(result.atEnd(entrant, c -> 100 * c.test().error())));
        }
        return table;
    }

    /** What it took to reach the best training loss of Adam. */
    Table costs(Yardstick yardstick, List<Entrant> entrants) {
        Table table = new Table(
                "method", "batch", "seeds", "steps", "to Adam's", "seconds", "to Adam's", "CPU seconds", "to Adam's");
        for (Entrant entrant : entrants) {
            String[] cells = {
                entrant.optimizer().label(),
                String.valueOf(entrant.batch()),
                yardstick.costs(entrant).size() + " of " + result.settings().seeds(),
                cost(yardstick, entrant, Cost::steps, value -> Numbers.fixed(value, 0)),
                ratio(yardstick, entrant, Cost::steps),
                cost(yardstick, entrant, Cost::seconds, BenchmarkTables::digits),
                ratio(yardstick, entrant, Cost::seconds),
                cost(yardstick, entrant, Cost::cpuSeconds, BenchmarkTables::digits),
                ratio(yardstick, entrant, Cost::cpuSeconds)
            };
            if (entrant.equals(yardstick.reference())) {
                table.markedRow(cells);
            } else {
                table.row(cells);
            }
        }
        return table;
    }

    private String perStep(Entrant entrant, ToDoubleFunction<Cost> measure) {
        double steps = result.settings().conditions().steps(entrant.batch());
        return range(result.atEnd(entrant, c -> MILLISECONDS * measure.applyAsDouble(c.cost()) / steps));
    }

    private static String cost(
            Yardstick yardstick, Entrant entrant, ToDoubleFunction<Cost> measure, Function<Double, String> text) {
        double[] costs = yardstick.costs(entrant).stream().mapToDouble(measure).toArray();
        return costs.length == 0 ? NEVER : text.apply(Quantiles.median(costs));
    }

    private static String ratio(Yardstick yardstick, Entrant entrant, ToDoubleFunction<Cost> measure) {
        double[] ratios = yardstick.ratios(entrant, measure);
        return ratios.length == 0 ? "-" : range(ratios);
    }

    /** Median with the range; without it if there is one value or all are equal. */
    private static String range(double[] values) {
        double[] finite = DoubleStream.of(values).filter(Double::isFinite).toArray();
        double low = Quantiles.of(finite, 0);
        double high = Quantiles.of(finite, 1);
        String median = digits(Quantiles.median(finite));
        return low < high ? median + " [" + digits(low) + ", " + digits(high) + "]" : median;
    }

    private static String digits(double value) {
        return Numbers.digits(value, 3);
    }
}
