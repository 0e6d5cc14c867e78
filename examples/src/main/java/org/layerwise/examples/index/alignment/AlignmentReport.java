package org.layerwise.examples.index.alignment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.IndexTask.Orientation;
import org.layerwise.examples.report.Block;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.Table;

/**
 * What one result says.
 *
 * @param result what was measured
 */
record AlignmentReport(AlignmentResult result) {
    private static final String TITLE = "Single-index learning: which direction does one step find?";

    private static final String QUESTION = "Labels depend on one direction of the input: y = σ*(β*ᵀx) + noise with"
            + " anisotropic Gaussian x. A two-layer DL4J network f(x) = aᵀ relu(Gx) takes one step on its first layer G."
            + " The update is almost of rank one: a spike whose right singular vector b is what the network has learned."
            + " The question is how well b is aligned with β*, for SGD and for layer-wise preconditioning, and whether"
            + " more data, less anisotropy or another damping changes that.";

    private static final String READING = "Dots are means over the tasks with 95 % intervals of one step of the real"
            + " network; lines are the exact asymptotics, averaged over the same tasks. Upper panels: the angle between b"
            + " and β*, ρ² = (β*ᵀb)² / (|β*|² |b|²). Lower panels: the same in the metric Σ, the squared correlation of"
            + " bᵀx and β*ᵀx.";

    private static final List<String> REMARKS = List.of(
            "SGD's spike points to Σβ*, so its angle with β* stops improving with more data; KFAC's improves until it"
                    + " points to β*.",
            "Preconditioning is not better at every damping. Without damping KFAC amplifies the noise in the directions"
                    + " of low variance and is worse than SGD where the labels have a large part that is not linear in"
                    + " the index (ReLU and quadratic teacher). The abstract's comparison holds with a damping near λ*.",
            "The ReLU teacher's labels have a mean of .4, which counts as noise here: nothing is centred.",
            "Adam and the diagonal of the inputs' second moment help only if Σ is aligned with the axes, and then less"
                    + " than KFAC. Adam improves the angle there at the expense of the alignment in the metric Σ.",
            "The asymptotics describe the spike alone: the part of the update that the head sees. The rest of the update"
                    + " is smaller by about the root of n, but it tilts the top right singular vector. Little damping"
                    + " makes the rest grow with the inverse of the smallest eigenvalue of XᵀX/n, most so with n near dX,"
                    + " and the singular vector then falls below the theory. The two are judged apart above.");

    Section section() {
        AlignmentTables tables = new AlignmentTables(result);
        List<Block> body = new ArrayList<>();
        body.add(new Block.Paragraph(READING));
        body.addAll(new AlignmentFigures(result).all());
        body.add(new Block.Heading("Measured against predicted"));
        body.add(new Block.Paragraph("Means over the tasks; differences are paired by task, because the prediction is"
                + " made for every task. Of means that agree perfectly about "
                + "2 to 4 % still lie outside 2.5 standard errors, as these are estimated from few tasks."));
        body.add(tables.agreement());
        body.add(new Block.Paragraph("The singular vectors farthest from the theory; those outside are shaded."));
        body.add(tables.worst());
        body.add(new Block.Heading("Damping"));
        body.add(new Block.Paragraph("Shaded where KFAC without damping is worse than SGD."));
        body.add(tables.dampings());
        body.add(new Block.Heading("Every method"));
        body.add(new Block.Paragraph(
                result.settings().comparison(Orientation.ROTATED).label()
                        + " and axis-aligned. No theory is given for the diagonal methods."));
        body.add(tables.methods());
        reference(tables.reference(), body);
        body.add(new Block.Heading("What this does and does not show"));
        body.add(new Block.Bullets(REMARKS));
        return new Section(SingleIndex.NAME, TITLE, QUESTION, settings(), new AlignmentClaims(result).all(), body);
    }

    private static void reference(Table table, List<Block> body) {
        if (!table.isEmpty()) {
            body.add(new Block.Heading("Against a reference replication"));
            body.add(new Block.Paragraph("Simulated values of an independent replication in NumPy (not values of the"
                    + " paper). Its values deviate from the mean over random tasks like those of a single task; rows are"
                    + " shaded beyond 2.5 standard deviations of one task."));
            body.add(table);
        }
    }

    private List<String> settings() {
        AlignmentSettings s = result.settings();
        AlignmentSettings.Sizes sizes = s.sizes();
        return List.of(
                "All settings are choices of this project; those behind the figures of arXiv 2502.01763 are not known"
                        + " to us.",
                "Sizes: " + sizes.inputs() + " inputs (dX), " + sizes.hidden() + " hidden units, label noise "
                        + Numbers.plain(sizes.noise()) + "; n/dX in " + list(s.ratios()) + " at κ = 100, κ in "
                        + list(s.kappas()) + " at n = 2 dX.",
                "Inputs: Gaussian with log-spaced eigenvalues of trace dX and condition number κ, randomly rotated except"
                        + " where called axis-aligned. β*: uniformly random, of length 1.",
                "Start: G with N(0, 1/dX) entries, in quadruples (g, a), (g, -a), (-g, a), (-g, -a) with the head's a,"
                        + " so that the output is exactly zero and the rest of the update is orthogonal to the head.",
                s.seeds() + " task(s) per point from seed " + s.firstSeed()
                        + ". All methods of a point share task, start" + " and batch.",
                "Methods: " + methods()
                        + ". The first step of Muon and of Shampoo is the polar factor of the gradient: all"
                        + " its singular values are equal, so that no direction leads.",
                "KFAC has the input side only: gradient times (XᵀX/n + λ)⁻¹ of the same batch. λ → 0 stands for "
                        + Numbers.digits(AlignmentSettings.UNDAMPED, 1)
                        + ", λ* for the predicted best damping (dX/n) σ²/(a1² |β*|²), where a1 is the linear coefficient"
                        + " of the labels in the index and σ² the second moment of the rest. Diagonal inputs: gradient"
                        + " times (diag(XᵀX/n) + " + Numbers.plain(AlignmentSettings.DAMPING)
                        + ")⁻¹. Adam: first step.");
    }

    private static String methods() {
        return Arrays.stream(FirstStep.values()).map(FirstStep::label).collect(Collectors.joining(", "));
    }

    private static String list(List<Double> values) {
        return values.stream().map(Numbers::plain).collect(Collectors.joining(", "));
    }
}
