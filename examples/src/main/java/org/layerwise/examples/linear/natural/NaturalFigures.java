package org.layerwise.examples.linear.natural;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Method;
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
 * Distance over the iterations at one learning rate with either Fisher matrix, and the training loss with the empirical
 * one: medians and quartile bands, dampings by line style. Lines end where half of the seeds have diverged.
 *
 * @param result what was measured
 * @param budget the rate shown
 */
record NaturalFigures(NaturalResult result, Budget budget) {
    Figure figure() {
        List<Panel> panels = List.of(
                panel("Distance, exact Fisher", Method.NGD, Measurement::subspaceDistance),
                panel("Distance, empirical Fisher", Method.NGD_EMPIRICAL, Measurement::subspaceDistance),
                panel("Training loss, empirical Fisher", Method.NGD_EMPIRICAL, Measurement::trainLoss));
        String rate = Numbers.plain(budget.learningRate());
        String title = "Learning rate " + rate + ": median and quartiles of "
                + result.settings().seeds() + " seed(s)";
        return new Figure(NaturalGradient.NAME + "-rate-" + rate, title, panels);
    }

    private Panel panel(String title, Method method, ToDoubleFunction<Measurement> measure) {
        List<Curve> curves = new ArrayList<>();
        curves.addAll(curve(result.settings().kfac(), 0, measure));
        curves.addAll(curve(new Curvature(Method.SGD, Double.NaN), 0, measure));
        int index = 0;
        for (Curvature curvature : result.settings().of(method)) {
            curves.addAll(curve(curvature, index++, measure));
        }
        return new Panel(title, Axis.linear("iteration"), Axis.logarithmic(""), curves);
    }

    /** No curve if the method does not run at this rate. */
    private List<Curve> curve(Curvature curvature, int style, ToDoubleFunction<Measurement> measure) {
        List<Trajectory> runs = result.of(curvature, budget.learningRate());
        if (runs.isEmpty()) {
            return List.of();
        }
        double[] last = runs.stream().mapToDouble(Trajectory::lastIteration).toArray();
        List<Curve.Point> points = IntStream.rangeClosed(0, (int) Quantiles.median(last))
                .mapToObj(t -> point(runs, t, measure))
                .toList();
        return List.of(
                Curve.line(curvature.label(), Palette.of(curvature.method().id()), LineStyle.ofRate(style), points));
    }

    private static Curve.Point point(List<Trajectory> runs, int iteration, ToDoubleFunction<Measurement> measure) {
        double[] values = runs.stream()
                .filter(run -> run.lastIteration() >= iteration)
                .mapToDouble(run -> measure.applyAsDouble(run.measurements().get(iteration)))
                .toArray();
        return new Curve.Point(
                iteration, Quantiles.median(values), Quantiles.of(values, .25), Quantiles.of(values, .75));
    }
}
