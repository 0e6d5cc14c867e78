package org.layerwise.examples.index.alignment;

import java.util.Comparator;
import java.util.List;
import org.layerwise.examples.index.IndexTask.Orientation;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Table;

/**
 * Measured against predicted and against the reference.
 *
 * @param result what was measured
 */
record AlignmentTables(AlignmentResult result) {
    private static final int DECIMALS = 3;

    /** Rows for the most deviating means that the table of agreement lists. */
    private static final int WORST = 12;

    /** One row per method: how well theory and simulation agree. */
    Table agreement() {
        Table table = new Table(
                "direction", "method", "means compared", "within 2.5 s.e.", "largest difference", "mean difference");
        for (Direction direction : Direction.values()) {
            addAgreement(table, direction);
        }
        return table;
    }

    private void addAgreement(Table table, Direction direction) {
        List<Agreement> all = result.agreements(direction);
        all.stream().map(a -> a.contender().method()).distinct().forEach(method -> {
            List<Agreement> cells =
                    all.stream().filter(a -> a.contender().method() == method).toList();
            double[] differences =
                    cells.stream().mapToDouble(a -> a.difference().value()).toArray();
            long agreeing = cells.stream().filter(Agreement::agrees).count();
            table.row(
                    direction.label(),
                    method.label(),
                    Integer.toString(cells.size()),
                    Long.toString(agreeing),
                    Numbers.fixed(largest(differences), DECIMALS),
                    Numbers.fixed(Estimate.mean(differences).value(), 4));
        });
    }

    private static double largest(double... values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The means farthest from the theory in standard errors. */
    Table worst() {
        Table table = new Table("point", "method", "alignment", "predicted", "measured", "difference / s.e.");
        result.agreements(Direction.LEADING).stream()
                .filter(a -> a.difference().standardError() > 0)
                .sorted(Comparator.comparingDouble((Agreement a) -> -Math.abs(a.score())))
                .limit(WORST)
                .forEach(a -> {
                    String[] cells = {
                        a.situation().label(),
                        a.contender().label(),
                        a.metric().label(),
                        Numbers.fixed(a.predicted(), DECIMALS),
                        plusMinus(a.measured()),
                        Numbers.fixed(a.score(), 1)
                    };
                    if (a.agrees()) {
                        table.row(cells);
                    } else {
                        table.markedRow(cells);
                    }
                });
        return table;
    }

    /** Every method on the rotated and on the axis-aligned covariance. */
    Table methods() {
        Table table = new Table("Σ", "method", "ρ² (angle)", "predicted", "ρ² (metric Σ)", "predicted");
        for (Orientation orientation : Orientation.values()) {
            Situation situation = result.settings().comparison(orientation);
            for (Contender contender : result.settings().contenders(situation)) {
                table.row(
                        orientation == Orientation.ROTATED ? "rotated" : "axis-aligned",
                        contender.label(),
                        plusMinus(measured(situation, contender, Metric.IDENTITY)),
                        predicted(situation, contender, Metric.IDENTITY),
                        plusMinus(measured(situation, contender, Metric.COVARIANCE)),
                        predicted(situation, contender, Metric.COVARIANCE));
            }
        }
        return table;
    }

    /** The best damping of the grid against lambda*, and both ends. */
    Table dampings() {
        Table table = new Table(
                "teacher",
                "alignment",
                "λ*",
                "best λ measured",
                "ρ² at λ*",
                "ρ² at the best",
                "ρ² for λ → 0",
                "ρ² of SGD");
        for (DampingChoice choice : DampingChoice.all(result)) {
            Situation situation = choice.situation();
            double undamped = value(situation, AlignmentSettings.kfac(AlignmentSettings.UNDAMPED), choice.metric());
            double sgd = value(situation, AlignmentSettings.sgd(), choice.metric());
            String[] cells = {
                situation.teacher().label(),
                choice.metric().label(),
                Numbers.digits(choice.optimum().damping(), 3),
                Numbers.digits(choice.best().damping(), 3),
                Numbers.fixed(value(situation, choice.optimum(), choice.metric()), DECIMALS),
                Numbers.fixed(value(situation, choice.best(), choice.metric()), DECIMALS),
                Numbers.fixed(undamped, DECIMALS),
                Numbers.fixed(sgd, DECIMALS)
            };
            if (undamped < sgd) {
                table.markedRow(cells);
            } else {
                table.row(cells);
            }
        }
        return table;
    }

    /** Against the independent replication, where the sizes are the same; empty elsewhere. */
    Table reference() {
        Table table = new Table("point", "method", "alignment", "predicted", "measured", "reference", "difference");
        if (!result.settings().sizes().equals(AlignmentSettings.Sizes.REFERENCE)) {
            return table;
        }
        for (Reference reference : Reference.all()) {
            for (Metric metric : Metric.values()) {
                if (!Double.isNaN(reference.of(metric))) {
                    add(table, reference, metric);
                }
            }
        }
        return table;
    }

    /** The reference is a single task: its distance is judged by the scatter of single tasks. */
    private void add(Table table, Reference reference, Metric metric) {
        Estimate measured = measured(reference.situation(), reference.contender(), metric);
        double difference = measured.value() - reference.of(metric);
        double scatter = measured.standardError() * Math.sqrt(measured.count() + 1.0);
        String[] cells = {
            reference.situation().label(),
            reference.contender().label(),
            metric.label(),
            predicted(reference.situation(), reference.contender(), metric),
            plusMinus(measured),
            Numbers.fixed(reference.of(metric), DECIMALS),
            Numbers.fixed(difference, DECIMALS)
        };
        if (Math.abs(difference) > Agreement.STANDARD_ERRORS * scatter) {
            table.markedRow(cells);
        } else {
            table.row(cells);
        }
    }

    private Estimate measured(Situation situation, Contender contender, Metric metric) {
        return Estimate.mean(result.measured(situation, contender, metric));
    }

    private double value(Situation situation, Contender contender, Metric metric) {
        return measured(situation, contender, metric).value();
    }

    private String predicted(Situation situation, Contender contender, Metric metric) {
        double[] predictions = result.predicted(situation, contender, metric);
        return Numbers.fixed(Estimate.mean(predictions).value(), DECIMALS);
    }

    private static String plusMinus(Estimate estimate) {
        String value = Numbers.fixed(estimate.value(), DECIMALS);
        return estimate.count() == 1 ? value : value + " ± " + Numbers.fixed(estimate.halfWidth(), DECIMALS);
    }
}
