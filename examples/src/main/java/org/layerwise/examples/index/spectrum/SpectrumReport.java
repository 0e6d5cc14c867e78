package org.layerwise.examples.index.spectrum;

import java.util.List;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Block;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.Table;

/**
 * What one result says.
 *
 * @param result what was measured
 */
record SpectrumReport(SpectrumResult result) {
    private static final String TITLE = "Single-index learning: the spike that one step plants in the first layer";

    private static final String QUESTION = "Before training the first layer is a random matrix without any preferred"
            + " direction. One step adds nearly a rank-one matrix to it, the head times an estimate of beta*. The"
            + " question is when that spike shows among the singular values, where the outlier then lies, and how well"
            + " its direction agrees with beta* after a step of SGD and of KFAC.";

    private static final String HISTOGRAM =
            "Columns are the singular values of the weights of the DL4J network after the"
                    + " step. The dotted line is the limiting density of a matrix without a spike, the dashed line the position"
                    + " that theory predicts for the outlier.";

    private static final String OUTLIER =
            "Dots are measured, slightly apart so that both methods are seen. Lines are the"
                    + " theory; on the right it is the theory's alignment with the spike times the measured alignment of the"
                    + " spike with beta*. Below the threshold a spike is hidden in the bulk.";

    private static final List<String> REMARKS = List.of(
            "All settings are choices of this project; the settings behind the figures of arXiv 2502.01763 are not"
                    + " known to us.",
            "The position of the outlier depends on the strength of the spike alone, so that SGD and KFAC agree there."
                    + " They differ in where the spike points: that of SGD is pulled towards the directions in which the"
                    + " inputs vary most.",
            "The theory is a limit of large matrices. Near the threshold it is reached slowly: the claims leave out"
                    + " strengths close to it. The step is not exactly of rank one either; its remainder, about a tenth of it,"
                    + " acts as noise.");

    Section section() {
        SpectrumFigures figures = new SpectrumFigures(result);
        List<Block> body = List.of(
                new Block.Paragraph(HISTOGRAM),
                figures.histogram(),
                new Block.Paragraph(OUTLIER),
                figures.outlier(),
                new Block.Heading("Measured against predicted"),
                new Block.Paragraph(
                        "Means over the seeds of the largest singular value and of the squared alignments of"
                                + " its right singular vector with the spike and with beta*."),
                predictions(),
                new Block.Heading("What this does and does not show"),
                new Block.Bullets(REMARKS));
        return new Section(
                SpectrumExperiment.NAME, TITLE, QUESTION, settings(), new SpectrumClaims(result).all(), body);
    }

    private List<String> settings() {
        SpectrumSettings s = result.settings();
        return List.of(
                "Sizes: " + s.inputs() + " inputs, " + s.hidden() + " hidden ReLU neurons, " + s.examples()
                        + " examples; the teacher is " + s.teacher().label() + ", label noise "
                        + Numbers.plain(s.noise())
                        + ".",
                "Inputs: Gaussian with a randomly rotated covariance of log-spaced eigenvalues and trace " + s.inputs()
                        + ", condition number " + Numbers.plain(s.kappa()) + "; beta* is a random unit vector.",
                "Start: first layer G0 with variance 1/" + s.inputs() + ", head a with standard deviation "
                        + Numbers.plain(SpikedLayer.HEAD_SCALE) + "/" + s.hidden()
                        + ", so small that the output before the step is negligible, as the theory assumes. KFAC preconditions the input side only, with the curvature of the same batch and damping "
                        + Numbers.plain(s.damping()) + ".",
                "The rate eta is chosen per seed and method so that the spike eta/2 · |a| · |b| has the strength theta"
                        + " given, with b = Xᵀy/n for SGD and the ridge estimator (XᵀX/n + damping)⁻¹Xᵀy/n for KFAC,"
                        + " computed from the same examples.",
                s.seeds() + " seed(s) from seed " + s.firstSeed()
                        + "; methods and strengths share task, start and examples.");
    }

    private Table predictions() {
        SpikeTheory theory = result.settings().theory();
        Table table = new Table(
                "strength",
                "method",
                "largest singular value",
                "predicted",
                "alignment with the spike",
                "predicted",
                "alignment with beta*",
                "predicted");
        for (double theta : result.settings().strengths()) {
            for (FirstStep method : SpectrumSettings.METHODS) {
                double spike = mean(result.leading(method, theta, SingularDirection::spike));
                table.row(
                        Numbers.plain(theta),
                        method.label(),
                        Numbers.fixed(mean(result.leading(method, theta, SingularDirection::value)), 3),
                        Numbers.fixed(theory.largest(theta), 3),
                        Numbers.fixed(mean(result.leading(method, theta, SingularDirection::estimate)), 3),
                        Numbers.fixed(theory.alignment(theta), 3),
                        Numbers.fixed(mean(result.leading(method, theta, SingularDirection::index)), 3),
                        Numbers.fixed(theory.alignment(theta) * spike, 3));
            }
        }
        return table;
    }

    private static double mean(double[] values) {
        return Estimate.mean(values).value();
    }
}
