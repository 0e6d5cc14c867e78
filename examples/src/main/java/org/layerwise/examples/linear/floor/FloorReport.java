package org.layerwise.examples.linear.floor;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.hipparchus.stat.regression.SimpleRegression;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Axis;
import org.layerwise.examples.report.Block;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Curve;
import org.layerwise.examples.report.Expectation;
import org.layerwise.examples.report.Figure;
import org.layerwise.examples.report.LineStyle;
import org.layerwise.examples.report.Numbers;
import org.layerwise.examples.report.Palette;
import org.layerwise.examples.report.Panel;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.Table;

/**
 * What one result says.
 *
 * @param settings what was run
 * @param floors what was measured
 */
record FloorReport(FloorSettings settings, List<Floor> floors) {
    private static final String TITLE = "Where label noise stops KFAC";

    private static final String QUESTION = "KFAC shrinks the error outside the true features by 1 - rate per step, and"
            + " every batch adds fresh noise, amplified in the directions in which the inputs hardly vary. Theory for"
            + " the stationary Frobenius distance: its square is eta / (2 - eta) sigma² tr((F'F)⁻¹) tr(U' Sigma⁻¹ U) /"
            + " (n - dX - 1), where U spans what is orthogonal to the true features. So the rate is free of the"
            + " condition number, but the floor is not. Does the real optimizer settle there?";

    private static final String FIGURE = "Lines are the theory; dots are measured, with 95 % intervals of the mean over"
            + " the tasks. Left: every condition number over the learning rate. Right: measured over predicted distance.";

    /** Terms of second order in the noise, and the head's own noise, which the prediction leaves out. */
    private static final double TOLERANCE = .03;

    /** What {@link #TOLERANCE} between the ends of the range of rates makes of the exponent, and some more. */
    private static final double EXPONENT_TOLERANCE = .02;

    Section section() {
        List<Block> body = List.of(
                new Block.Paragraph(FIGURE),
                figure(),
                new Block.Heading("Measured against predicted"),
                new Block.Paragraph("Means over the tasks. The operator norm is the subspace distance of the other"
                        + " experiments; the theory is for the Frobenius norm."),
                table());
        return new Section(NoiseFloor.NAME, TITLE, QUESTION, words(), List.of(level(), growth(), dependence()), body);
    }

    private List<String> words() {
        Dimensions sizes = settings.sizes();
        return List.of(
                "All settings are choices of this project.",
                "Sizes: " + sizes.inputs() + " inputs, " + sizes.hidden() + " features, " + sizes.outputs()
                        + " outputs; " + sizes.batch() + " fresh examples per step; label noise "
                        + Numbers.plain(settings.noise()) + "; " + settings.seeds()
                        + " task(s) per condition number from seed " + settings.firstSeed() + ".",
                "Inputs: random signs times the root of a randomly rotated covariance with log-spaced eigenvalues and"
                        + " trace " + sizes.inputs() + ".",
                "Every run starts at the solution, drops 3 / rate steps, and averages the squared distance over at least "
                        + settings.window() + " / rate and " + settings.leastSteps()
                        + " more. All rates of a task see the same batches. Damping "
                        + Numbers.brief(settings.damping()) + " on the inputs' second moment.");
    }

    private Claim level() {
        return new Claim(
                "noise-floor-level",
                "With label noise KFAC settles at the predicted distance from the true features.",
                Claim.DERIVED,
                "measured over predicted Frobenius distance, geometric mean over rates and condition numbers",
                Estimate.geometricMean(perSeed(seed -> meanRatio(f -> f.seed() == seed))),
                new Expectation.Near(1, TOLERANCE));
    }

    private Claim growth() {
        return new Claim(
                "noise-floor-grows-with-rate",
                "The floor grows with the learning rate as sqrt(eta / (2 - eta)).",
                Claim.DERIVED,
                "exponent of eta / (2 - eta), regression per task, mean over condition numbers",
                Estimate.mean(perSeed(this::exponent)),
                new Expectation.Near(.5, EXPONENT_TOLERANCE));
    }

