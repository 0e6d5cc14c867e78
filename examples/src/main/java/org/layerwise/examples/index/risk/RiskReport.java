package org.layerwise.examples.index.risk;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
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
record RiskReport(RiskResult result) {
    private static final String TITLE = "Single-index learning: what is one step of the first layer worth?";

    private static final String QUESTION = "The first layer of a two-layer network takes one step on a single-index"
            + " task, y = link(beta*ᵀx) + noise. Then it is frozen, and a ridge regression on its hidden layer learns"
            + " the head from fresh examples. The question is how well the network then predicts, after a step of SGD"
            + " and after one of KFAC, how that depends on the size of the step, and whether either beats no step at"
            + " all and a plain linear fit.";

    private static final String CURVES = "Lines are means over the seeds (geometric, since the axis is logarithmic) and"
            + " bands their 95 % intervals. A step of size s shifts the input of a hidden neuron by a standard deviation"
            + " of s, root mean square over the neurons. Dotted lines are a prediction without any fit: the risk of an"
            + " ideal student that sees the input through the update's leading direction alone. It is no lower bound,"
            + " because the network's other, random features also fit the linear part of what is left.";

    private static final List<String> REMARKS = List.of(
            "All settings are choices of this project; the settings behind the figures of arXiv 2502.01763 are not"
                    + " known to us.",
            "The tanh teacher proves nothing about features: it is so nearly linear that least squares on the inputs is"
                    + " as good as any feature step. The other two teachers have a real nonlinear part.",
            "A closed form for the network's risk is not known to us. The prediction of the spike alone puts the methods in"
                    + " the right order, but it is not the risk: it leaves out that the random features fit what the"
                    + " spike misses, which helps most where the direction is inaccurate (SGD), and that the head is"
                    + " estimated from finitely many noisy examples, which costs most where the direction is accurate"
                    + " (KFAC on tanh).");

    Section section() {
        List<Block> body = new ArrayList<>();
        body.add(new Block.Paragraph(CURVES));
        result.settings().kappas().forEach(kappa -> body.add(new RiskFigure(result, kappa).figure()));
        predictions(body);
        reference(body);
        body.add(new Block.Heading("What this does and does not show"));
        body.add(new Block.Bullets(REMARKS));
        return new Section(SecondStage.NAME, TITLE, QUESTION, settings(), new RiskClaims(result).all(), body);
    }

    private List<String> settings() {
        RiskSettings s = result.settings();
        RiskSizes sizes = s.sizes();
        String kappas = s.kappas().stream().map(Numbers::plain).collect(Collectors.joining(", "));
        return List.of(
                "Sizes: " + sizes.inputs() + " inputs, " + sizes.hidden() + " hidden ReLU neurons; "
                        + sizes.firstStage()
                        + " examples for the step of the first layer, " + sizes.secondStage()
                        + " fresh ones for the ridge regression, " + sizes.test()
                        + " fresh ones for the risk. Label noise " + Numbers.plain(s.noise()) + ".",
                "Inputs: Gaussian with a randomly rotated covariance of log-spaced eigenvalues; condition numbers "
                        + kappas + ". The direction beta* is random, scaled so that the index beta*ᵀx has variance 1.",
                "Start: first layer with variance 1/" + sizes.inputs() + ", head with standard deviation 1/"
                        + sizes.hidden() + ". KFAC preconditions the input side only, with the curvature of the same"
                        + " batch and damping " + Numbers.plain(s.damping()) + ".",
                s.seeds() + " seed(s) per condition number and teacher from seed " + s.firstSeed()
                        + "; methods and step sizes share task, start and examples. Step sizes: "
                        + s.steps().count() + " from " + Numbers.plain(s.steps().low()) + " to "
                        + Numbers.plain(s.steps().high()) + ", log-spaced.",
                "The ridge regression has an intercept. Its penalty is the best on the test examples of "
                        + s.penalties().count() + " from "
                        + Numbers.brief(s.penalties().low()) + " to "
                        + Numbers.plain(s.penalties().high())
                        + ", and where methods are compared the step size is the one with the least mean risk: both"
                        + " choices see the test, the same for every method, so risks are slightly optimistic.",
                "Risks are excess mean squared errors against labels without noise.");
    }

    private void predictions(List<Block> body) {
        Table table = new Table(
                "kappa",
                "teacher",
                "method",
                "best step size",
                "risk, measured",
                "alignment ρ²",
                "spike alone, predicted",
                "spike and linear part, predicted");
        for (RiskResult.Problem problem : result.problems()) {
            SpikeRisk theory = SpikeRisk.of(problem.teacher());
            for (FirstStep method : RiskSettings.METHODS) {
                double alignment =
                        Estimate.mean(result.alignments(problem, method)).value();
                table.row(
                        Numbers.plain(problem.kappa()),
                        problem.teacher().label(),
                        method.label(),
                        Numbers.brief(result.bestStep(problem, method.id())),
                        withInterval(Estimate.mean(result.bestRisks(problem, method.id()))),
                        Numbers.fixed(alignment, 3),
                        Numbers.digits(theory.spikeOnly(alignment), 3),
                        Numbers.digits(theory.withLinearPart(alignment), 3));
            }
        }
        body.add(new Block.Heading("Measured against predicted"));
        body.add(
                new Block.Paragraph("Risks at the best step size, means over the seeds. The alignment is the one of the"
                        + " update's leading right singular vector with beta*, squared, in the metric of the covariance; the"
                        + " predictions are computed from it. The last column is the risk of an ideal student that sees the"
                        + " input through that direction and, besides, every linear function of it. It is no lower bound"
                        + " either: the random features fit some of the remaining nonlinear part."));
        body.add(table);
    }

    private void reference(List<Block> body) {
        List<RiskAgreement> agreements = RiskAgreement.all(result);
        if (agreements.isEmpty()) {
            return;
        }
        Table table = new Table("kappa", "teacher", "method", "risk, measured", "reference", "ratio");
        for (RiskAgreement agreement : agreements) {
            String[] cells = {
                Numbers.plain(agreement.problem().kappa()),
                agreement.problem().teacher().label(),
                label(agreement.method()),
                withInterval(agreement.measured()),
                Numbers.digits(agreement.reference(), 3),
                Numbers.fixed(agreement.measured().value() / agreement.reference(), 2)
            };
            if (agreement.isWithinNoise()) {
                table.row(cells);
            } else {
                table.markedRow(cells);
            }
        }
        body.add(new Block.Heading("Against a reference replication"));
        body.add(
                new Block.Paragraph(
                        "Means over the seeds at the best step size against an independent replication of"
                                + " this set-up in NumPy (not values of the paper). Shaded rows differ by more than two means over"
                                + " different tasks would at 95 %, taking three seeds for the reference, whose number is not recorded."));
        body.add(table);
    }

    private static String label(String method) {
        return switch (method) {
            case Outcome.RANDOM_FEATURES -> "random features";
            case Outcome.LINEAR -> "least squares";
            default -> FirstStep.of(method).label();
        };
    }

    private static String withInterval(Estimate estimate) {
        String value = Numbers.digits(estimate.value(), 3);
        return Double.isInfinite(estimate.halfWidth())
                ? value
                : value + " ± " + Numbers.digits(estimate.halfWidth(), 2);
    }
}
