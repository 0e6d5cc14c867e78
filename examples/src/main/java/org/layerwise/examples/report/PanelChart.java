package org.layerwise.examples.report;

import java.awt.Color;
import java.awt.Font;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A panel as an XChart chart. */
final class PanelChart {
    /** Orders of magnitude shown below the largest value. */
    private static final double DECADES = 8;

    private static final int BAND_OPACITY = 40;

    private final XYChart chart;
    private final double lowest;

    private PanelChart(Panel panel, int width, int height) {
        chart = new XYChartBuilder()
                .width(width)
                .height(height)
                .title(panel.title())
                .xAxisTitle(panel.xLabel())
                .theme(Styler.ChartTheme.XChart)
                .build();
        double largest = largest(panel);
        lowest = Math.pow(10, Math.floor(Math.log10(Math.max(smallest(panel), largest * Math.pow(10, -DECADES)))));
        style(chart.getStyler(), lowest, Math.pow(10, Math.ceil(Math.log10(largest))));
    }

    static XYChart of(Panel panel, int width, int height) {
        PanelChart result = new PanelChart(panel, width, height);
        int index = 0;
        for (Curve curve : panel.curves()) {
            result.addBand(curve, "band " + index++);
        }
        for (Curve curve : panel.curves()) {
            result.addLine(curve, "line " + index++);
        }
        return result.chart;
    }

    private void addBand(Curve curve, String name) {
        if (!curve.hasBand()) {
            return;
        }
        int n = curve.points().size();
        double[] x = new double[2 * n];
        double[] y = new double[2 * n];
        for (int i = 0; i < n; i++) {
            Curve.Point point = curve.points().get(i);
            x[i] = point.x();
            y[i] = clip(point.high());
            x[2 * n - 1 - i] = point.x();
            y[2 * n - 1 - i] = clip(point.low());
        }
        Color colour = curve.colour();
        XYSeries series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
        series.setFillColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), BAND_OPACITY));
        series.setLineStyle(SeriesLines.NONE);
        series.setMarker(SeriesMarkers.NONE);
    }

    private void addLine(Curve curve, String name) {
        double[] x = curve.points().stream().mapToDouble(Curve.Point::x).toArray();
        double[] y = curve.points().stream().mapToDouble(p -> clip(p.y())).toArray();
        XYSeries series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        // Smooth lines are drawn as one path, so that dashes run on from point to point.
        series.setSmooth(true);
        series.setLineColor(curve.colour());
        series.setLineStyle(curve.style().stroke());
        series.setMarker(SeriesMarkers.NONE);
    }

    private double clip(double value) {
        return Math.max(value, lowest);
    }

    private static double largest(Panel panel) {
        return ordinates(panel).max().orElse(1);
    }

    private static double smallest(Panel panel) {
        return ordinates(panel).filter(v -> v > 0).min().orElse(.1);
    }

    private static DoubleStream ordinates(Panel panel) {
        return panel.curves().stream().flatMap(c -> c.points().stream()).mapToDouble(Curve.Point::y);
    }

    private static void style(XYStyler styler, double lowest, double highest) {
        styler.setYAxisLogarithmic(true);
        styler.setYAxisLogarithmicDecadeOnly(true);
        styler.setYAxisMin(lowest);
        styler.setYAxisMax(highest > lowest ? highest : 10 * lowest);
        styler.setYAxisTickLabelsFormattingFunction(Ticks::power);
        styler.setXAxisTickMarkSpacingHint(90);
        styler.setXAxisTickLabelsFormattingFunction(x -> Long.toString(Math.round(x)));
        styler.setLegendVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotGridLinesColor(new Color(0xE4E4E4));
        styler.setPlotBorderVisible(true);
        styler.setPlotBorderColor(new Color(0xBBBBBB));
        styler.setChartTitleBoxVisible(false);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setYAxisTitleVisible(false);
    }
}
