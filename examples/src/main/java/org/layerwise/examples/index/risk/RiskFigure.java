package org.layerwise.examples.index.risk;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Axis;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.LineStyle;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Palette;
import org.layerwise.examples.report.Panel;

/**
 * Excess risk against step size at one condition number, a panel per teacher: means with 95 % bands, baselines as
 * horizontal dashed lines, the spike-only prediction as horizontal dotted lines.
 *
 * @param result what was measured
 * @param kappa the condition number shown
 */
record RiskFigure(RiskResult result, double kappa) {
    private static final LineStyle BASELINE = LineStyle.ofRate(1);

    Figure figure() {
        List<Panel> panels = result.settings().teachers().stream()
                .map(teacher -> panel(new RiskResult.Problem(kappa, teacher)))
                .toList();
        String title = "Condition number " + Numbers.plain(kappa) + ": excess risk of the second stage, mean and 95 %"
                + " interval of " + result.settings().seeds() + " seed(s)";
        return new Figure("single-index-risk-kappa-" + Numbers.plain(kappa), title, panels);
    }

    private Panel panel(RiskResult.Problem problem) {
        List<Curve> curves = new ArrayList<>();
        curves.add(baseline(problem, Outcome.RANDOM_FEATURES, "random features"));
        curves.add(baseline(problem, Outcome.LINEAR, "least squares on the inputs"));
        for (FirstStep method : RiskSettings.METHODS) {
            curves.add(prediction(problem, method));
        }
        for (FirstStep method : RiskSettings.METHODS) {
            curves.add(measured(problem, method));
        }
        Teacher teacher = problem.teacher();
        String title = teacher.label() + " (variance " + Numbers.brief(teacher.variance(1)) + ")";
        return new Panel(
                title, Axis.logarithmic("step size s"), Axis.logarithmic("", low(curves), high(curves)), curves);
    }

    private Curve measured(RiskResult.Problem problem, FirstStep method) {
        List<Curve.Point> points = result.steps(problem, method.id()).stream()
                .map(step -> point(step, Estimate.geometricMean(result.risks(problem, method.id(), step))))
                .toList();
        return Curve.line(method.label(), Palette.of(method.id()), LineStyle.ofRate(0), points);
    }

    /** Without a band if one seed cannot tell. */
    private static Curve.Point point(double step, Estimate risk) {
        return Double.isInfinite(risk.halfWidth())
                ? Curve.Point.bare(step, risk.value())
                : new Curve.Point(step, risk.value(), risk.low(), risk.high());
    }

    private Curve baseline(RiskResult.Problem problem, String method, String label) {
        double risk = Estimate.geometricMean(result.bestRisks(problem, method)).value();
        return horizontal(label, Palette.of(method), BASELINE, risk);
    }

    private Curve prediction(RiskResult.Problem problem, FirstStep method) {
        SpikeRisk theory = SpikeRisk.of(problem.teacher());
        double alignment = Estimate.mean(result.alignments(problem, method)).value();
        String label = "spike alone, " + method.label();
        return horizontal(label, Palette.of(method.id()), LineStyle.DOTTED, theory.spikeOnly(alignment));
    }

    private Curve horizontal(String label, Color colour, LineStyle style, double y) {
        double[] steps = result.settings().steps().values();
        return Curve.line(
                label,
                colour,
                style,
                List.of(Curve.Point.bare(steps[0], y), Curve.Point.bare(steps[steps.length - 1], y)));
    }

    private static double low(List<Curve> curves) {
        return curves.stream()
                        .flatMap(c -> c.points().stream())
                        .mapToDouble(Curve.Point::low)
                        .min()
                        .orElseThrow()
                / MARGIN;
    }

    private static double high(List<Curve> curves) {
        return curves.stream()
                        .flatMap(c -> c.points().stream())
                        .mapToDouble(Curve.Point::high)
                        .max()
                        .orElseThrow()
                * MARGIN;
    }

    private static final double MARGIN = 1.15;
}