    private Claim dependence() {
        double low = settings.kappas().get(0);
        double high = settings.kappas().get(settings.kappas().size() - 1);
        return new Claim(
                "noise-floor-depends-on-inputs",
                "The rate of KFAC is free of the condition number, its noise floor is not.",
                Claim.DERIVED,
                "floor at condition number " + Numbers.plain(high) + " over floor at " + Numbers.plain(low)
                        + ", over the predicted growth",
                Estimate.geometricMean(perSeed(seed -> meanRatio(f -> f.seed() == seed && f.kappa() == high)
                        / meanRatio(f -> f.seed() == seed && f.kappa() == low))),
                new Expectation.Near(1, TOLERANCE));
    }

    private double[] perSeed(ToDoubleFunction<Long> value) {
        return floors.stream().map(Floor::seed).distinct().mapToDouble(value).toArray();
    }

    /** Geometric mean of measured over predicted. */
    private double meanRatio(Predicate<Floor> condition) {
        return Math.exp(floors.stream()
                .filter(condition)
                .mapToDouble(f -> Math.log(f.ratio()))
                .average()
                .orElseThrow());
    }

    private double exponent(long seed) {
        return settings.kappas().stream()
                .mapToDouble(kappa -> slope(select(f -> f.seed() == seed && f.kappa() == kappa)))
                .average()
                .orElseThrow();
    }

    private static double slope(List<Floor> rates) {
        SimpleRegression line = new SimpleRegression();
        for (Floor floor : rates) {
            double eta = floor.learningRate();
            line.addData(Math.log(eta / (2 - eta)), Math.log(floor.measured()));
        }
        return line.getSlope();
    }

    private Figure figure() {
        List<Curve> levels = new ArrayList<>();
        List<Curve> ratios = new ArrayList<>();
        Axis rate = Axis.logarithmic("learning rate");
        ratios.add(theory("theory", LineStyle.DOTTED, settings.kappas().get(0), f -> 1));
        for (int i = 0; i < settings.kappas().size(); i++) {
            double kappa = settings.kappas().get(i);
            String label = "theory, condition number " + Numbers.plain(kappa);
            levels.add(theory(label, new LineStyle(1.3f, LineStyle.ofRate(i).dashes()), kappa, Floor::predicted));
            ratios.add(measured(kappa, Floor::ratio));
        }
        settings.kappas().forEach(kappa -> levels.add(measured(kappa, Floor::measured)));
        List<Panel> panels = List.of(
                new Panel("Stationary Frobenius distance", rate, Axis.logarithmic(""), levels),
                new Panel("Measured over predicted", rate, Axis.linear("", .9, 1.1), ratios));
        return new Figure(NoiseFloor.NAME, "Noise floor of KFAC", panels);
    }

    private Curve theory(String label, LineStyle style, double kappa, ToDoubleFunction<Floor> value) {
        List<Curve.Point> points = settings.rates().stream()
                .map(rate -> Curve.Point.bare(rate, mean(kappa, rate, value).value()))
                .toList();
        return Curve.line(label, Color.BLACK, style, points);
    }

    private Curve measured(double kappa, ToDoubleFunction<Floor> value) {
        List<Curve.Point> points = settings.rates().stream()
                .map(rate -> Curve.Point.of(rate, mean(kappa, rate, value)))
                .toList();
        return Curve.dots("KFAC, measured", Palette.of(Method.KFAC.id()), points);
    }

    private Table table() {
        Table table = new Table("kappa", "rate", "predicted", "measured", "ratio", "operator norm");
        for (double kappa : settings.kappas()) {
            for (double rate : settings.rates()) {
                Estimate ratio = mean(kappa, rate, Floor::ratio);
                table.row(
                        Numbers.plain(kappa),
                        Numbers.plain(rate),
                        Numbers.digits(mean(kappa, rate, Floor::predicted).value(), 3),
                        Numbers.digits(mean(kappa, rate, Floor::measured).value(), 3),
                        Numbers.fixed(ratio.value(), 3)
                                + (Double.isNaN(ratio.standardError())
                                        ? ""
                                        : " ± " + Numbers.brief(ratio.standardError())),
                        Numbers.digits(mean(kappa, rate, Floor::operatorNorm).value(), 3));
            }
        }
        return table;
    }

    private Estimate mean(double kappa, double rate, ToDoubleFunction<Floor> value) {
        return Estimate.mean(select(f -> f.kappa() == kappa && f.learningRate() == rate).stream()
                .mapToDouble(value)
                .toArray());
    }

    private List<Floor> select(Predicate<Floor> condition) {
        return floors.stream().filter(condition).toList();
    }
}
