package org.layerwise.examples.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** One self-contained HTML page, written from top to bottom: figures are embedded, nothing is loaded from elsewhere. */
public final class HtmlReport {
    private final StringBuilder body = new StringBuilder();
    private final String title;

    /** An empty page with this title. */
    public HtmlReport(String title) {
        this.title = title;
        body.append("<h1>").append(escape(title)).append("</h1>\n");
    }

    /** A section heading. */
    public HtmlReport heading(String text) {
        body.append("<h2>").append(escape(text)).append("</h2>\n");
        return this;
    }

    /** A paragraph of plain text. */
    public HtmlReport paragraph(String text) {
        body.append("<p>").append(escape(text)).append("</p>\n");
        return this;
    }

    /** A bulleted list of plain text. */
    public HtmlReport list(List<String> items) {
        body.append("<ul>\n");
        for (String item : items) {
            body.append("<li>").append(escape(item)).append("</li>\n");
        }
        body.append("</ul>\n");
        return this;
    }

    /** A table; it scrolls sideways where the screen is narrow. */
    public HtmlReport table(Table table) {
        body.append("<div class=\"wide\"><table>\n<thead><tr>");
        for (String column : table.columns()) {
            body.append("<th>").append(escape(column)).append("</th>");
        }
        body.append("</tr></thead>\n<tbody>\n");
        for (Table.Row row : table.rows()) {
            body.append(row.marked() ? "<tr class=\"marked\">" : "<tr>");
            for (String cell : row.cells()) {
                body.append("<td>").append(escape(cell)).append("</td>");
            }
            body.append("</tr>\n");
        }
        body.append("</tbody></table></div>\n");
        return this;
    }

    /** A figure: its panels flow below each other on a narrow screen; the legend follows. */
    public HtmlReport figure(Figure figure) throws IOException {
        body.append("<figure>\n<figcaption>").append(escape(figure.title())).append("</figcaption>\n");
        body.append("<div class=\"panels\">\n");
        for (Panel panel : figure.panels()) {
            String image = Base64.getEncoder().encodeToString(FigurePainter.panelPng(panel));
            body.append("<img alt=\"").append(escape(figure.title() + ": " + panel.title()));
            body.append("\" src=\"data:image/png;base64,").append(image).append("\">\n");
        }
        body.append("</div>\n<div class=\"legend\">\n");
        for (Curve entry : figure.legend()) {
            body.append("<span>")
                    .append(swatch(entry))
                    .append(escape(entry.label()))
                    .append("</span>\n");
        }
        body.append("</div>\n<p class=\"files\">Files: <a href=\"").append(figure.name());
        body.append(".png\">PNG</a>, <a href=\"").append(figure.name()).append(".svg\">SVG</a></p>\n</figure>\n");
        return this;
    }

    /** Writes the page; {@code target} is never seen half written. */
    public void write(Path target) throws IOException {
        String page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + escape(title)
                + "</title>\n<style>\n" + resource("report.css") + "</style>\n</head>\n<body>\n" + body
                + "</body>\n</html>\n";
        AtomicFiles.write(target, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
    }

    private static String swatch(Curve curve) {
        String dashes = curve.style().dashes().stream().map(String::valueOf).collect(Collectors.joining(" "));
        return "<svg width=\"34\" height=\"10\" aria-hidden=\"true\"><line x1=\"0\" y1=\"5\" x2=\"34\" y2=\"5\" stroke=\""
                + Palette.hex(curve.colour()) + "\" stroke-width=\"3\" stroke-dasharray=\"" + dashes
                + "\"/></svg>";
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("Resource " + name + " is missing from the examples jar: rebuild it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
