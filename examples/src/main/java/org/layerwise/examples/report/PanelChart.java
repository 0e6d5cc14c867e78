package org.layerwise.examples.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A panel as an XChart chart. */
final class PanelChart {
    private static final int BAND_OPACITY = 40;
    private static final int COLUMN_OPACITY = 150;
    private static final int MARKER_SIZE = 7;
    /** About one to a pixel of the panel's width. */
    private static final int LINE_POINTS = 480;

    private final XYChart chart;
    private final Axis.Range vertical;
    private final boolean verticalLog;
    private final boolean horizontalLog;

    private PanelChart(Panel panel, int width, int height) {
        chart = new XYChartBuilder()
                .width(width)
                .height(height)
                .title(panel.title())
                .xAxisTitle(panel.x().label())
                .yAxisTitle(panel.y().label())
                .theme(Styler.ChartTheme.XChart)
                .build();
        vertical = AxisRanges.vertical(panel);
        verticalLog = panel.y().logarithmic();
        horizontalLog = panel.x().logarithmic();
        style(chart.getStyler(), panel);
    }

    static XYChart of(Panel panel, int width, int height) {
        PanelChart result = new PanelChart(panel, width, height);
        int index = 0;
        for (Curve curve : panel.curves()) {
            result.addArea(curve, "area " + index++);
        }
        for (Curve curve : panel.curves()) {
            if (curve.mark() == Mark.LINE) {
                result.addLine(curve, "line " + index++);
            }
        }
        for (Curve curve : panel.curves()) {
            if (curve.mark() == Mark.DOTS) {
                result.addDots(curve, "dots " + index++);
            }
        }
        return result.chart;
    }

    private void addArea(Curve curve, String name) {
        if (curve.mark() == Mark.COLUMNS) {
            double[][] outline = columns(curve.points());
            addPolygon(name, outline[0], outline[1], curve.colour(), COLUMN_OPACITY);
        } else if (curve.mark() == Mark.LINE && curve.hasBand()) {
            double[][] outline = band(curve.points());
            addPolygon(name, outline[0], outline[1], curve.colour(), BAND_OPACITY);
        }
    }

    /** Upper edge of the band forwards, lower edge backwards. */
    private double[][] band(List<Curve.Point> points) {
        int n = points.size();
        double[] x = new double[2 * n];
        double[] y = new double[2 * n];
        for (int i = 0; i < n; i++) {
            Curve.Point point = points.get(i);
            x[i] = point.x();
            y[i] = clip(point.high());
            x[2 * n - 1 - i] = point.x();
            y[2 * n - 1 - i] = clip(point.low());
        }
        return new double[][] {x, y};
    }

    /** Outline of columns that touch each other. */
    private double[][] columns(List<Curve.Point> points) {
        int n = points.size();
        double half = n > 1 ? (points.get(1).x() - points.get(0).x()) / 2 : .5;
        double[] x = new double[2 * n + 2];
        double[] y = new double[2 * n + 2];
        x[0] = points.get(0).x() - half;
        y[0] = vertical.low();
        for (int i = 0; i < n; i++) {
            x[2 * i + 1] = points.get(i).x() - half;
            x[2 * i + 2] = points.get(i).x() + half;
            y[2 * i + 1] = clip(points.get(i).y());
            y[2 * i + 2] = y[2 * i + 1];
        }
        x[2 * n + 1] = x[2 * n];
        y[2 * n + 1] = vertical.low();
        return new double[][] {x, y};
    }

    private void addPolygon(String name, double[] x, double[] y, Color colour, int opacity) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
        series.setFillColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), opacity));
        series.setLineStyle(SeriesLines.NONE);
        series.setMarker(SeriesMarkers.NONE);
    }

    private void addLine(Curve curve, String name) {
        double[] x = curve.points().stream().mapToDouble(Curve.Point::x).toArray();
        double[] y = curve.points().stream().mapToDouble(p -> clip(p.y())).toArray();
        boolean dashed = !curve.style().dashes().isEmpty();
        XYSeries series = dashed
                ? chart.addSeries(name, subdivided(x, horizontalLog), subdivided(y, verticalLog))
                : chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        // Smooth lines are drawn as one path, so that dashes run on from point to point; between distant points they
        // waver, so solid lines are straight.
        series.setSmooth(dashed);
        series.setLineColor(curve.colour());
        series.setLineStyle(curve.style().stroke());
        series.setMarker(SeriesMarkers.NONE);
    }

    /** Points between the given ones on a straight line of the axis: XChart's smooth lines bend between few points. */
    private static double[] subdivided(double[] values, boolean logarithmic) {
        int pieces = 1 + LINE_POINTS / values.length;
        double[] result = new double[Math.max(0, (values.length - 1) * pieces) + 1];
        for (int i = 0; i < result.length - 1; i++) {
            double from = values[i / pieces];
            double to = values[i / pieces + 1];
            double share = (double) (i % pieces) / pieces;
            result[i] = logarithmic ? from * Math.pow(to / from, share) : from + (to - from) * share;
        }
        result[result.length - 1] = values[values.length - 1];
        return result;
    }

    private void addDots(Curve curve, String name) {
        int index = 0;
        for (Curve.Point point : curve.points()) {
            if (point.low() < point.high()) {
                addErrorBar(point, curve.colour(), name + " bar " + index++);
            }
        }
        double[] x = curve.points().stream().mapToDouble(Curve.Point::x).toArray();
        double[] y = curve.points().stream().mapToDouble(p -> clip(p.y())).toArray();
        XYSeries series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setMarkerColor(curve.colour());
    }

    /** XChart's own error bars are symmetric, intervals on a logarithmic axis are not. */
    private void addErrorBar(Curve.Point point, Color colour, String name) {
        double[] x = {point.x(), point.x()};
        double[] y = {clip(point.low()), clip(point.high())};
        XYSeries bar = chart.addSeries(name, x, y);
        bar.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        bar.setLineColor(colour);
        bar.setLineStyle(new BasicStroke(1.4f));
        bar.setMarker(SeriesMarkers.NONE);
    }

    private double clip(double value) {
        return Math.min(Math.max(value, vertical.low()), vertical.high());
    }

    private void style(XYStyler styler, Panel panel) {
        styler.setYAxisMin(vertical.low());
        styler.setYAxisMax(vertical.high());
        styler.setYAxisLogarithmic(panel.y().logarithmic());
        styler.setYAxisLogarithmicDecadeOnly(Ticks.decadesOnly(vertical));
        styler.setYAxisTickLabelsFormattingFunction(Ticks.labels(panel.y(), vertical));
        styleHorizontal(styler, panel);
        styler.setMarkerSize(MARKER_SIZE);
        styler.setLegendVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotGridLinesColor(new Color(0xE4E4E4));
        styler.setPlotBorderVisible(true);
        styler.setPlotBorderColor(new Color(0xBBBBBB));
        styler.setChartTitleBoxVisible(false);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setYAxisTitleVisible(!panel.y().label().isEmpty());
    }

    private static void styleHorizontal(XYStyler styler, Panel panel) {
        Axis.Range horizontal = AxisRanges.horizontal(panel);
        styler.setXAxisMin(horizontal.low());
        styler.setXAxisMax(horizontal.high());
        styler.setXAxisLogarithmic(panel.x().logarithmic());
        styler.setXAxisLogarithmicDecadeOnly(Ticks.decadesOnly(horizontal));
        styler.setXAxisTickMarkSpacingHint(90);
        styler.setXAxisTickLabelsFormattingFunction(Ticks.labels(panel.x(), horizontal));
    }
}
