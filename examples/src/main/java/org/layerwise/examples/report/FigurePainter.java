package org.layerwise.examples.report;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;

/** Draws a figure: title, panels in a row, legend below. */
final class FigurePainter {
    private static final int MOST_COLUMNS = 3;
    private static final int PANEL_WIDTH = 480;
    private static final int PANEL_HEIGHT = 400;
    private static final int TITLE_HEIGHT = 40;
    private static final int LEGEND_ROW = 24;
    private static final int MARGIN = 16;
    private static final int SWATCH = 34;
    private static final double PNG_SCALE = 2;
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 18);
    private static final Font ENTRY = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
    private static final FontRenderContext METRICS = new FontRenderContext(null, true, true);

    private final Figure figure;

    private FigurePainter(Figure figure) {
        this.figure = figure;
    }

    /** Writes {@code name.png} and {@code name.svg} into {@code folder}. */
    static void write(Figure figure, Path folder) throws IOException {
        FigurePainter painter = new FigurePainter(figure);
        AtomicFiles.write(folder.resolve(figure.name() + ".png"), painter::png);
        AtomicFiles.write(folder.resolve(figure.name() + ".svg"), painter::svg);
    }

    /** One panel alone, without the legend, as a PNG. */
    static byte[] panelPng(Panel panel) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        XYChart chart = PanelChart.of(panel, PANEL_WIDTH, PANEL_HEIGHT);
        png(PANEL_WIDTH, PANEL_HEIGHT, g -> chart.paint(g, PANEL_WIDTH, PANEL_HEIGHT), out);
        return out.toByteArray();
    }

    private int width() {
        return columns() * PANEL_WIDTH;
    }

    /** Panels per row; four stand in a square. */
    private int columns() {
        int panels = figure.panels().size();
        return panels == 4 ? 2 : Math.min(panels, MOST_COLUMNS);
    }

    private int height() {
        return legendTop() + legendRows() * LEGEND_ROW + MARGIN;
    }

    private int legendTop() {
        int rows = (figure.panels().size() + columns() - 1) / columns();
        return TITLE_HEIGHT + rows * PANEL_HEIGHT;
    }

    private void paint(Graphics2D graphics) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width(), height());
        graphics.setColor(Color.BLACK);
        graphics.setFont(TITLE);
        graphics.drawString(figure.title(), MARGIN, TITLE_HEIGHT - 13);
        AffineTransform origin = graphics.getTransform();
        for (int i = 0; i < figure.panels().size(); i++) {
            XYChart chart = PanelChart.of(figure.panels().get(i), PANEL_WIDTH, PANEL_HEIGHT);
            graphics.translate(i % columns() * PANEL_WIDTH, TITLE_HEIGHT + i / columns() * PANEL_HEIGHT);
            chart.paint(graphics, PANEL_WIDTH, PANEL_HEIGHT);
            graphics.setTransform(origin);
        }
        paintLegend(graphics);
    }

    private void paintLegend(Graphics2D graphics) {
        List<Curve> entries = figure.legend();
        int column = columnWidth(entries);
        int columns = Math.max(1, (width() - 2 * MARGIN) / column);
        graphics.setFont(ENTRY);
        for (int i = 0; i < entries.size(); i++) {
            Curve entry = entries.get(i);
            int x = MARGIN + i % columns * column;
            int y = legendTop() + i / columns * LEGEND_ROW + LEGEND_ROW / 2;
            graphics.setColor(entry.colour());
            paintSwatch(graphics, entry, x, y);
            graphics.setColor(Color.BLACK);
            graphics.drawString(entry.label(), x + SWATCH + 8, y + 5);
        }
    }

    private static void paintSwatch(Graphics2D graphics, Curve entry, int x, int y) {
        switch (entry.mark()) {
            case LINE -> {
                graphics.setStroke(entry.style().stroke());
                graphics.draw(new Line2D.Double(x, y, x + SWATCH, y));
                graphics.setStroke(new BasicStroke(1));
            }
            case DOTS -> graphics.fill(new Ellipse2D.Double(x + SWATCH / 2.0 - 4, y - 4, 8, 8));
            case COLUMNS -> graphics.fill(new Rectangle2D.Double(x + 6, y - 5, SWATCH - 12, 10));
        }
    }

    private int legendRows() {
        List<Curve> entries = figure.legend();
        int columns = Math.max(1, (width() - 2 * MARGIN) / columnWidth(entries));
        return (entries.size() + columns - 1) / columns;
    }

    private static int columnWidth(List<Curve> entries) {
        double widest = entries.stream()
                .mapToDouble(e -> ENTRY.getStringBounds(e.label(), METRICS).getWidth())
                .max()
                .orElse(0);
        return (int) widest + SWATCH + 36;
    }

    private void png(OutputStream out) throws IOException {
        png(width(), height(), this::paint, out);
    }

    private void svg(OutputStream out) throws IOException {
        VectorGraphics2D graphics = new VectorGraphics2D();
        paint(graphics);
        Processors.get("svg")
                .getDocument(graphics.getCommands(), new PageSize(0, 0, width(), height()))
                .writeTo(out);
    }

    private static void png(int width, int height, Consumer<Graphics2D> painter, OutputStream out) throws IOException {
        BufferedImage image =
                new BufferedImage((int) (width * PNG_SCALE), (int) (height * PNG_SCALE), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.scale(PNG_SCALE, PNG_SCALE);
        painter.accept(graphics);
        graphics.dispose();
        ImageIO.write(image, "png", out);
    }
}
