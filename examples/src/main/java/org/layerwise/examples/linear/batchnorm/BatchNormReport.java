package org.layerwise.examples.linear.batchnorm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.LinearTask.Orientation;
import org.layerwise.examples.linear.Normalisation;
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
record BatchNormReport(BatchNormResult result) {
    private static final String TITLE = "Batch normalisation: does it replace preconditioning?";

    private static final String QUESTION = "Batch normalisation rescales coordinates, so it removes ill conditioning"
            + " only where the principal axes of the inputs are the coordinates. A DL4J network f(x) = F G x gets a"
            + " batch normalisation layer before G (input BN) or between G and F (hidden BN) and is trained by least"
            + " squares for F and gradient steps for G, through the statistics of the batch (AMGD). The question is"
            + " whether that finds the features that KFAC finds without normalisation, and what happens to the learned"
            + " features when the statistics are computed anew on the inputs of the transfer task.";

    private static final String CURVES = "Lines are medians and bands are quartiles over the seeds. Solid lines: the"
            + " statistics stay those of the training inputs. Dashed lines: the statistics are computed anew on the"
            + " inputs of the transfer task. Hidden BN (dash-dotted) lies on the curve without normalisation.";

    private static final List<String> REMARKS = List.of(
            "Hidden BN is no preconditioner: the loss after the best head is a function of the span of G alone, and"
                    + " scales of the features do not change it. What it adds is an error of the training loss, because"
                    + " the statistics of a batch are not those of the population.",
            "Input BN replaces the covariance of the inputs by their correlation matrix. That is the identity for"
                    + " axis-aligned inputs, and about as ill conditioned as before for rotated ones (table). KFAC whitens"
                    + " with the whole second moment and does not see the difference.",
            "With input BN the learned map is G times the inverse deviations of the training inputs. Statistics computed"
                    + " anew on other inputs put other deviations in its place, and its rows leave the span of the true"
                    + " features: a mechanism for the abstract's remark that batch normalisation can hurt generalisation."
                    + " With frozen statistics there is no such harm.");

    /** Steps behind the values of the replication. */
    private static final int REFERENCE_ITERATIONS = 1000;

    Section section() {
        BatchNormFigures figures = new BatchNormFigures(result);
        List<Block> body = new ArrayList<>();
        body.add(new Block.Paragraph(CURVES));
        body.add(figures.transferLoss());
        body.add(figures.distance());
        body.add(new Block.Heading("After the last iteration"));
        body.add(new Block.Paragraph("Medians over the seeds. Condition: condition number of the inputs as G sees them,"
                + " behind the normalisation. Reference: an independent replication of this set-up in NumPy at the"
                + " reference sizes (two digits; not values of the paper), where it has a value."));
        body.add(table());
        body.add(new Block.Heading("What this does and does not show"));
        body.add(new Block.Bullets(REMARKS));
        return new Section(BatchNorm.NAME, TITLE, QUESTION, settings(), new BatchNormClaims(result).all(), body);
    }

    private List<String> settings() {
        BatchNormSettings s = result.settings();
        Dimensions sizes = s.sizes();
        return List.of(
                "All settings are choices of this project.",
                "Sizes: " + sizes.inputs() + " inputs, " + sizes.hidden() + " features, " + sizes.outputs()
                        + " outputs; " + sizes.batch() + " fresh examples per step; label noise "
                        + Numbers.plain(s.noise()) + "; " + s.iterations() + " steps, of KFAC " + s.kfacIterations()
                        + ".",
                "Inputs: random signs times the root of a covariance with log-spaced eigenvalues, condition number "
                        + Numbers.plain(s.kappa()) + " and trace " + sizes.inputs() + ". Rotated: training and transfer"
                        + " inputs have random principal axes of their own. Axis-aligned: the principal axes are the"
                        + " coordinates, and training and transfer inputs have the eigenvalues in different random"
                        + " orders.",
                s.seeds() + " seed(s) per orientation from seed " + s.firstSeed()
                        + "; the variants of a seed share task, start and batches.",
                "Batch normalisation: DL4J's layer without scale and shift, epsilon "
                        + Numbers.brief(Normalisation.EPSILON)
                        + ". Frozen statistics are the population's, the limit of"
                        + " the layer's running averages.",
                "Losses are population excess risks; the head of the transfer task is the best one for the frozen"
                        + " features. Damping of KFAC "
                        + Numbers.brief(s.dampings().inputs()) + ".");
    }

    private Table table() {
        Table table = new Table(
                "inputs",
                "variant",
                "statistics",
                "condition",
                "training loss",
                "distance",
                "reference",
                "transfer loss",
                "reference");
        for (Orientation orientation : Orientation.values()) {
            for (Variant variant : result.settings().variants()) {
                table.row(cells(orientation, variant, "frozen", State::distance, State::transferLoss));
                if (variant.normalisation() == Normalisation.INPUT) {
                    table.row(cells(
                            orientation, variant, "recomputed", State::recomputedDistance, State::recomputedLoss));
                }
            }
        }
        return table;
    }

    private String[] cells(
            Orientation orientation,
            Variant variant,
            String statistics,
            ToDoubleFunction<State> distance,
            ToDoubleFunction<State> transferLoss) {
        double[] conditions = result.of(orientation, variant).stream()
                .mapToDouble(Run::inputCondition)
                .toArray();
        boolean frozen = statistics.equals("frozen");
        return new String[] {
            orientation.id(),
            variant.label(),
            statistics,
            Numbers.brief(Quantiles.median(conditions)),
            Numbers.brief(frozen ? result.median(orientation, variant, State::trainLoss) : Double.NaN),
            Numbers.brief(result.median(orientation, variant, distance)),
            reference(orientation, variant, statistics, "distance"),
            Numbers.brief(result.median(orientation, variant, transferLoss)),
            reference(orientation, variant, statistics, "transfer_loss")
        };
    }

    /** Value of the replication, which has the reference sizes; "-" if there is none. */
    private String reference(Orientation orientation, Variant variant, String statistics, String column) {
        BatchNormSettings settings = result.settings();
        if (!settings.sizes().equals(Dimensions.REFERENCE) || settings.iterations() != REFERENCE_ITERATIONS) {
            return "-";
        }
        ResultTable values = ResultTable.resource(BatchNormReport.class, "reference.csv")
                .where("orientation", orientation.id())
                .where("variant", variant.id())
                .where("statistics", statistics);
        List<Row> rows = values.rows();
        return rows.isEmpty() ? "-" : Numbers.brief(values.number(rows.get(0), column));
    }
}
