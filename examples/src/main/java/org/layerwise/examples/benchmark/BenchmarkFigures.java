package org.layerwise.examples.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.report.Axis;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.LineStyle;
import org.layerwise.examples.report.Palette;
import org.layerwise.examples.report.Panel;

/**
 * The learning curves. Lines of this library are solid, those of DL4J dashed.
 *
 * @param result what was measured
 */
record BenchmarkFigures(BenchmarkResult result) {
    private static final LineStyle OURS = LineStyle.ofRate(0);
    private static final LineStyle DL4J = LineStyle.ofRate(1);

    /** One figure per batch size. */
    List<Figure> all() {
        return result.settings().batches().stream()
                .filter(batch -> !result.entrants(batch).isEmpty())
                .map(this::figure)
                .toList();
    }

    private Figure figure(int batch) {
        ToDoubleFunction<Checkpoint> test = checkpoint -> checkpoint.test().loss();
        String title = "Batch " + batch + ", "
                + result.settings().conditions().problem().title();
        return new Figure(
                Benchmark.name(result.settings()) + "-batch-" + batch,
                title,
                List.of(
                        panel("Training loss", "steps", batch, Cost::steps, Checkpoint::trainLoss),
                        panel("Training loss", "seconds", batch, Cost::seconds, Checkpoint::trainLoss),
                        panel("Test loss", "steps", batch, Cost::steps, test),
                        panel("Test loss", "seconds", batch, Cost::seconds, test)));
    }

    private Panel panel(
            String title,
            String unit,
            int batch,
            ToDoubleFunction<Cost> abscissa,
            ToDoubleFunction<Checkpoint> quantity) {
        List<Curve> curves = new ArrayList<>();
        for (Entrant entrant : result.entrants(batch)) {
            List<Curve.Point> points = result.points(entrant, abscissa, quantity);
            if (!points.isEmpty()) {
                Optimizer optimizer = entrant.optimizer();
                LineStyle style = optimizer.layerwise() ? OURS : DL4J;
                curves.add(Curve.line(optimizer.label(), Palette.of(optimizer.id()), style, points));
            }
        }
        return new Panel(title, Axis.logarithmic(unit), LossAxis.of(curves), curves);
    }
}
