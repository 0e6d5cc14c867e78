package org.layerwise.examples.linear.contraction;

import java.awt.Color;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.report.Axis;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.LineStyle;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Palette;
import org.layerwise.examples.report.Panel;

/**
 * The gain per step, {@code 1 - factor}, over the condition number of the inputs: theory as lines, measurements as dots,
 * both for the first seed.
 *
 * @param settings what was run
 * @param rates what was measured
 */
record MapFigure(MapSettings settings, List<Rate> rates) {
    private static final Axis INPUTS = Axis.logarithmic("condition number of the inputs");

    /** Free space above and below the points, as a factor. */
    private static final double MARGIN = 2;

    /** A panel per choice of the preconditioners, a line per condition number of the head. */
    Figure map(Rate.Choice choice) {
        List<Panel> panels = new ArrayList<>();
        for (Scheme scheme : Scheme.UNDAMPED) {
            List<Curve> curves = new ArrayList<>();
            List<Rate> all = select(r -> r.choice() == choice && r.scheme().equals(scheme));
            for (int i = 0; i < settings.headKappas().size(); i++) {
                double headKappa = settings.headKappas().get(i);
                String label = "theory, condition number of the head " + Numbers.plain(headKappa);
                List<Rate> line =
                        all.stream().filter(r -> r.headKappa() == headKappa).toList();
                curves.add(theory(label, LineStyle.ofRate(i), line));
            }
            curves.add(measured(scheme.label() + ", measured", scheme, all));
            panels.add(new Panel(scheme.label(), INPUTS, gainAxis(choice), curves));
        }
        String title = "1 - factor per step of the slowest mode, " + choice.label();
        return new Figure("contraction-map-" + choice.name().toLowerCase(Locale.ROOT), title, panels);
    }

    /** KFAC with several dampings at the common rate. */
    Figure damping() {
        List<Scheme> schemes = new ArrayList<>(List.of(Scheme.BOTH));
        schemes.addAll(Scheme.DAMPED);
        double headKappa = settings.headKappas().get(0);
        List<Curve> curves = new ArrayList<>();
        for (int i = 0; i < schemes.size(); i++) {
            Scheme scheme = schemes.get(i);
            List<Rate> shown = select(r -> r.choice() == Rate.Choice.COMMON
                    && r.headKappa() == headKappa
                    && r.scheme().equals(scheme));
            String label = "theory, damping " + Numbers.plain(scheme.damping());
            curves.add(theory(label, LineStyle.ofRate(i), shown));
            curves.add(measured("KFAC, measured", scheme, shown));
        }
        Panel panel = new Panel(
                "KFAC at rate " + Numbers.plain(settings.rate()), INPUTS, gainAxis(Rate.Choice.COMMON), curves);
        return new Figure("contraction-map-damping", "1 - factor with damping", List.of(panel));
    }

    /** The same axis in all panels of a figure, so that they compare. */
    private Axis gainAxis(Rate.Choice choice) {
        DoubleSummaryStatistics gains = select(r -> r.choice() == choice).stream()
                .mapToDouble(Rate::predictedGain)
                .summaryStatistics();
        return Axis.logarithmic("1 - factor per step", gains.getMin() / MARGIN, gains.getMax() * MARGIN);
    }

    private List<Rate> select(Predicate<Rate> condition) {
        return rates.stream()
                .filter(r -> r.seed() == settings.firstSeed())
                .filter(condition)
                .toList();
    }

    private static Curve theory(String label, LineStyle style, List<Rate> shown) {
        LineStyle thin = new LineStyle(1.3f, style.dashes());
        return Curve.line(label, Color.BLACK, thin, points(shown, Rate::predictedGain));
    }

    private static Curve measured(String label, Scheme scheme, List<Rate> shown) {
        return Curve.dots(label, Palette.of(scheme.method().id()), points(shown, Rate::gain));
    }

    private static List<Curve.Point> points(List<Rate> shown, ToDoubleFunction<Rate> gain) {
        Function<Rate, Curve.Point> point = r -> Curve.Point.bare(r.kappa(), gain.applyAsDouble(r));
        return shown.stream().map(point).toList();
    }
}
