package org.layerwise.examples.linear.batchnorm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.linear.LinearTask.Orientation;
import org.layerwise.examples.linear.Normalisation;
import org.layerwise.examples.numeric.Quantiles;
import org.layerwise.examples.report.Axis;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.LineStyle;
import org.layerwise.examples.report.Palette;
import org.layerwise.examples.report.Panel;

/**
 * Transfer loss and subspace distance over the iterations, rotated inputs beside axis-aligned ones: medians and quartile
 * bands. Solid lines are frozen statistics, dashed ones recomputed; the dash-dotted one lies on another line.
 *
 * @param result what was measured
 */
record BatchNormFigures(BatchNormResult result) {
    private static final LineStyle SOLID = LineStyle.ofRate(0);
    private static final LineStyle DASHED = LineStyle.ofRate(1);
    private static final LineStyle DASH_DOTTED = LineStyle.ofRate(2);

    Figure transferLoss() {
        return figure("transfer-loss", "Transfer loss (excess)", State::transferLoss, State::recomputedLoss);
    }

    Figure distance() {
        return figure("distance", "Subspace distance", State::distance, State::recomputedDistance);
    }

    private Figure figure(
            String name, String title, ToDoubleFunction<State> frozen, ToDoubleFunction<State> recomputed) {
        List<Panel> panels = Arrays.stream(Orientation.values())
                .map(orientation -> new Panel(
                        title + ", " + orientation.id() + " inputs",
                        Axis.linear("iteration"),
                        Axis.logarithmic(""),
                        curves(orientation, frozen, recomputed)))
                .toList();
        String heading = "Batch normalisation: median and quartiles of "
                + result.settings().seeds() + " seed(s)";
        return new Figure(BatchNorm.NAME + "-" + name, heading, panels);
    }

    private List<Curve> curves(
            Orientation orientation, ToDoubleFunction<State> frozen, ToDoubleFunction<State> recomputed) {
        List<Curve> curves = new ArrayList<>();
        for (Variant variant : result.settings().variants()) {
            boolean input = variant.normalisation() == Normalisation.INPUT;
            LineStyle style = variant.normalisation() == Normalisation.HIDDEN ? DASH_DOTTED : SOLID;
            String label = variant.label() + (input ? ", frozen" : "");
            curves.add(Curve.line(label, Palette.of(variant.id()), style, points(orientation, variant, frozen)));
            if (input) {
                curves.add(Curve.line(
                        variant.label() + ", recomputed",
                        Palette.of(variant.id()),
                        DASHED,
                        points(orientation, variant, recomputed)));
            }
        }
        return curves;
    }

    /** Iterations that at least half of the seeds reached. */
    private List<Curve.Point> points(Orientation orientation, Variant variant, ToDoubleFunction<State> measure) {
        return result.settings().recorded(variant).stream()
                .map(iteration -> point(iteration, result.at(orientation, variant, iteration, measure)))
                .filter(point -> Double.isFinite(point.y()))
                .toList();
    }

    private static Curve.Point point(int iteration, double[] values) {
        return new Curve.Point(
                iteration, Quantiles.median(values), Quantiles.of(values, .25), Quantiles.of(values, .75));
    }
}
