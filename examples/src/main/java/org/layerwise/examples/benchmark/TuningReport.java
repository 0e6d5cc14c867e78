package org.layerwise.examples.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
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
 * What tuning found.
 *
 * @param name of the experiment
 * @param result what was measured
 */
record TuningReport(String name, TuningResult result) {
    private static final String QUESTION = "Which learning rate suits every method at every batch size, within the same"
            + " grid and budget as all others? A comparison at one common rate would favour the method whose rate it is.";

    private static final String NOTE =
            "Medians over the tuning seeds. Rates at which half of the runs diverge have no point."
                    + " A rate at an end of its grid may not be the best there is: the method could do better.";

    Section section() {
        String title =
                "Learning rates: " + result.settings().conditions().problem().title();
        List<Block> body = new ArrayList<>(List.of(new Block.Paragraph(NOTE)));
        if (!result.choices().isEmpty()) {
            body.add(figure());
        }
        body.add(table());
        return new Section(name, title, QUESTION, SettingsText.of(result.settings(), threads()), List.of(), body);
    }

    private String threads() {
        return result.ends().get(0).threads();
    }

    private Figure figure() {
        List<Panel> panels =
                result.settings().batches().stream().map(this::panel).toList();
        return new Figure(name, "Training loss at the end of the budget", panels);
    }

    private Panel panel(int batch) {
        List<Curve> curves = curves(batch);
        return new Panel("Batch " + batch, Axis.logarithmic("learning rate"), LossAxis.of(curves), curves);
    }

    private List<Curve> curves(int batch) {
        List<Curve> curves = new ArrayList<>();
        for (Entrant entrant : result.settings().entrants()) {
            List<Curve.Point> points = result.losses(entrant).entrySet().stream()
                    .filter(loss -> Double.isFinite(loss.getValue()))
                    .map(loss -> Curve.Point.bare(loss.getKey(), loss.getValue()))
                    .toList();
            if (entrant.batch() == batch && !points.isEmpty()) {
                Optimizer optimizer = entrant.optimizer();
                LineStyle style = LineStyle.ofRate(optimizer.layerwise() ? 0 : 1);
                curves.add(Curve.line(optimizer.label(), Palette.of(optimizer.id()), style, points));
            }
        }
        return curves;
    }

    private Table table() {
        Table table = new Table("method", "batch", "rates tried", "diverged", "best rate", "training loss there");
        for (Entrant entrant : result.settings().entrants()) {
            List<Checkpoint> ends = result.of(entrant);
            SortedMap<Double, Double> losses = result.losses(entrant);
            Optional<Choice> choice = result.choice(entrant);
            long diverged = ends.stream()
                    .filter(end -> !Double.isFinite(end.trainLoss()))
                    .count();
            table.row(
                    entrant.optimizer().label(),
                    String.valueOf(entrant.batch()),
                    Numbers.plain(losses.firstKey()) + " to " + Numbers.plain(losses.lastKey()),
                    diverged + " of " + ends.size(),
                    choice.map(Choice::rateWords).orElse("none: all diverged"),
                    choice.map(c -> Numbers.digits(c.loss(), 3)).orElse("-"));
        }
        return table;
    }
}
