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

    /** The claims of several sections, with links to them. */
    public HtmlReport verdicts(List<Section> sections) {
        body.append("<div class=\"wide\"><table class=\"claims\">\n<thead><tr><th>claim</th><th>measured</th>"
                + "<th>expected</th><th>verdict</th></tr></thead>\n<tbody>\n");
        for (Section section : sections) {
            body.append("<tr><th colspan=\"4\"><a href=\"#")
                    .append(escape(section.name()))
                    .append("\">");
            body.append(escape(section.title())).append("</a></th></tr>\n");
            for (Claim claim : section.claims()) {
                body.append("<tr><td><a href=\"#").append(escape(claim.id())).append("\">");
                body.append(escape(claim.statement())).append("</a></td><td>");
                body.append(escape(claim.measuredText())).append("</td><td>");
                body.append(escape(claim.expectation().text())).append("</td>").append(verdictCell(claim));
                body.append("</tr>\n");
            }
        }
        body.append("</tbody></table></div>\n");
        return this;
    }

    /** Everything an experiment has to say. */
    public HtmlReport section(Section section) throws IOException {
        body.append("<section id=\"").append(escape(section.name())).append("\">\n");
        heading(section.title()).paragraph(section.question());
        claims(section.claims());
        subheading("Setting").list(section.settings());
        for (Block block : section.body()) {
            add(block);
        }
        body.append("</section>\n");
        return this;
    }

    private void claims(List<Claim> claims) {
        for (Claim claim : claims) {
            body.append("<div class=\"claim\" id=\"").append(escape(claim.id())).append("\">\n<p>");
            body.append("<span class=\"verdict ")
                    .append(claim.verdict().styleClass())
                    .append("\">");
            body.append(escape(claim.verdict().label())).append("</span> <strong>");
            body.append(escape(claim.statement())).append("</strong></p>\n<p>");
            body.append(escape(claim.quantity())).append(": measured <b>").append(escape(claim.measuredText()));
            body.append("</b>; expected ")
                    .append(escape(claim.expectation().text()))
                    .append(". Source: ");
            body.append(escape(claim.source())).append(".</p>\n</div>\n");
        }
    }

    private void add(Block block) throws IOException {
        if (block instanceof Block.Heading heading) {
            subheading(heading.text());
        } else if (block instanceof Block.Paragraph paragraph) {
            paragraph(paragraph.text());
        } else if (block instanceof Block.Bullets bullets) {
            list(bullets.items());
        } else if (block instanceof Table table) {
            table(table);
        } else if (block instanceof Figure figure) {
            figure(figure);
        }
    }

    private static String verdictCell(Claim claim) {
        return "<td class=\"" + claim.verdict().styleClass() + "\">"
                + escape(claim.verdict().label()) + "</td>";
    }

    private HtmlReport subheading(String text) {
        body.append("<h3>").append(escape(text)).append("</h3>\n");
        return this;
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
        String colour = Palette.hex(curve.colour());
        String shape = switch (curve.mark()) {
            case DOTS -> "<circle cx=\"17\" cy=\"5\" r=\"4\" fill=\"" + colour + "\"/>";
            case COLUMNS -> "<rect x=\"6\" width=\"22\" height=\"10\" fill=\"" + colour + "\" fill-opacity=\".6\"/>";
            case LINE ->
                "<line x1=\"0\" y1=\"5\" x2=\"34\" y2=\"5\" stroke=\"" + colour
                        + "\" stroke-width=\"3\" stroke-dasharray=\"" + dashes(curve.style()) + "\"/>";
        };
        return "<svg width=\"34\" height=\"10\" aria-hidden=\"true\">" + shape + "</svg>";
    }

    private static String dashes(LineStyle style) {
        return style.dashes().stream().map(String::valueOf).collect(Collectors.joining(" "));
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
