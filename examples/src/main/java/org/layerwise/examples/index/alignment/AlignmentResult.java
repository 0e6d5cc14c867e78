package org.layerwise.examples.index.alignment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;
import org.layerwise.examples.index.Alignment;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.ResultTable;

/**
 * All observations, by situation and contender; the seeds are in the same order everywhere, so that differences between
 * contenders are paired.
 */
final class AlignmentResult {
    private final AlignmentSettings settings;
    private final Map<Key, List<Observation>> measurements = new LinkedHashMap<>();
    private final Map<Key, List<Observation>> theory = new HashMap<>();

    private record Key(Situation situation, Contender contender) {}

    private AlignmentResult(AlignmentSettings settings) {
        this.settings = settings;
    }

    static AlignmentResult of(AlignmentSettings settings, ResultTable table) {
        AlignmentResult result = new AlignmentResult(settings);
        table.rows().stream()
                .map(row -> Observation.of(table, row))
                .sorted(Comparator.comparingLong(Observation::seed))
                .forEach(result::add);
        return result;
    }

    private void add(Observation observation) {
        Key key = new Key(observation.situation(), observation.contender());
        (observation.isMeasured() ? measurements : theory)
                .computeIfAbsent(key, k -> new ArrayList<>())
                .add(observation);
    }

    AlignmentSettings settings() {
        return settings;
    }

    /** Measured alignments of the leading direction over the seeds; empty if it did not run. */
    double[] measured(Situation situation, Contender contender, Metric metric) {
        return measured(Direction.LEADING, situation, contender, metric);
    }

    private double[] measured(Direction direction, Situation situation, Contender contender, Metric metric) {
        return values(measurements, new Key(situation, contender), o -> o.measured(direction), metric);
    }

    /** Predicted alignments of the same tasks. */
    double[] predicted(Situation situation, Contender contender, Metric metric) {
        return values(measurements, new Key(situation, contender), Observation::predicted, metric);
    }

    /** Predictions where only the theory was evaluated. */
    double[] theory(Situation situation, Contender contender, Metric metric) {
        return values(theory, new Key(situation, contender), Observation::predicted, metric);
    }

    /** Measured minus measured, per seed. */
    double[] gain(Situation situation, Contender contender, Contender over, Metric metric) {
        return minus(measured(situation, contender, metric), measured(situation, over, metric));
    }

    /** Every measured mean that has a prediction. */
    List<Agreement> agreements(Direction direction) {
        List<Agreement> agreements = new ArrayList<>();
        for (Map.Entry<Key, List<Observation>> entry : measurements.entrySet()) {
            Key key = entry.getKey();
            if (Double.isNaN(entry.getValue().get(0).predicted().identity())) {
                continue;
            }
            for (Metric metric : Metric.values()) {
                double[] measured = measured(direction, key.situation, key.contender, metric);
                double[] predicted = predicted(key.situation, key.contender, metric);
                agreements.add(new Agreement(
                        key.situation,
                        key.contender,
                        metric,
                        Estimate.mean(measured),
                        Estimate.mean(predicted).value(),
                        Estimate.mean(minus(measured, predicted))));
            }
        }
        return agreements;
    }

    private static double[] values(
            Map<Key, List<Observation>> from, Key key, Function<Observation, Alignment> which, Metric metric) {
        return from.getOrDefault(key, List.of()).stream()
                .mapToDouble(o -> metric.of(which.apply(o)))
                .toArray();
    }

    /** Differences of paired samples. */
    static double[] minus(double[] left, double[] right) {
        return pairs(left, right, (a, b) -> a - b);
    }

    /** Ratios of paired samples. */
    static double[] over(double[] left, double[] right) {
        return pairs(left, right, (a, b) -> a / b);
    }

    private static double[] pairs(double[] left, double[] right, DoubleBinaryOperator operator) {
        if (left.length != right.length) {
            throw new IllegalArgumentException(
                    left.length + " and " + right.length + " samples: pairs need equally many");
        }
        double[] results = new double[left.length];
        for (int i = 0; i < results.length; i++) {
            results[i] = operator.applyAsDouble(left[i], right[i]);
        }
        return results;
    }
}
