package org.layerwise.examples.benchmark;

import java.util.ArrayList;
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
    private static final String NEVER = "never";
    private static final double MILLISECONDS = 1000;
    private static final List<Double> SLACKS = List.of(.01, .05);

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
                    atEnd(entrant, Checkpoint::trainLoss),
                    atEnd(entrant, c -> c.test().loss()),
                    atEnd(entrant, c -> 100 * c.test().error()));
        }
        return table;
    }

    /** What it took to reach the best training loss of Adam, at every batch size. */
    Table costs(TargetLoss yardstick) {
        Table table = new Table(
                "method", "batch", "seeds", "steps", "to Adam's", "seconds", "to Adam's", "CPU seconds", "to Adam's");
        for (Entrant entrant : result.entrants()) {
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
            add(table, entrant.equals(yardstick.reference()), cells);
        }
        return table;
    }

    private static void add(Table table, boolean reference, String... cells) {
        if (reference) {
            table.markedRow(cells);
        } else {
            table.row(cells);
        }
    }

    /**
     * The ratios with targets a little above Adam's best loss. Where Adam stands on a plateau, its best loss is the least of
     * many that are almost equal, and when it is first reached is chance.
     */
    Table slackened(Entrant reference) {
        List<TargetLoss> yardsticks = SLACKS.stream()
                .map(slack -> new TargetLoss(result, reference, slack))
                .toList();
        List<String> header = new ArrayList<>(List.of("method", "batch"));
        for (String measure : List.of("steps", "CPU seconds")) {
            SLACKS.forEach(slack -> header.add(measure + ", target + " + Numbers.fixed(100 * slack, 0) + " %"));
        }
        Table table = new Table(header.toArray(String[]::new));
        for (Entrant entrant : result.entrants()) {
            List<String> cells = new ArrayList<>(List.of(entrant.optimizer().label(), String.valueOf(entrant.batch())));
            yardsticks.forEach(yardstick -> cells.add(ratioOfAll(yardstick, entrant, Cost::steps)));
            yardsticks.forEach(yardstick -> cells.add(ratioOfAll(yardstick, entrant, Cost::cpuSeconds)));
            add(table, entrant.equals(reference), cells.toArray(String[]::new));
        }
        return table;
    }

    private String ratioOfAll(TargetLoss yardstick, Entrant entrant, ToDoubleFunction<Cost> measure) {
        return ofAll(yardstick.ratios(entrant, measure), ratio(yardstick, entrant, measure));
    }

    /** Says on how many seeds there is a value, unless on all or on none. */
    private String ofAll(double[] values, String text) {
        long finite = DoubleStream.of(values).filter(Double::isFinite).count();
        int seeds = result.settings().seeds();
        return finite == seeds || finite == 0 ? text : text + " (" + finite + " of " + seeds + ")";
    }

    private String perStep(Entrant entrant, ToDoubleFunction<Cost> measure) {
        double steps = result.settings().conditions().steps(entrant.batch());
        return range(result.atEnd(entrant, c -> MILLISECONDS * measure.applyAsDouble(c.cost()) / steps));
    }

    private String atEnd(Entrant entrant, ToDoubleFunction<Checkpoint> quantity) {
        double[] values = result.atEnd(entrant, quantity);
        return ofAll(values, range(values));
    }

    private static String cost(
            TargetLoss yardstick, Entrant entrant, ToDoubleFunction<Cost> measure, Function<Double, String> text) {
        double[] costs = yardstick.costs(entrant).stream().mapToDouble(measure).toArray();
        return costs.length == 0 ? NEVER : text.apply(Quantiles.median(costs));
    }

    private static String ratio(TargetLoss yardstick, Entrant entrant, ToDoubleFunction<Cost> measure) {
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
