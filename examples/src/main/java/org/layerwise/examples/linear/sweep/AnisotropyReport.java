package org.layerwise.examples.linear.sweep;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.numeric.Quantiles;
import org.layerwise.examples.report.Axis;
import org.layerwise.examples.report.Block;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.LineStyle;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Palette;
import org.layerwise.examples.report.Panel;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.Table;

/**
 * What the anisotropy sweep says.
 *
 * @param result what was measured
 */
record AnisotropyReport(SweepResult result) {
    private static final String TITLE = "How much the anisotropy of the inputs matters";

    private static final String QUESTION = "Real inputs vary much more in some directions than in others. The condition"
            + " number of their covariance grows from 1 while tasks, starts and steps stay the same. Theory says that"
            + " this slows every method down but those with the right preconditioner, and that for KFAC it raises the"
            + " noise floor alone.";

    private static final String FIGURE = "Lines are medians and bands quartiles over the tasks. Dotted: what is left of"
            + " the start after KFAC's steps, (1 - rate)^T, whatever the condition number. Right: KFAC at a larger rate,"
            + " where it has settled, with 95 % intervals of the mean beside the predicted noise floor.";

    private static final List<String> REMARKS = List.of(
            "All methods run at one common rate in the first figure. A larger rate helps SGD and AMGD until they become"
                    + " unstable; the learning rate sweep and, where several rates were run, the second figure show how"
                    + " far.",
            "At a low condition number KFAC is not the closest at the common rate: its distance falls as (1 - rate)^T"
                    + " whatever the problem, while the steps of other methods grow with the curvature.");

    Section section() {
        List<Block> body = new ArrayList<>();
        body.add(new Block.Paragraph(FIGURE));
        body.add(atCommonRate());
        if (result.settings().of(Method.SGD).size() > 1) {
            body.add(bestRate());
        }
        body.add(new Block.Heading("Subspace distance at the end"));
        body.add(new Block.Paragraph("Medians over the tasks; a dash where half of the runs diverged."));
        body.add(distances());
        body.add(new Block.Heading("Floor of KFAC, measured against predicted"));
        body.add(floors());
        body.add(new Block.Heading("What this does and does not show"));
        body.add(new Block.Bullets(REMARKS));
        return new Section(
                AnisotropySweep.NAME,
                TITLE,
                QUESTION,
                SweepText.settings(result.settings()),
                new AnisotropyClaims(result).all(),
                body);
    }

    private static final Axis KAPPA = Axis.logarithmic("condition number of the inputs");

    private double commonRate() {
        return AnisotropySweep.commonRate(result.settings());
    }

    private Figure atCommonRate() {
        List<Curve> distances = lines(Outcome::subspaceDistance);
        distances.add(decay());
        List<Panel> panels = List.of(
                new Panel("Subspace distance", KAPPA, Axis.logarithmic(""), distances),
                new Panel("Transfer loss (excess)", KAPPA, Axis.logarithmic(""), lines(Outcome::transferLoss)),
                new Panel(
                        "KFAC at " + Numbers.plain(AnisotropySweep.FLOOR_RATE) + ", Frobenius distance",
                        KAPPA,
                        Axis.logarithmic(""),
                        floor()));
        String title = "After " + result.settings().iterations() + " steps at rate " + Numbers.plain(commonRate())
                + SweepText.sample(result.settings());
        return new Figure(AnisotropySweep.NAME, title, panels);
    }

    private List<Curve> lines(ToDoubleFunction<Outcome> measure) {
        List<Curve> curves = new ArrayList<>();
        for (Method method : result.settings().methods()) {
            Contender contender = new Contender(method, commonRate());
            addLine(curves, method, points(contender, measure));
        }
        return curves;
    }

    private List<Curve.Point> points(Contender contender, ToDoubleFunction<Outcome> measure) {
        return result.settings().kappas().stream()
                .map(kappa -> result.point(contender, kappa, kappa, measure))
                .flatMap(Optional::stream)
                .toList();
    }

