package org.layerwise.examples.linear.curves;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.report.Block;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.Table;

/**
 * What one result says.
 *
 * @param result what was measured
 */
record LinearReport(LinearResult result) {
    /** Largest factor between measured and reference value that counts as agreement. */
    static final double AGREEMENT = 1.5;

    Section section() {
        List<Block> body = new ArrayList<>();
        body.add(new Block.Paragraph(CURVES));
        for (double kappa : result.settings().kappas()) {
            body.add(new LinearFigure(result, kappa).figure());
        }
        predictions(body);
        reference(body);
        body.add(new Block.Heading("What this does and does not show"));
        body.add(new Block.Bullets(REMARKS));
        List<Claim> claims = new LinearClaims(result).all();
        return new Section(LearningCurves.NAME, TITLE, QUESTION, settings(), claims, body);
    }

    private static final String TITLE = "Linear representation learning: which method learns the features?";

    private static final String QUESTION = "Two regression tasks share their features: y = F G* x + noise, with one G*"
            + " and different heads F and input covariances for training and transfer. A DL4J network f(x) = F G x is"
            + " trained on the first task. Then its features G are frozen and a new head is fitted to the second task."
            + " The question is which optimizer makes G span the same subspace as G*, and how that depends on the"
            + " condition number of the inputs' covariance.";

    private static final String CURVES = "Lines are medians and bands are quartiles over the seeds; vertical axes are"
            + " logarithmic. Dotted black lines are the theory for KFAC: the part of the features outside the true ones"
            + " shrinks by exactly 1 - rate per step until it meets the noise floor. The theory's floor is in the"
            + " Frobenius norm; the distance shown is the operator norm, about 0.6 of it.";

    private static final List<String> REMARKS = List.of(
            "All settings are choices of this project; the settings behind the figures of arXiv 2502.01763 are not"
                    + " known to us.",
            "A small training loss does not mean that the features are learned: input directions of low variance hardly"
                    + " enter the training loss, but they enter the transfer loss.",
            "At one common rate KFAC is not the fastest in training loss (its loss shrinks by about (1 - rate)^2 per step"
                    + " whatever the problem); its advantage is that the rate does not depend on the conditioning, and shows in the"
                    + " distance and the transfer loss.");

    private List<String> settings() {
        LinearSettings s = result.settings();
        Dimensions sizes = s.sizes();
        List<String> lines = new ArrayList<>();
        lines.add("Sizes: " + sizes.inputs() + " inputs, " + sizes.hidden() + " features, " + sizes.outputs()
                + " outputs; " + sizes.batch() + " fresh examples per step; label noise " + Numbers.plain(s.noise())
                + ".");
        lines.add("Inputs: random signs times the root of a randomly rotated covariance with log-spaced eigenvalues and"
                + " trace " + sizes.inputs() + "; condition numbers "
                + String.join(", ", s.kappas().stream().map(Numbers::plain).toList()) + ".");
        lines.add(s.seeds() + " seed(s) per condition number from seed " + s.firstSeed() + ", " + s.iterations()
                + " iterations.");
        if (s.contenders().stream().anyMatch(c -> c.method().isFullMatrix())) {
            lines.add("NGD, whose step factorises a " + sizes.parameters() + " x " + sizes.parameters()
                    + " matrix: at most " + s.fullMatrix().seeds() + " seed(s) and "
                    + s.fullMatrix().iterations() + " iterations; damping "
                    + Numbers.brief(s.dampings().naturalGradient()) + " with the exact Fisher, "
                    + Numbers.brief(s.dampings().empiricalFisher()) + " with the empirical Fisher.");
        }
        lines.add("Damping " + Numbers.brief(s.dampings().inputs()) + " on the inputs' second moment. The rate of the"
                + " head in the layer-wise methods equals the rate of the features.");
        lines.add(
                "Learning rates refer to the loss 1/2 ||f - y||². Losses are population excess risks: no sampling noise"
                        + " and no label noise in them.");
        return lines;
    }

