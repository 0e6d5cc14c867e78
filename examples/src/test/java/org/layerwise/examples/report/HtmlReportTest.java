package org.layerwise.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HtmlReportTest {
    @TempDir
    private Path folder;

    @Test
    void pageHoldsWhatWasAddedAndLoadsNothing() throws IOException {
        Curve curve = Curve.line("KFAC", Palette.of("kfac"), LineStyle.ofRate(1), List.of(Curve.Point.bare(0, 1)));
        Figure figure = new Figure(
                "f", "Figure title", List.of(new Panel("P", Axis.linear("x"), Axis.logarithmic(""), List.of(curve))));
        Path file = folder.resolve("report.html");

        new HtmlReport("A & B")
                .heading("Heading")
                .paragraph("1 < 2")
                .list(List.of("item"))
                .table(new Table("x", "y").row("1", "2").markedRow("3", "4"))
                .figure(figure)
                .write(file);

        String page = Files.readString(file);
        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("A &amp; B", "<h2>Heading</h2>", "1 &lt; 2", "<li>item</li>", "<td>4</td>", "KFAC")
                .contains("class=\"marked\"", "width=device-width", "data:image/png;base64,")
                .doesNotContain("http://", "https://");
    }

    @Test
    void aRowMustFillTheColumns() {
        assertThatThrownBy(() -> new Table("x", "y").row("1"))
                .hasMessageContaining("1 cells")
                .hasMessageContaining("2 columns");
    }
}
