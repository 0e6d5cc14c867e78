package org.layerwise.examples.linear.sweep;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/**
 * Where every method ends after a fixed number of steps, against the condition number of the inputs.
 *
 * @param settings what is run
 */
public record AnisotropySweep(SweepSettings settings) implements Experiment {
    /** Name in files and on the command line. */
    public static final String NAME = "anisotropy-sweep";

    /** Usual rate of the comparison. */
    private static final double COMMON_RATE = .01;

    /** Rate at which KFAC has reached its noise floor. */
    static final double FLOOR_RATE = .1;

    /**
     * The experiment at a preset.
     *
     * @param seeds how many tasks; null for the preset's own number
     */
    public static AnisotropySweep of(Preset preset, @Nullable Integer seeds) {
        return new AnisotropySweep(
                switch (preset) {
                    case SMALL ->
                        SweepSettings.create(
                                SweepSettings.TINY,
                                List.of(1.0, 100.0),
                                100,
                                seeds == null ? 8 : seeds,
                                compared(List.of(Method.SGD, Method.ADAM, Method.KFAC), .03));
                    case QUICK ->
                        SweepSettings.create(
                                SweepSettings.MEDIUM,
                                List.of(1.0, 30.0, 1000.0),
                                300,
                                seeds == null ? 4 : seeds,
                                compared(SweepSettings.METHODS, COMMON_RATE));
                    case FULL ->
                        SweepSettings.create(
                                Dimensions.REFERENCE,
                                List.of(1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0),
                                1000,
                                seeds == null ? 10 : seeds,
                                SweepSettings.grid(SweepSettings.METHODS, List.of(.003, COMMON_RATE, .03, FLOOR_RATE)));
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
        return new AnisotropyReport(SweepResult.of(settings, results)).section();
    }

    /** Rate at which the methods are compared: the least one of the grid that is not below the usual one. */
    static double commonRate(SweepSettings settings) {
        return settings.of(Method.SGD).stream()
                .mapToDouble(Contender::learningRate)
                .filter(rate -> rate >= COMMON_RATE)
                .min()
                .orElseThrow(() -> new IllegalArgumentException(
                        "contenders are " + settings.contenders() + ": SGD needs a rate of at least " + COMMON_RATE));
    }

    /** Every method at the common rate, and KFAC at the rate of its floor. */
    private static List<Contender> compared(List<Method> methods, double rate) {
        List<Contender> contenders = new ArrayList<>(SweepSettings.grid(methods, List.of(rate)));
        contenders.add(new Contender(Method.KFAC, FLOOR_RATE));
        return contenders;
    }
}
