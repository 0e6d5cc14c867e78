package org.layerwise.examples.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The page of a run: all verdicts first, then every experiment. */
public final class SuiteReport {
    private static final String HONESTY = "All settings are choices of this project: the settings behind the figures of"
            + " arXiv 2502.01763 are not known to us. Predictions are derived for these models by this project unless a"
            + " source is named. Intervals are 95 % confidence intervals over independent seeds; figures show medians"
            + " and quartiles, or means and their intervals, as they say.";

    private static final String VERDICTS = "A claim is reproduced if the measured number meets its expectation beyond"
            + " the sampling error, mild if it does so weakly or with some doubt, not reproduced if it does not, and"
            + " inconclusive if the interval is too wide to tell.";

    private SuiteReport() {}

    /**
     * Writes the page; {@code target} is never seen half written.
     *
     * @param title heading
     * @param environment what it was computed on
     * @param preset name of the preset
     * @param sections one per experiment
     */
    public static void write(Path target, String title, String environment, String preset, List<Section> sections)
            throws IOException {
        HtmlReport page = new HtmlReport(title);
        page.paragraph("Preset " + preset.toLowerCase(Locale.ROOT) + "; computed on " + environment + ".");
        page.paragraph(HONESTY);
        page.heading("Verdicts").paragraph(VERDICTS).verdicts(sections);
        for (Section section : sections) {
            page.section(section);
        }
        page.write(target);
    }
}
