package org.layerwise.examples.linear.sweep;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/**
 * Where every method ends after a fixed number of steps, against its learning rate.
 *
 * @param settings what is run
 */
public record RateSweep(SweepSettings settings) implements Experiment {
    /** Name in files and on the command line. */
    public static final String NAME = "learning-rate-sweep";

    /** A task that is hard for methods without preconditioner and still solved by them with enough steps. */
    private static final List<Double> KAPPAS = List.of(100.0);

    /**
     * The experiment at a preset.
     *
     * @param seeds how many tasks; null for the preset's own number
     */
    public static RateSweep of(Preset preset, @Nullable Integer seeds) {
        return new RateSweep(
                switch (preset) {
                    case SMALL ->
                        SweepSettings.create(
                                SweepSettings.TINY,
                                KAPPAS,
                                100,
                                seeds == null ? 8 : seeds,
                                SweepSettings.grid(List.of(Method.SGD, Method.AMGD, Method.KFAC), rates(-2, 5)));
                    case QUICK ->
                        SweepSettings.create(
                                SweepSettings.MEDIUM,
                                KAPPAS,
                                300,
                                seeds == null ? 3 : seeds,
                                SweepSettings.grid(SweepSettings.METHODS, rates(-3, 7)));
                    case FULL ->
                        SweepSettings.create(
                                Dimensions.REFERENCE,
                                KAPPAS,
                                1000,
                                seeds == null ? 10 : seeds,
                                SweepSettings.grid(SweepSettings.METHODS, rates(-4, 13)));
                });
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> columns() {
        return Outcome.COLUMNS;
    }

    @Override
    public List<Cell> cells() {
        return SweepCells.of(settings);
    }

    @Override
    public Section section(ResultTable results) {
        return new RateReport(SweepResult.of(settings, results)).section();
    }

    /** {@code count} log-spaced rates from 10^exponent to 1, to three digits so that they read well. */
    private static List<Double> rates(double exponent, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Math.pow(10, exponent * (1 - i / (count - 1.0))))
                .map(rate -> Double.valueOf(String.format(Locale.ROOT, "%.2e", rate)))
                .toList();
    }
}
