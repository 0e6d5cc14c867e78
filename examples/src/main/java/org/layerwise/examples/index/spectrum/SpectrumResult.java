package org.layerwise.examples.index.spectrum;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.report.ResultTable;

/**
 * All singular values that were kept.
 *
 * @param settings what was run
 * @param directions per seed, method, strength and rank
 */
record SpectrumResult(SpectrumSettings settings, List<SingularDirection> directions) {
    /** Freezes the list. */
    SpectrumResult {
        directions = List.copyOf(directions);
    }

    static SpectrumResult of(SpectrumSettings settings, ResultTable table) {
        return new SpectrumResult(
                settings,
                table.rows().stream()
                        .map(row -> SingularDirection.of(table, row))
                        .toList());
    }

    /** A measure of the leading direction, one number per seed. */
    double[] leading(FirstStep method, double theta, ToDoubleFunction<SingularDirection> measure) {
        return directions.stream()
                .filter(d -> d.method().equals(method.id()) && d.theta() == theta && d.rank() == 0)
                .sorted(Comparator.comparingLong(SingularDirection::seed))
                .mapToDouble(measure)
                .toArray();
    }

    /** All singular values at the strength that is shown, of all seeds together. */
    double[] spectrum(FirstStep method) {
        return directions.stream()
                .filter(d -> d.method().equals(method.id()) && d.theta() == settings.shown())
                .mapToDouble(SingularDirection::value)
                .toArray();
    }
}
