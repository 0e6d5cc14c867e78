package org.layerwise.examples.linear.curves;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Trajectory;
import org.layerwise.examples.numeric.Quantiles;
import org.layerwise.examples.report.Axis;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.LineStyle;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Palette;
import org.layerwise.examples.report.Panel;

/**
 * Training loss, subspace distance and transfer loss over the iterations at one kappa: medians, quartile bands, and the
 * theory of KFAC as dotted lines.
 *
 * @param result what was measured
 * @param kappa the condition number shown
 */
record LinearFigure(LinearResult result, double kappa) {
    /** Points per line that still look smooth. */
    private static final int POINTS = 160;

    private static final double DENSITY = 1.25;

    Figure figure() {
        List<Curve> distances = curves(Measurement::subspaceDistance);
        distances.addAll(theory());
        List<Panel> panels = List.of(
                panel("Training loss (excess)", curves(Measurement::trainLoss)),
                panel("Subspace distance", distances),
                panel("Transfer loss (excess)", curves(Measurement::transferLoss)));
        String title = "Condition number " + Numbers.plain(kappa) + ": median and quartiles of "
                + result.settings().seeds() + " seed(s)";
        return new Figure("linear-representation-kappa-" + Numbers.plain(kappa), title, panels);
    }

    private static Panel panel(String title, List<Curve> curves) {
        return new Panel(title, Axis.linear("iteration"), Axis.logarithmic(""), curves);
    }

    private List<Curve> curves(ToDoubleFunction<Measurement> measure) {
        List<Curve> curves = new ArrayList<>();
        for (Contender contender : result.settings().contenders()) {
            LineStyle style = LineStyle.of(contender.method().id(), rateIndex(contender));
            List<Curve.Point> points = iterations(lastIteration(contender))
                    .mapToObj(t -> point(contender, t, measure))
                    .toList();
            curves.add(Curve.line(contender.label(), colour(contender), style, points));
        }
        return curves;
    }

    private Curve.Point point(Contender contender, int iteration, ToDoubleFunction<Measurement> measure) {
        return new Curve.Point(
                iteration,
                result.quantile(contender, kappa, iteration, .5, measure),
                result.quantile(contender, kappa, iteration, .25, measure),
                result.quantile(contender, kappa, iteration, .75, measure));
    }

    /** Contraction and noise floor of every KFAC rate. */
    private List<Curve> theory() {
        List<Curve> lines = new ArrayList<>();
        for (Contender contender : result.settings().contenders()) {
            double floor = floor(contender);
            if (Double.isNaN(floor)) {
                continue;
            }
            double eta = contender.learningRate();
            List<Curve.Point> points = iterations(result.settings().iterations())
                    .mapToObj(t -> Curve.Point.bare(t, Math.min(1, Math.hypot(Math.pow(1 - eta, t), floor))))
                    .toList();
            String label = "theory: (1-%s)^t to the noise floor".formatted(Numbers.plain(eta));
            lines.add(Curve.line(label, Color.BLACK, LineStyle.DOTTED, points));
        }
        return lines;
    }

    private double floor(Contender contender) {
        double[] floors = result.of(contender, kappa).stream()
                .mapToDouble(t -> t.prediction().noiseFloor())
                .toArray();
        return Quantiles.of(floors, .5);
    }

    /** Last iteration that at least half of the seeds reached. */
    private int lastIteration(Contender contender) {
        double[] last = result.of(contender, kappa).stream()
                .mapToDouble(Trajectory::lastIteration)
                .toArray();
        return (int) Quantiles.of(last, .5);
    }

    private int rateIndex(Contender contender) {
        return (int) result.settings().contenders().stream()
                .takeWhile(other -> !other.equals(contender))
                .filter(other -> other.method() == contender.method())
                .count();
    }

    private static Color colour(Contender contender) {
        return Palette.of(contender.method().id());
    }

    /** Iterations to draw: all of them if few, otherwise denser at the start, where the curves bend. */
    private static IntStream iterations(int last) {
        int points = Math.min(last, POINTS);
        return IntStream.rangeClosed(0, points)
                .map(i -> points == 0 ? 0 : (int) Math.round(last * Math.pow((double) i / points, DENSITY)))
                .distinct();
    }
}
