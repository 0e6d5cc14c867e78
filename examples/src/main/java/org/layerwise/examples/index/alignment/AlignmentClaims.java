package org.layerwise.examples.index.alignment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import org.hipparchus.stat.regression.SimpleRegression;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.IndexTask.Orientation;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Expectation;
import org.layerwise.examples.report.Numbers;

/**
 * The claims that the sweeps test. Comparisons are paired by seed.
 *
 * @param result what was measured
 */
record AlignmentClaims(AlignmentResult result) {
    private static final String THEOREM = "the quantitative check of the single-index theorem of arXiv 2502.01763;"
            + " formulas derived by this project";

    /** Fits of the limit of infinite data use at least so many examples per input: below, noise dominates. */
    private static final double FIT_FROM = 1;

    /** Relative error of the limit from a straight line: correction of order sqrt(1/dX) to the finite-size theory. */
    private static final double LIMIT_TOLERANCE = .05;

    /** Change with kappa that the index's variance, itself random in a finite sample of directions, accounts for. */
    private static final double FINITE_SIZE = .02;

    /** Loss of alignment that the sampling error of a single mean may hide; far below the gains at stake. */
    private static final double NEGLIGIBLE = .05;

    List<Claim> all() {
        return List.of(
                agreement(
                        "spike-matches-theory",
                        "The spike of the update is aligned with the index as the exact asymptotics say, within 2.5"
                                + " standard errors.",
                        Direction.SPIKE),
                agreement(
                        "singular-vector-matches-theory",
                        "So is the update's top right singular vector, which the rest of the update tilts.",
                        Direction.LEADING),
                biasRemains(),
                biasIsPredicted(),
                dataRemovesMisalignment(),
                kfacAlignsBetter(),
                conditionFree(),
                optimalDampingIsBest(),
                neverWorse(),
                undampedCanHurt(),
                blindToRotation(),
                helpsWhenAligned(),
                helpIsMild());
    }

    private Claim agreement(String id, String statement, Direction direction) {
        List<Agreement> cells = result.agreements(direction);
        int agreeing = (int) cells.stream().filter(Agreement::agrees).count();
        return new Claim(
                id,
                statement,
                THEOREM,
                "share of the means over the seeds (points of the sweeps, SGD and KFAC, both alignments), "
                        + direction.label(),
                Estimate.proportion(agreeing, cells.size()),
                new Expectation.AtLeast(.95, .9));
    }

    private Claim biasRemains() {
        return new Claim(
                "sgd-spike-stays-biased",
                "The spike of SGD is biased when inputs are anisotropic: no amount of data aligns it with the index.",
                Claim.ABSTRACT,
                "ρ² (angle) of SGD at κ = 100 and infinitely many examples, tanh; straight line of 1/ρ² in dX/n",
                Estimate.mean(limits()),
                new Expectation.AtMost(.6, .8));
    }

    private Claim biasIsPredicted() {
        Situation limit = Situation.rotated(Teacher.TANH, AlignmentSettings.KAPPA, Double.POSITIVE_INFINITY);
        double[] predicted = result.theory(limit, AlignmentSettings.sgd(), Metric.IDENTITY);
        return new Claim(
                "sgd-bias-predicted",
                "SGD's spike points to Σβ*, not β*: its limit is (β*ᵀΣβ*)² / (|Σβ*|² |β*|²).",
                Claim.DERIVED,
                "extrapolated over predicted limit of ρ² (angle), tanh, κ = 100",
                Estimate.geometricMean(AlignmentResult.over(limits(), predicted)),
                new Expectation.Near(1, LIMIT_TOLERANCE));
    }

    /** Per seed, the alignment of SGD at infinitely many examples: the theory's 1/rho^2 is a straight line in 1/n. */
    private double[] limits() {
        List<Double> ratios =
                settings().ratios().stream().filter(ratio -> ratio >= FIT_FROM).toList();
        double[] limits = new double[settings().seeds()];
        for (int seed = 0; seed < limits.length; seed++) {
            SimpleRegression line = new SimpleRegression();
            for (double ratio : ratios) {
                Situation situation = Situation.rotated(Teacher.TANH, AlignmentSettings.KAPPA, ratio);
                double[] measured = result.measured(situation, AlignmentSettings.sgd(), Metric.IDENTITY);
                line.addData(1 / ratio, 1 / measured[seed]);
            }
            limits[seed] = 1 / line.getIntercept();
        }
        return limits;
    }

    private Claim dataRemovesMisalignment() {
        Situation situation = settings().comparison(Orientation.ROTATED);
        double[] kfac = missing(situation, settings().optimal(situation));
        double[] sgd = missing(situation, AlignmentSettings.sgd());
        return new Claim(
                "kfac-spike-unbiased",
                "With the same data KFAC's spike is nearly unbiased.",
                Claim.ABSTRACT,
                "1 - ρ² (angle) of KFAC with λ* over that of SGD; " + situation.label(),
                Estimate.geometricMean(AlignmentResult.over(kfac, sgd)),
                new Expectation.AtMost(.5, .8));
    }

    private double[] missing(Situation situation, Contender contender) {
        return DoubleStream.of(result.measured(situation, contender, Metric.IDENTITY))
                .map(rho -> 1 - rho)
                .toArray();
    }

    private Claim kfacAlignsBetter() {
        Situation situation = AlignmentSettings.base(Teacher.TANH);
        double[] kfac = result.measured(situation, settings().optimal(situation), Metric.IDENTITY);
        double[] sgd = result.measured(situation, AlignmentSettings.sgd(), Metric.IDENTITY);
        return new Claim(
                "kfac-aligns-better",
                "One preconditioned step finds the index better than one step of SGD when inputs are anisotropic.",
                Claim.ABSTRACT,
                "ρ² (angle) of KFAC with λ* over that of SGD; " + situation.label(),
                Estimate.geometricMean(AlignmentResult.over(kfac, sgd)),
                new Expectation.AtLeast(1.5, 1.1));
    }

