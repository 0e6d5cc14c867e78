package org.layerwise.examples.index.spectrum;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Expectation;
import org.layerwise.examples.report.Numbers;

/**
 * The claims that the spectrum tests.
 *
 * @param result what was measured
 */
record SpectrumClaims(SpectrumResult result) {
    private static final String DERIVED =
            "derived by this project from the rank-one form of the step and the theory of spiked random matrices";

    /** Strengths up to this factor above the threshold are left out: there the limit is reached slowly. */
    private static final double TRANSITION = 1.5;

    /** The remainder of a step has about a tenth of its strength, at right angles: half its square, .005, and margin for the limit. */
    private static final double REMAINDER = .015;

    /** The remainder, and the overlap of order {@code 1/sqrt(dX)} of the spike with random weights. */
    private static final double ALIGNMENT_ERROR = .03;

    /** 99 % quantile of the Tracy-Widom law of real matrices. */
    private static final double TRACY_WIDOM_99 = 2.02;

    /** All of them. */
    List<Claim> all() {
        return List.of(largest(), alignment(), noOutlier(), indexAlignment(), kfacBeatsSgd());
    }

    private Claim largest() {
        SpikeTheory theory = result.settings().theory();
        return new Claim(
                "spectrum-outlier-position",
                "A step plants one spike in the first layer, and the largest singular value lies where the theory of"
                        + " spiked random matrices puts it.",
                DERIVED,
                "measured over predicted largest singular value, all visible strengths, both methods",
                Estimate.mean(perSeed(visible(), d -> d.value() / theory.largest(d.theta()))),
                new Expectation.Near(1, REMAINDER));
    }

    private Claim alignment() {
        SpikeTheory theory = result.settings().theory();
        return new Claim(
                "spectrum-outlier-alignment",
                "Its right singular vector is aligned with the spike as predicted.",
                DERIVED,
                "measured less predicted squared alignment with the estimated direction, all visible strengths, both"
                        + " methods",
                Estimate.mean(perSeed(visible(), d -> d.estimate() - theory.alignment(d.theta()))),
                new Expectation.Near(0, ALIGNMENT_ERROR));
    }

    private Claim noOutlier() {
        SpectrumSettings settings = result.settings();
        SpikeTheory theory = settings.theory();
        double weakest = settings.strengths().get(0);
        double edge = TRACY_WIDOM_99 * theory.edgeScale(settings.inputs()) / theory.upperEdge();
        return new Claim(
                "spectrum-no-outlier-below-threshold",
                "A spike below the threshold c^(1/4) = " + Numbers.brief(theory.threshold())
                        + " leaves no trace: the largest singular value stays at the edge of the bulk.",
                DERIVED,
                "largest singular value over the edge of the bulk at strength " + Numbers.plain(weakest)
                        + ", both methods; the bound is the fluctuation of the edge (99 % quantile of Tracy and Widom)",
                Estimate.mean(perSeed(new double[] {weakest}, d -> d.value() / theory.upperEdge())),
                new Expectation.AtMost(1, 1 + edge));
    }

    private Claim indexAlignment() {
        SpikeTheory theory = result.settings().theory();
        return new Claim(
                "spectrum-index-alignment",
                "The outlier's squared alignment with beta* is the product of its alignment with the spike and the"
                        + " spike's with beta*.",
                DERIVED,
                "measured over predicted, at the largest strength, both methods",
                Estimate.mean(perSeed(
                        new double[] {strongest()}, d -> d.index() / (theory.alignment(d.theta()) * d.spike()))),
                new Expectation.Near(1, ALIGNMENT_ERROR));
    }

    private Claim kfacBeatsSgd() {
        return new Claim(
                "spectrum-kfac-spike-better-aligned",
                "With anisotropic inputs the spike of KFAC points to beta*, that of SGD is biased.",
                Claim.ABSTRACT,
                "squared alignment of the outlier with beta*, KFAC over SGD, at strength " + Numbers.plain(strongest())
                        + " and condition number "
                        + Numbers.plain(result.settings().kappa()),
                Estimate.ratio(index(FirstStep.KFAC), index(FirstStep.SGD)),
                new Expectation.AtLeast(1.5, 1.2));
    }

    private double[] index(FirstStep method) {
        return result.leading(method, strongest(), SingularDirection::index);
    }

    private double strongest() {
        return DoubleStream.of(visible()).max().orElseThrow();
    }

    private double[] visible() {
        double least = TRANSITION * result.settings().theory().threshold();
        return result.settings().strengths().stream()
                .mapToDouble(theta -> theta)
                .filter(theta -> theta >= least)
                .toArray();
    }

    /** Means over methods and strengths, which share the random matrix: one number per seed. */
    private double[] perSeed(double[] strengths, ToDoubleFunction<SingularDirection> measure) {
        double[] sums = new double[result.settings().seeds()];
        for (FirstStep method : SpectrumSettings.METHODS) {
            for (double theta : strengths) {
                double[] values = result.leading(method, theta, measure);
                Arrays.setAll(sums, i -> sums[i] + values[i]);
            }
        }
        int terms = SpectrumSettings.METHODS.size() * strengths.length;
        return Arrays.stream(sums).map(sum -> sum / terms).toArray();
    }
}
