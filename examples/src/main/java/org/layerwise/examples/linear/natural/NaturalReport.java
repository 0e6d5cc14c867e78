package org.layerwise.examples.linear.natural;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.numeric.Quantiles;
import org.layerwise.examples.report.Block;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.Table;

/**
 * What one result says.
 *
 * @param result what was measured
 */
record NaturalReport(NaturalResult result) {
    private static final String TITLE = "Natural gradient descent: which Fisher matrix, and how much damping?";

    private static final String QUESTION = "The abstract of arXiv 2502.01763 reports that full second-order methods,"
            + " natural gradient descent (NGD), are heavily outperformed by layer-wise preconditioning in convergence"
            + " rate and stability. NGD solves a system with one matrix over all parameters of the DL4J network"
            + " f(x) = F G x. Two matrices go by that name: the exact Fisher matrix, here the Gauss-Newton matrix, whose"
            + " block diagonal is KFAC, and the empirical Fisher matrix, the second moment of the gradients of single"
            + " examples. Which of them does the statement hold for, and how does it depend on the damping?";

    private static final String CURVES = "Lines are medians and bands are quartiles over the seeds; line styles tell"
            + " dampings apart. A line ends where half of the seeds have diverged to numbers that are not finite.";

    private static final List<String> REMARKS = List.of(
            "With the exact Fisher matrix of the same batch and little damping the statement does not reproduce here: NGD"
                    + " is as stable as KFAC up to rate 1 and follows it after a slower start. Damping of the size of the"
                    + " smallest curvature slows NGD down: in those directions it is gradient descent again.",
            "With the empirical Fisher matrix it does. Gradients of single examples are proportional to their residuals,"
                    + " so the matrix is weighted by squared residuals: the effective rate is about the rate over the"
                    + " loss, tiny at the start and too large once the loss is small. A step lowers the loss by at most the"
                    + " learning rate, and near the solution it overshoots.",
            "A large damping makes NGD with the empirical matrix nearly gradient descent, which is stable at rates that"
                    + " fit it; then it learns the features too, without what second-order information is meant to"
                    + " bring.",
            "Which matrix and damping are behind the abstract's statement is not known to us.");

    Section section() {
        List<Block> body = new ArrayList<>();
        body.add(new Block.Paragraph(CURVES));
        for (Budget budget : result.settings().budgets()) {
            body.add(new NaturalFigures(result, budget).figure());
        }
        body.add(new Block.Heading("After the last iteration"));
        body.add(
                new Block.Paragraph("Medians over the seeds; ∞ where a run reached numbers that are not finite, and the"
                        + " distance counts as 1 there. Shaded rows: runs that end with more training loss than they began"
                        + " with."));
        body.add(table());
        reference(body);
        body.add(new Block.Heading("What this does and does not show"));
        body.add(new Block.Bullets(REMARKS));
        List<String> settings = settings();
        return new Section(NaturalGradient.NAME, TITLE, QUESTION, settings, new NaturalClaims(result).all(), body);
    }

    private List<String> settings() {
        NaturalSettings s = result.settings();
        Dimensions sizes = s.sizes();
        return List.of(
                "All settings are choices of this project.",
                "Sizes: " + sizes.inputs() + " inputs, " + sizes.hidden() + " features, " + sizes.outputs()
                        + " outputs; " + sizes.batch() + " fresh examples per step; label noise "
                        + Numbers.plain(s.noise()) + ". NGD's matrix is " + sizes.parameters() + " x "
                        + sizes.parameters() + ".",
                "Inputs: random signs times the root of a randomly rotated covariance with log-spaced eigenvalues,"
                        + " condition number " + Numbers.plain(s.kappa()) + " and trace " + sizes.inputs() + ".",
                s.seeds() + " seed(s) from seed " + s.firstSeed()
                        + "; all methods of a seed share task, start and batches.",
                "Learning rates refer to the loss 1/2 ||f - y||² and are the same for all methods; curvature and gradient"
                        + " are of the same batch, without moving averages. Damping of KFAC "
                        + Numbers.brief(s.inputDamping()) + ".");
    }

    private Table table() {
        Table table = new Table("method", "rate", "steps", "training loss", "distance", "runs that diverge");
        for (Budget budget : result.settings().budgets()) {
            for (Curvature curvature : result.settings().curvatures()) {
                if (!result.of(curvature, budget.learningRate()).isEmpty()) {
                    addRow(table, curvature, budget);
                }
            }
        }
        return table;
    }

    private void addRow(Table table, Curvature curvature, Budget budget) {
        double rate = budget.learningRate();
        List<Boolean> diverged = result.diverged(curvature, budget);
        long count = diverged.stream().filter(d -> d).count();
        String[] cells = {
            curvature.label(),
            Numbers.plain(rate),
            Integer.toString(budget.iterations()),
            Numbers.digits(Quantiles.median(result.losses(curvature, rate, budget.iterations())), 2),
            Numbers.brief(Quantiles.median(result.distances(curvature, rate, budget.iterations()))),
            count + " of " + diverged.size()
        };
        if (count > 0) {
            table.markedRow(cells);
        } else {
            table.row(cells);
        }
    }

    private void reference(List<Block> body) {
        if (!result.settings().sizes().equals(Dimensions.REFERENCE)) {
            return;
        }
        Table table = new Table("method", "rate", "iteration", "distance", "reference", "training loss", "reference");
        ResultTable references = ResultTable.resource(NaturalReport.class, "reference.csv");
        for (Row row : references.rows()) {
            for (Curvature curvature : result.settings().curvatures()) {
                addReference(table, references, row, curvature);
            }
        }
        body.add(new Block.Heading("Against a reference replication"));
        body.add(new Block.Paragraph("Medians over the seeds against an independent replication of this set-up in NumPy"
                + " (two digits, one task; not values of the paper). It lists exact NGD without its damping."));
        body.add(table);
    }

    private void addReference(Table table, ResultTable references, Row row, Curvature curvature) {
        double damping = references.number(row, "damping");
        double rate = references.number(row, "learning_rate");
        int iteration = (int) references.number(row, "iteration");
        boolean listed =
                references.text(row, "method").equals(curvature.method().id())
                        && (Double.isNaN(damping) || damping == curvature.damping());
        if (!listed || result.of(curvature, rate).isEmpty()) {
            return;
        }
        table.row(
                curvature.label(),
                Numbers.plain(rate),
                Integer.toString(iteration),
                Numbers.brief(Quantiles.median(result.distances(curvature, rate, iteration))),
                Numbers.brief(references.number(row, "distance")),
                Numbers.digits(Quantiles.median(result.losses(curvature, rate, iteration)), 2),
                Numbers.brief(references.number(row, "train_loss")));
    }
}
