package org.layerwise.examples.index.spectrum;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Axis;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.LineStyle;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Palette;
import org.layerwise.examples.report.Panel;

/**
 * Histogram of the singular values with the limiting density, and the outlier against the strength of the spike.
 *
 * @param result what was measured
 */
record SpectrumFigures(SpectrumResult result) {
    private static final double COLUMN = .06;
    private static final int POINTS = 160;

    /** Dots of the two methods stand this far to either side of their strength, so that both are seen. */
    private static final double OFFSET = .012;

    private static final Color THRESHOLD = new Color(0x777777);
    private static final LineStyle THIN = new LineStyle(1.4f, List.of());
    private static final LineStyle DASHED = new LineStyle(1.4f, List.of(6f, 4f));

    Figure histogram() {
        String title = "Singular values of the first layer after a step with spike strength "
                + Numbers.plain(result.settings().shown()) + ", "
                + result.settings().seeds() + " seed(s) together";
        return new Figure(
                "single-index-spectrum-histogram",
                title,
                SpectrumSettings.METHODS.stream().map(this::histogram).toList());
    }

    Figure outlier() {
        SpikeTheory theory = theory();
        Panel largest = panel("Largest singular value", SingularDirection::value, theory::largest);
        Panel spike = panel("Squared alignment with the spike", SingularDirection::estimate, theory::alignment);
        return new Figure(
                "single-index-spectrum-outlier",
                "Leading singular value and right singular vector against the strength of the spike: mean and 95 %"
                        + " interval of " + result.settings().seeds() + " seed(s)",
                List.of(largest, spike, indexPanel()));
    }

    private Panel histogram(FirstStep method) {
        SpikeTheory theory = theory();
        double low = Math.max(0, theory.lowerEdge() - 3 * COLUMN);
        double high = theory.largest(result.settings().shown()) + 5 * COLUMN;
        List<Curve.Point> columns = columns(result.spectrum(method), low, high);
        List<Curve.Point> density =
                grid(low, high).map(s -> Curve.Point.bare(s, theory.density(s))).toList();
        double top = 1.1
                * Math.max(
                        columns.stream().mapToDouble(Curve.Point::y).max().orElseThrow(),
                        density.stream().mapToDouble(Curve.Point::y).max().orElseThrow());
        List<Curve> curves = List.of(
                Curve.columns(method.label(), Palette.of(method.id()), columns),
                Curve.line("Marchenko-Pastur density", Color.BLACK, LineStyle.DOTTED, density),
                Curve.vertical(
                        "predicted outlier",
                        Color.BLACK,
                        DASHED,
                        theory.largest(result.settings().shown()),
                        0,
                        top / 2));
        return new Panel(
                method.label(), Axis.linear("singular value", low, high), Axis.linear("density", 0, top), curves);
    }

    /** Share of the values per column over its width. */
    private static List<Curve.Point> columns(double[] values, double low, double high) {
        int count = (int) Math.ceil((high - low) / COLUMN);
        int[] hits = new int[count];
        for (double value : values) {
            int column = (int) ((value - low) / COLUMN);
            if (value >= low && column < count) {
                hits[column]++;
            }
        }
        return IntStream.range(0, count)
                .mapToObj(i -> Curve.Point.bare(low + (i + .5) * COLUMN, hits[i] / (values.length * COLUMN)))
                .toList();
    }

    private Panel panel(String title, ToDoubleFunction<SingularDirection> measure, DoubleUnaryOperator limit) {
        List<Curve> curves = new ArrayList<>();
        List<Curve.Point> line = strengths()
                .map(t -> Curve.Point.bare(t, limit.applyAsDouble(t)))
                .toList();
        curves.add(Curve.line("theory", Color.BLACK, LineStyle.DOTTED, line));
        addMeasured(curves, measure);
        return finish(title, curves);
    }

    /** The alignment with beta*, whose prediction depends on how well each method's spike is aligned. */
    private Panel indexPanel() {
        SpikeTheory theory = theory();
        List<Curve> curves = new ArrayList<>();
        for (FirstStep method : SpectrumSettings.METHODS) {
            double spike = Estimate.mean(
                            result.leading(method, result.settings().shown(), SingularDirection::spike))
                    .value();
            List<Curve.Point> line = strengths()
                    .map(t -> Curve.Point.bare(t, theory.alignment(t) * spike))
                    .toList();
            curves.add(Curve.line("theory, " + method.label(), Palette.of(method.id()), THIN, line));
        }
        addMeasured(curves, SingularDirection::index);
        return finish("Squared alignment with beta*", curves);
    }

    private void addMeasured(List<Curve> curves, ToDoubleFunction<SingularDirection> measure) {
        double offset = -OFFSET;
        for (FirstStep method : SpectrumSettings.METHODS) {
            List<Curve.Point> dots = new ArrayList<>();
            for (double theta : result.settings().strengths()) {
                Estimate mean = Estimate.mean(result.leading(method, theta, measure));
                dots.add(point(theta + offset, mean));
            }
            curves.add(Curve.dots(method.label(), Palette.of(method.id()), dots));
            offset += 2 * OFFSET;
        }
    }

    private static Curve.Point point(double x, Estimate mean) {
        return Double.isInfinite(mean.halfWidth())
                ? Curve.Point.bare(x, mean.value())
                : new Curve.Point(x, mean.value(), mean.low(), mean.high());
    }

    private Panel finish(String title, List<Curve> curves) {
        double low = curves.stream()
                .flatMap(c -> c.points().stream())
                .mapToDouble(Curve.Point::low)
                .min()
                .orElseThrow();
        double high = curves.stream()
                .flatMap(c -> c.points().stream())
                .mapToDouble(Curve.Point::high)
                .max()
                .orElseThrow();
        double pad = .05 * (high - low);
        curves.add(Curve.vertical("threshold", THRESHOLD, DASHED, theory().threshold(), low - pad, high + pad));
        return new Panel(
                title, Axis.linear("strength of the spike, theta"), Axis.linear("", low - pad, high + pad), curves);
    }

    private Stream<Double> strengths() {
        List<Double> strengths = result.settings().strengths();
        return grid(strengths.get(0), strengths.get(strengths.size() - 1));
    }

    private static Stream<Double> grid(double low, double high) {
        return IntStream.rangeClosed(0, POINTS).mapToObj(i -> low + (high - low) * i / POINTS);
    }

    private SpikeTheory theory() {
        return result.settings().theory();
    }
}
