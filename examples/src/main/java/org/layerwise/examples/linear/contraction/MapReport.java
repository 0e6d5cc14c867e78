package org.layerwise.examples.linear.contraction;

import java.util.List;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.report.Block;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.Table;

/**
 * What one result says.
 *
 * @param settings what was run
 * @param rates what was measured
 */
record MapReport(MapSettings settings, List<Rate> rates) {
    private static final String TITLE = "What each preconditioner does to the convergence rate";

    private static final String QUESTION = "A layer-wise preconditioned step multiplies the features' gradient by P⁻¹"
            + " from the left and by Q⁻¹ from the right. Near the solution, with the head at least squares, theory says"
            + " how fast each mode of the error outside the true features shrinks: without preconditioners the rate"
            + " depends on the condition numbers of the inputs' covariance and of the head F*; Q = Sigma removes the"
            + " first, P = F'F the second, and KFAC, which has both, depends on neither. Is that what the optimizers"
            + " do?";

    private static final String FIGURES = "Share of the slowest mode that one step removes; higher is faster. Lines are"
            + " the theory, one per condition number of the head F*; dots are measured, on the task of the first seed."
            + " Where the lines of a panel lie on each other, the condition number of the head does not matter; where"
            + " they are flat, that of the inputs does not.";

    private static final List<String> REMARKS = List.of(
            "These are local rates on the population without label noise. How far from the solution they hold, and where"
                    + " the noise stops the descent, other experiments of this suite show.",
            "The head is at least squares before every step. When it lags behind the features, as in the layer-wise"
                    + " scheme with a small rate of the head, the modes of methods without right preconditioner couple to"
                    + " the head's.",
            "Damping brings the conditioning back as soon as it is not small against the least eigenvalue of Sigma.");

    Section section() {
        MapFigure figure = new MapFigure(settings, rates);
        List<Block> body = List.of(
                new Block.Paragraph(FIGURES),
                figure.map(Rate.Choice.BEST),
                figure.map(Rate.Choice.COMMON),
                figure.damping(),
                new Block.Heading("Measured against predicted"),
                new Block.Paragraph("1 - factor per step of the slowest mode, task of the first seed."),
                table(),
                new Block.Heading("What this does and does not show"),
                new Block.Bullets(REMARKS));
        return new Section(ContractionMap.NAME, TITLE, QUESTION, words(), new MapClaims(rates).all(), body);
    }

    private List<String> words() {
        Dimensions sizes = settings.sizes();
        return List.of(
                "All settings are choices of this project.",
                "Sizes: " + sizes.inputs() + " inputs, " + sizes.hidden() + " features, " + sizes.outputs()
                        + " outputs; "
                        + settings.seeds() + " task(s) per pair of condition numbers from seed " + settings.firstSeed()
                        + ".",
                "Inputs: randomly rotated covariance, log-spaced eigenvalues, trace " + sizes.inputs()
                        + "; condition numbers " + list(settings.kappas()) + ". Head: singular values log-spaced from 1"
                        + " down, random singular vectors; condition numbers " + list(settings.headKappas()) + ".",
                "Measurement: one step of the real DL4J updater on the whole population without noise from a tiny error in"
                        + " every direction outside the true features gives the Jacobian of the step; its spectral radius"
                        + " is the factor per step of the slowest mode.",
                "Learning rates: " + Numbers.plain(settings.rate())
                        + " for all, and the best one of each method on each"
                        + " task, 2 / (smallest + largest eigenvalue), where the best rate of undamped KFAC is 1: it"
                        + " arrives in one step.");
    }

    private static String list(List<Double> values) {
        return String.join(", ", values.stream().map(Numbers::plain).toList());
    }

    private Table table() {
        Table table =
                new Table("method", "kappa, inputs", "kappa, head", "rate", "predicted", "measured", "relative error");
        for (Scheme scheme : settings.schemes()) {
            rates.stream()
                    .filter(r -> r.scheme().equals(scheme) && r.seed() == settings.firstSeed() && isCorner(r))
                    .forEach(r -> table.row(
                            scheme.label(),
                            Numbers.plain(r.kappa()),
                            Numbers.plain(r.headKappa()),
                            Numbers.digits(r.learningRate(), 3),
                            Numbers.digits(r.predictedGain(), 4),
                            Numbers.digits(r.gain(), 4),
                            Numbers.brief(r.error())));
        }
        return table;
    }

    /** Whether both condition numbers are at an end of their range: the table shows these alone. */
    private boolean isCorner(Rate rate) {
        return isEnd(settings.kappas(), rate.kappa()) && isEnd(settings.headKappas(), rate.headKappa());
    }

    private static boolean isEnd(List<Double> values, double value) {
        return value == values.get(0) || value == values.get(values.size() - 1);
    }
}