    private void predictions(List<Block> body) {
        Table table = new Table(
                "kappa",
                "method, rate",
                "contraction, predicted",
                "measured",
                "noise floor, predicted",
                "measured",
                "ratio");
        for (double kappa : result.settings().kappas()) {
            for (Contender contender : result.settings().contenders()) {
                FloorCheck check = FloorCheck.of(result.of(contender, kappa));
                if (!Double.isNaN(check.predictedFloor())) {
                    table.row(
                            Numbers.plain(kappa),
                            contender.label(),
                            Numbers.fixed(check.predictedContraction(), 4),
                            Numbers.fixed(check.contraction(), 4),
                            Numbers.brief(check.predictedFloor()),
                            Numbers.brief(check.floor()),
                            Numbers.fixed(check.floor() / check.predictedFloor(), 2));
                }
            }
        }
        if (!table.isEmpty()) {
            body.add(new Block.Heading("Measured against predicted"));
            body.add(new Block.Paragraph(
                    "Contraction: mean factor per step of the part of the features outside the true ones,"
                            + " until it has halved. Noise floor: root mean square of the Frobenius distance over the last"
                            + " fifth of the iterations; a dash where the run ends before the floor is reached. Medians"
                            + " over the seeds."));
            body.add(table);
        }
    }

    private void reference(List<Block> body) {
        Table table = new Table(
                "kappa",
                "method, rate",
                "iteration",
                "training loss",
                "reference",
                "ratio",
                "distance",
                "reference",
                "ratio",
                "transfer loss",
                "reference",
                "ratio");
        List<Reference> references = Reference.all();
        for (double kappa : result.settings().kappas()) {
            for (Contender contender : result.settings().contenders()) {
                references.stream()
                        .filter(r -> r.isOf(contender, kappa))
                        .forEach(r -> addReference(table, contender, r));
            }
        }
        if (!table.isEmpty()) {
            body.add(new Block.Heading("Against a reference replication"));
            body.add(new Block.Paragraph(
                    "Medians over the seeds against an independent replication of this set-up in NumPy"
                            + " (medians of its own 3 seeds, two digits; not values of the paper). Rows with a ratio"
                            + " outside [1/1.5, 1.5] are shaded. Methods that are not preconditioned on both sides depend"
                            + " on the conditioning of the seeds' tasks, so their medians over few seeds vary by more"
                            + " than that."));
            body.add(table);
        }
    }

    private void addReference(Table table, Contender contender, Reference r) {
        double loss = median(contender, r, Measurement::trainLoss);
        double distance = median(contender, r, Measurement::subspaceDistance);
        double transfer = median(contender, r, Measurement::transferLoss);
        if (Double.isNaN(loss)) {
            return;
        }
        String[] cells = {
            Numbers.plain(r.kappa()),
            contender.label(),
            Integer.toString(r.iteration()),
            Numbers.brief(loss),
            Numbers.brief(r.trainLoss()),
            Numbers.fixed(loss / r.trainLoss(), 2),
            Numbers.brief(distance),
            Numbers.brief(r.subspaceDistance()),
            Numbers.fixed(distance / r.subspaceDistance(), 2),
            Numbers.brief(transfer),
            Numbers.brief(r.transferLoss()),
            Numbers.fixed(transfer / r.transferLoss(), 2)
        };
        boolean agrees = agrees(loss / r.trainLoss())
                && agrees(distance / r.subspaceDistance())
                && agrees(transfer / r.transferLoss());
        if (agrees) {
            table.row(cells);
        } else {
            table.markedRow(cells);
        }
    }

    private double median(Contender contender, Reference r, ToDoubleFunction<Measurement> measure) {
        return result.quantile(contender, r.kappa(), r.iteration(), .5, measure);
    }

    private static boolean agrees(double ratio) {
        return Double.isNaN(ratio) || Math.abs(Math.log(ratio)) <= Math.log(AGREEMENT);
    }
}