    private static void addLine(List<Curve> curves, Method method, List<Curve.Point> points) {
        if (!points.isEmpty()) {
            curves.add(Curve.line(method.label(), Palette.of(method.id()), LineStyle.of(method.id(), 0), points));
        }
    }

    private Curve decay() {
        double left = Math.pow(1 - commonRate(), result.settings().iterations());
        List<Curve.Point> points = result.settings().kappas().stream()
                .map(kappa -> Curve.Point.bare(kappa, left))
                .toList();
        return Curve.line("theory of KFAC", Color.BLACK, LineStyle.DOTTED, points);
    }

    private List<Curve> floor() {
        Contender kfac = new Contender(Method.KFAC, AnisotropySweep.FLOOR_RATE);
        List<Curve.Point> measured = new ArrayList<>();
        List<Curve.Point> predicted = new ArrayList<>();
        for (double kappa : result.settings().kappas()) {
            measured.add(Curve.Point.of(kappa, mean(kfac, kappa, Outcome::frobeniusDistance)));
            predicted.add(Curve.Point.bare(
                    kappa, mean(kfac, kappa, Outcome::predictedFloor).value()));
        }
        return List.of(
                Curve.line("theory of KFAC", Color.BLACK, LineStyle.DOTTED, predicted),
                Curve.dots("KFAC at its floor", Palette.of(Method.KFAC.id()), measured));
    }

    /** Every method at the rate that is best for its median on each task. */
    private Figure bestRate() {
        List<Curve> curves = new ArrayList<>();
        for (Method method : result.settings().methods()) {
            List<Curve.Point> points = result.settings().kappas().stream()
                    .map(kappa -> best(method, kappa))
                    .toList();
            addLine(curves, method, points);
        }
        List<Panel> panels = List.of(new Panel("Subspace distance", KAPPA, Axis.logarithmic(""), curves));
        return new Figure(
                AnisotropySweep.NAME + "-best", "Each at its best rate" + SweepText.sample(result.settings()), panels);
    }

    private Curve.Point best(Method method, double kappa) {
        double[] values = result.seeds().stream()
                .mapToDouble(seed -> result.best(method, kappa, seed))
                .toArray();
        return new Curve.Point(kappa, Quantiles.median(values), Quantiles.of(values, .25), Quantiles.of(values, .75));
    }

    private Estimate mean(Contender contender, double kappa, ToDoubleFunction<Outcome> value) {
        return Estimate.mean(
                result.of(contender, kappa).stream().mapToDouble(value).toArray());
    }

    private Table distances() {
        List<String> heads = new ArrayList<>(List.of("method, rate"));
        result.settings().kappas().forEach(kappa -> heads.add("kappa " + Numbers.plain(kappa)));
        Table table = new Table(heads.toArray(String[]::new));
        for (Contender contender : result.settings().contenders()) {
            List<String> cells = new ArrayList<>(List.of(contender.label()));
            for (double kappa : result.settings().kappas()) {
                cells.add(Numbers.brief(result.point(contender, kappa, kappa, Outcome::subspaceDistance)
                        .map(Curve.Point::y)
                        .orElse(Double.NaN)));
            }
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private Table floors() {
        Contender kfac = new Contender(Method.KFAC, AnisotropySweep.FLOOR_RATE);
        Table table = new Table("kappa", "distance (Frobenius)", "predicted floor", "ratio");
        for (double kappa : result.settings().kappas()) {
            double measured = mean(kfac, kappa, Outcome::frobeniusDistance).value();
            double floor = mean(kfac, kappa, Outcome::predictedFloor).value();
            table.row(
                    Numbers.plain(kappa),
                    Numbers.brief(measured),
                    Numbers.brief(floor),
                    Numbers.fixed(measured / floor, 2));
        }
        return table;
    }
}
