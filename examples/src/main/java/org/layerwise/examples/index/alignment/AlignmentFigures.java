package org.layerwise.examples.index.alignment;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Axis;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.LineStyle;
import org.layerwise.examples.report.Palette;
import org.layerwise.examples.report.Panel;

/**
 * Both alignments over the amount of data, the condition number and the damping; a column of panels per teacher. Lines
 * are the theory, averaged over the seeds' tasks; dots are measured means with 95 % intervals.
 *
 * @param result what was measured
 */
record AlignmentFigures(AlignmentResult result) {
    private static final LineStyle LINE = new LineStyle(1.4f, List.of());
    private static final String THEORY = "theory (lines)";

    /** A point of a sweep. */
    private record Place(Situation situation, Contender contender) {}

    /** A method as a figure shows it, and its place at every abscissa. */
    private record Shown(String label, Color colour, DoubleFunction<Place> at) {}

    /** Makes the curves of one panel. */
    @FunctionalInterface
    private interface Curves {
        List<Curve> of(Teacher teacher, Metric metric);
    }

    List<Figure> all() {
        return List.of(overData(), overCondition(), overDamping());
    }

    private Figure overData() {
        return figure(
                "single-index-data",
                "Alignment with the index against the amount of data, κ = 100",
                "examples per input, n / dX",
                (teacher, metric) -> curves(
                        methods(ratio -> Situation.rotated(teacher, AlignmentSettings.KAPPA, ratio)),
                        settings().ratios(),
                        metric));
    }

    private Figure overCondition() {
        return figure(
                "single-index-condition",
                "Alignment with the index against the anisotropy, n = 2 dX",
                "condition number κ of Σ",
                (teacher, metric) -> curves(
                        methods(kappa -> Situation.rotated(teacher, kappa, AlignmentSettings.RATIO)),
                        settings().kappas(),
                        metric));
    }

    private Figure overDamping() {
        return figure(
                "single-index-damping",
                "Alignment of KFAC with the index against its damping, κ = 100, n = 2 dX",
                "damping λ",
                this::damped);
    }

    private static Figure figure(String name, String title, String axis, Curves curves) {
        List<Panel> panels = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            for (Teacher teacher : Teacher.values()) {
                panels.add(new Panel(
                        teacher.label(),
                        Axis.logarithmic(axis),
                        Axis.linear(metric.label(), 0, 1),
                        curves.of(teacher, metric)));
            }
        }
        return new Figure(name, title, panels);
    }

    private List<Shown> methods(DoubleFunction<Situation> at) {
        return List.of(
                new Shown("SGD", Palette.of("sgd"), x -> new Place(at.apply(x), AlignmentSettings.sgd())),
                new Shown(
                        "KFAC, λ → 0",
                        Palette.of("kfac-undamped"),
                        x -> new Place(at.apply(x), AlignmentSettings.kfac(AlignmentSettings.UNDAMPED))),
                new Shown("KFAC, λ*", Palette.of("kfac"), x -> optimal(at.apply(x))));
    }

    private Place optimal(Situation situation) {
        return new Place(situation, settings().optimal(situation));
    }

    private List<Curve> curves(List<Shown> methods, List<Double> values, Metric metric) {
        List<Curve> curves = new ArrayList<>();
        for (Shown method : methods) {
            List<Curve.Point> line = DoubleStream.of(TheoryCurves.between(values))
                    .mapToObj(x -> Curve.Point.bare(x, theory(method.at.apply(x), metric)))
                    .toList();
            List<Curve.Point> dots =
                    values.stream().map(x -> dot(x, method.at.apply(x), metric)).toList();
            curves.add(Curve.line(THEORY, method.colour, LINE, line));
            curves.add(Curve.dots(method.label, method.colour, dots));
        }
        return curves;
    }

    /** KFAC over its damping, SGD as the limit of infinite damping, and lambda*. */
    private List<Curve> damped(Teacher teacher, Metric metric) {
        Situation base = AlignmentSettings.base(teacher);
        Shown kfac = new Shown("KFAC", Palette.of("kfac"), x -> new Place(base, AlignmentSettings.kfac(x)));
        List<Curve> curves = new ArrayList<>(curves(List.of(kfac), settings().dampings(), metric));
        double sgd = Estimate.mean(result.predicted(base, AlignmentSettings.sgd(), metric))
                .value();
        double first = settings().dampings().get(0);
        double last = settings().dampings().get(settings().dampings().size() - 1);
        curves.add(Curve.line(
                "SGD, the limit λ → ∞ (theory)",
                Palette.of("sgd"),
                LINE,
                List.of(Curve.Point.bare(first, sgd), Curve.Point.bare(last, sgd))));
        double optimum = settings().optimalDamping(teacher, AlignmentSettings.RATIO);
        curves.add(Curve.vertical("λ*", Color.BLACK, LineStyle.DOTTED, optimum, 0, 1));
        return curves;
    }

    private double theory(Place place, Metric metric) {
        return Estimate.mean(result.theory(place.situation, place.contender, metric))
                .value();
    }

    private Curve.Point dot(double x, Place place, Metric metric) {
        Estimate mean = Estimate.mean(result.measured(place.situation, place.contender, metric));
        return mean.count() == 1
                ? Curve.Point.bare(x, mean.value())
                : new Curve.Point(x, mean.value(), mean.low(), mean.high());
    }

    private AlignmentSettings settings() {
        return result.settings();
    }
}