    /** With most data: with less, the rest of the update is as large as the spike in directions of low variance. */
    private Claim conditionFree() {
        double largest = settings().largestKappa();
        double smallest = settings().smallestKappa();
        return new Claim(
                "kfac-undamped-condition-free",
                "Without damping KFAC's alignment in the metric Σ does not depend on the condition number.",
                Claim.DERIVED,
                "ρ² (metric Σ) with λ → 0 at κ = " + Numbers.plain(largest) + " minus at κ = " + Numbers.plain(smallest)
                        + ", tanh, n = " + Numbers.plain(settings().mostData()) + " dX",
                Estimate.mean(AlignmentResult.minus(undamped(largest), undamped(smallest))),
                new Expectation.Near(0, FINITE_SIZE));
    }

    private double[] undamped(double kappa) {
        return result.measured(
                settings().mostData(kappa), AlignmentSettings.kfac(AlignmentSettings.UNDAMPED), Metric.COVARIANCE);
    }

    private Claim optimalDampingIsBest() {
        double[] losses = new double[settings().seeds()];
        for (DampingChoice choice : DampingChoice.all(result)) {
            double[] loss = choice.lossAtOptimum(result);
            for (int seed = 0; seed < losses.length; seed++) {
                losses[seed] += loss[seed] / DampingChoice.COUNT;
            }
        }
        return new Claim(
                "optimal-damping-predicted",
                "KFAC aligns best at the damping λ* = (dX/n) σ²/(a1² |β*|²), in both metrics and for every teacher.",
                Claim.DERIVED,
                "ρ² at the best damping of the grid minus ρ² at λ*, mean over teachers and metrics",
                Estimate.mean(losses),
                new Expectation.AtMost(.005, .02));
    }

    /** The most unfavourable point of all sweeps, in either metric. */
    private Claim neverWorse() {
        List<Estimate> gains = new ArrayList<>();
        for (Situation situation : settings().situations()) {
            for (Metric metric : Metric.values()) {
                gains.add(Estimate.mean(
                        result.gain(situation, settings().optimal(situation), AlignmentSettings.sgd(), metric)));
            }
        }
        return new Claim(
                "kfac-optimal-never-worse",
                "KFAC with λ* is nowhere worse than SGD, which is its limit of infinite damping.",
                Claim.DERIVED,
                "smallest mean gain in ρ² over SGD among " + gains.size() + " points and metrics",
                gains.stream().min(Comparator.comparingDouble(Estimate::value)).orElseThrow(),
                new Expectation.AtLeast(0, -NEGLIGIBLE));
    }

    private Claim undampedCanHurt() {
        Situation situation = AlignmentSettings.base(Teacher.RELU);
        return new Claim(
                "kfac-undamped-can-hurt",
                "Without damping KFAC can be worse than SGD: it amplifies the noise in directions of low variance.",
                Claim.DERIVED,
                "ρ² (angle) of SGD minus that of KFAC with λ → 0; " + situation.label(),
                Estimate.mean(result.gain(
                        situation,
                        AlignmentSettings.sgd(),
                        AlignmentSettings.kfac(AlignmentSettings.UNDAMPED),
                        Metric.IDENTITY)),
                new Expectation.AtLeast(.05, 0));
    }

    private Claim blindToRotation() {
        return new Claim(
                "diagonal-blind-to-rotation",
                "Diagonal preconditioning (Adam, diagonal inputs) does not help when Σ is rotated.",
                Claim.DERIVED,
                share(Orientation.ROTATED),
                bestShare(Orientation.ROTATED),
                new Expectation.AtMost(.1, .3));
    }

    private Claim helpsWhenAligned() {
        return new Claim(
                "diagonal-helps-axis-aligned",
                "Diagonal preconditioning helps when Σ is aligned with the axes.",
                Claim.DERIVED,
                share(Orientation.AXIS_ALIGNED),
                bestShare(Orientation.AXIS_ALIGNED),
                new Expectation.AtLeast(.2, 0));
    }

    private Claim helpIsMild() {
        return new Claim(
                "adam-help-is-mild",
                "Adam only mildly mitigates the bias, even where it can see the axes.",
                Claim.ABSTRACT,
                "gain of Adam in ρ² (angle) over SGD as a share of KFAC's with λ*, Σ axis-aligned",
                Estimate.mean(shares(new Contender(FirstStep.ADAM, 0), Orientation.AXIS_ALIGNED)),
                new Expectation.AtMost(.6, .9));
    }

    private static String share(Orientation orientation) {
        return "largest gain of a diagonal method in ρ² (angle) over SGD as a share of KFAC's with λ*, Σ "
                + (orientation == Orientation.ROTATED ? "rotated" : "axis-aligned");
    }

    private Estimate bestShare(Orientation orientation) {
        return AlignmentSettings.diagonal().stream()
                .map(contender -> Estimate.mean(shares(contender, orientation)))
                .max(Comparator.comparingDouble(Estimate::value))
                .orElseThrow();
    }

    private double[] shares(Contender contender, Orientation orientation) {
        Situation situation = settings().comparison(orientation);
        Contender sgd = AlignmentSettings.sgd();
        double[] kfac = result.gain(situation, settings().optimal(situation), sgd, Metric.IDENTITY);
        return AlignmentResult.over(result.gain(situation, contender, sgd, Metric.IDENTITY), kfac);
    }

    private AlignmentSettings settings() {
        return result.settings();
    }
}
