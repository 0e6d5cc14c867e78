package org.layerwise.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FigureTest {
    private static final Color ORANGE = Palette.of("kfac");

    @TempDir
    private Path folder;

    private static Curve curve(String label, double rate) {
        return Curve.line(
                label,
                ORANGE,
                LineStyle.ofRate(0),
                IntStream.range(0, 50)
                        .mapToObj(t -> new Curve.Point(t, Math.exp(-rate * t), Math.exp(-rate * t) / 2, 1))
                        .toList());
    }

    private static Figure figure() {
        Panel left = new Panel(
                "Left", Axis.linear("iteration"), Axis.logarithmic(""), List.of(curve("slow", .1), curve("fast", 1)));
        Panel right = new Panel("Right", Axis.linear("iteration"), Axis.logarithmic(""), List.of(curve("slow", .2)));
        return new Figure("test", "A < B", List.of(left, right));
    }

    @Test
    void writesPngAndSvg() throws IOException {
        figure().write(folder);

        BufferedImage image = ImageIO.read(folder.resolve("test.png").toFile());
        assertThat(image.getWidth()).isEqualTo(2 * 2 * 480);
        assertThat(contains(image, ORANGE.getRGB())).isTrue();
        assertThat(Files.readString(folder.resolve("test.svg")))
                .contains("<svg")
                .contains("</svg>");
    }

    @Test
    void legendHasEveryLabelOnce() {
        assertThat(figure().legend()).extracting(Curve::label).containsExactly("slow", "fast");
    }

    @Test
    void zerosAndSinglePointsCanBeDrawn() throws IOException {
        Curve flat = Curve.line("flat", ORANGE, LineStyle.DOTTED, List.of(Curve.Point.bare(0, 0)));
        Figure figure = new Figure(
                "flat", "Flat", List.of(new Panel("P", Axis.linear("x"), Axis.logarithmic(""), List.of(flat))));

        figure.write(folder);

        assertThat(folder.resolve("flat.png")).isNotEmptyFile();
    }

    @Test
    void aCurveNeedsPoints() {
        assertThatThrownBy(() -> Curve.line("empty", ORANGE, LineStyle.DOTTED, List.of()))
                .hasMessageContaining("'empty'");
    }

    @Test
    void everyMethodHasItsOwnColour() {
        List<String> methods =
                List.of("sgd", "amgd", "adam", "adamw", "kfac", "foof", "left-only", "ngd", "ngd-empirical");

        assertThat(methods.stream().map(Palette::of)).doesNotHaveDuplicates();
    }

    @Test
    void ticksArePowersOfTen() {
        assertThat(Ticks.power(1)).isEqualTo("1");
        assertThat(Ticks.power(1e-3)).isEqualTo("10⁻³");
        assertThat(Ticks.power(1000)).isEqualTo("10³");
    }

    private static boolean contains(BufferedImage image, int rgb) {
        return IntStream.range(0, image.getWidth() * image.getHeight())
                .anyMatch(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) == rgb);
    }
}
