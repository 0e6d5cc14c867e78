package org.layerwise.examples.linear.sweep;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.numeric.Estimate;
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
 * What the learning rate sweep says.
 *
 * @param result what was measured
 */
record RateReport(SweepResult result) {
    private static final String TITLE = "How much the learning rate matters";

    private static final String QUESTION = "A method that works only within a narrow range of learning rates has to be"
            + " tuned anew for every problem. Every method trains for the same number of steps at log-spaced rates on the"
            + " same tasks. Over which range do the features come close to the true ones, and how close at the best"
            + " rate? Theory says for KFAC that the rate sets the speed, 1 - eta per step, and the noise floor, about"
            + " sqrt(eta), and that nothing else about the problem limits it.";

    private static final String FIGURE =
            "Lines are medians and bands quartiles over the tasks. A line ends where half of"
                    + " the runs diverge: the weights become infinite or the training loss grows. Right: Frobenius distance of"
                    + " KFAC with 95 % intervals of the mean, beside the theory: the decayed start and the noise floor.";

    private static final List<String> REMARKS = List.of(
            "All rates get the same number of steps. With more of them the slow end of every window moves to smaller"
                    + " rates; the fast end of the methods without full preconditioning, where they become unstable, does"
                    + " not move.",
            "Adam's steps do not scale with the gradient, so its window is set by the size of the weights and the steps"
                    + " rather than by the problem's curvature.");

    Section section() {
        List<Block> body = List.of(
                new Block.Paragraph(FIGURE),
                figure(),
                new Block.Heading("Window and best rate of every method"),
                new Block.Paragraph("A rate works on a task if the subspace distance at the end is at most "
                        + Numbers.plain(RateWindow.TARGET)
                        + "; each working rate counts for the "
                        + Numbers.digits(claims().grid().step(), 2)
                        + " decades between neighbours of the grid. The predicted window of KFAC is "
                        + Numbers.digits(
                                claims().grid().predictedKfac(result.settings().iterations()), 3)
                        + " decades. Median over the tasks, and counts of diverged runs."),
                windows(),
                new Block.Heading("Floor of KFAC, measured against predicted"),
                floors(),
                new Block.Heading("What this does and does not show"),
                new Block.Bullets(REMARKS));
        return new Section(
                RateSweep.NAME, TITLE, QUESTION, SweepText.settings(result.settings()), claims().all(), body);
    }

    private RateClaims claims() {
        return new RateClaims(result);
    }

    private double kappa() {
        return result.settings().highestKappa();
    }

    private Figure figure() {
        Axis rate = Axis.logarithmic("learning rate");
        List<Panel> panels = List.of(
                new Panel("Subspace distance", rate, Axis.logarithmic(""), lines(Outcome::subspaceDistance)),
                new Panel("Transfer loss (excess)", rate, Axis.logarithmic(""), lines(Outcome::transferLoss)),
                new Panel("KFAC, Frobenius distance", rate, Axis.logarithmic(""), theory()));
        String title = "After " + result.settings().iterations() + " steps, condition number " + Numbers.plain(kappa())
                + SweepText.sample(result.settings());
        return new Figure(RateSweep.NAME, title, panels);
    }

    private List<Curve> lines(ToDoubleFunction<Outcome> measure) {
        List<Curve> curves = new ArrayList<>();
        for (Method method : result.settings().methods()) {
            List<Curve.Point> points = result.settings().of(method).stream()
                    .map(c -> result.point(c, kappa(), c.learningRate(), measure))
                    .flatMap(Optional::stream)
                    .toList();
            if (!points.isEmpty()) {
                curves.add(Curve.line(method.label(), Palette.of(method.id()), LineStyle.of(method.id(), 0), points));
            }
        }
        return curves;
    }

    /** Dots of KFAC and the predicted line, the start being almost orthogonal to the true features. */
    private List<Curve> theory() {
        List<Curve.Point> measured = new ArrayList<>();
        List<Curve.Point> predicted = new ArrayList<>();
        for (Contender kfac : result.settings().of(Method.KFAC)) {
            double eta = kfac.learningRate();
            double start = Math.sqrt(result.settings().sizes().hidden());
            double decayed = start * Math.pow(1 - eta, result.settings().iterations());
            double floor = mean(kfac, Outcome::predictedFloor).value();
            predicted.add(Curve.Point.bare(eta, Math.min(start, Math.hypot(decayed, floor))));
            measured.add(Curve.Point.of(eta, mean(kfac, Outcome::frobeniusDistance)));
        }
        return List.of(
                Curve.line("theory of KFAC", Color.BLACK, LineStyle.DOTTED, predicted),
                Curve.dots("KFAC, measured", Palette.of(Method.KFAC.id()), measured));
    }

    private Estimate mean(Contender contender, ToDoubleFunction<Outcome> value) {
        return Estimate.mean(
                result.of(contender, kappa()).stream().mapToDouble(value).toArray());
    }

    private Table windows() {
        Table table = new Table(
                "method", "decades that work", "lowest", "highest", "best rate", "distance there", "diverged");
        for (Method method : result.settings().methods()) {
            List<Contender> working = result.settings().of(method).stream()
                    .filter(c -> distance(c) <= RateWindow.TARGET)
                    .toList();
            Contender best = best(method);
            table.row(
                    method.label(),
                    Numbers.fixed(claims().decades(method).value(), 2),
                    working.isEmpty() ? "-" : Numbers.plain(working.get(0).learningRate()),
                    working.isEmpty()
                            ? "-"
                            : Numbers.plain(working.get(working.size() - 1).learningRate()),
                    Numbers.plain(best.learningRate()),
                    Numbers.brief(distance(best)),
                    divergedOf(method));
        }
        return table;
    }

    /** Median subspace distance; 1, the largest possible, where half of the runs diverged. */
    private double distance(Contender contender) {
        return result.point(contender, kappa(), contender.learningRate(), Outcome::subspaceDistance)
                .map(Curve.Point::y)
                .orElse(1.0);
    }

    private Contender best(Method method) {
        return result.settings().of(method).stream()
                .min((a, b) -> Double.compare(distance(a), distance(b)))
                .orElseThrow();
    }

    private String divergedOf(Method method) {
        List<Contender> contenders = result.settings().of(method);
        long diverged =
                contenders.stream().mapToLong(c -> result.diverged(c, kappa())).sum();
        return diverged + " of " + contenders.size() * result.settings().seeds();
    }

    private Table floors() {
        Table table = new Table("learning rate", "distance (Frobenius)", "predicted floor", "ratio", "start left");
        for (Contender kfac : result.settings().of(Method.KFAC)) {
            double measured = mean(kfac, Outcome::frobeniusDistance).value();
            double floor = mean(kfac, Outcome::predictedFloor).value();
            table.row(
                    Numbers.plain(kfac.learningRate()),
                    Numbers.brief(measured),
                    Numbers.brief(floor),
                    Numbers.fixed(measured / floor, 2),
                    Numbers.brief(
                            Math.pow(1 - kfac.learningRate(), result.settings().iterations())));
        }
        return table;
    }
}
