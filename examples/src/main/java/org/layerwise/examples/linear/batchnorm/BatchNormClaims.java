package org.layerwise.examples.linear.batchnorm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.layerwise.examples.linear.LinearTask.Orientation;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Normalisation;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Expectation;

/**
 * The claims about batch normalisation; all compare losses of the same seeds after the last iteration.
 *
 * @param result what was measured
 */
record BatchNormClaims(BatchNormResult result) {

    /**
     * Of the ratio with hidden normalisation, which is 1 but for the noise of the batches' means and variances:
     * relative errors of order {@code sqrt(2 / n)} enter the transfer loss, which accumulates over the steps.
     */
    private static final double HIDDEN_TOLERANCE = .1;

    /** An order of magnitude. */
    private static final Expectation HARM = new Expectation.AtLeast(10, 2);

    /** What counts as help: the loss falls to a fifth; to a half is mild. */
    private static final Expectation HELP = new Expectation.AtLeast(5, 2);

    /** The opposite of {@link #HELP}: the loss keeps more than a half; more than a fifth is mild. */
    private static final Expectation NO_HELP = new Expectation.AtLeast(1 / 2.0, 1 / 5.0);

    private static final Expectation BEATEN_CLEARLY = new Expectation.AtLeast(10, 2);

    private static final Expectation BEATEN = new Expectation.AtLeast(1.5, 1);

    /** Those whose variants were run. */
    List<Claim> all() {
        Variant plain = variant(Method.AMGD, Normalisation.NONE).orElseThrow();
        List<Claim> claims = new ArrayList<>();
        variant(Method.AMGD, Normalisation.HIDDEN).ifPresent(hidden -> claims.add(hiddenChangesNothing(hidden, plain)));
        variant(Method.AMGD, Normalisation.INPUT).ifPresent(input -> {
            claims.add(inputDoesNotHelpRotated(input, plain));
            claims.add(inputHelpsAligned(input, plain));
            claims.add(shiftHurts("rotated", Orientation.ROTATED, input, plain));
            claims.add(shiftHurts("aligned", Orientation.AXIS_ALIGNED, input, plain));
            variant(Method.KFAC, Normalisation.NONE).ifPresent(kfac -> {
                claims.add(kfacBeats("rotated", Orientation.ROTATED, input, kfac, BEATEN_CLEARLY));
                claims.add(kfacBeats("aligned", Orientation.AXIS_ALIGNED, input, kfac, BEATEN));
            });
        });
        return claims;
    }

    private Claim hiddenChangesNothing(Variant hidden, Variant plain) {
        double[] ratios = Stream.of(Orientation.values())
                .flatMapToDouble(orientation -> {
                    double[] with = losses(orientation, hidden);
                    double[] without = losses(orientation, plain);
                    return IntStream.range(0, with.length).mapToDouble(i -> with[i] / without[i]);
                })
                .toArray();
        return new Claim(
                "batch-norm-hidden-is-no-preconditioner",
                "Normalising the features changes nothing: a least-squares head undoes any scale of the features, so"
                        + " the gradient of G is the same as without.",
                Claim.DERIVED,
                "transfer loss with hidden BN over that without, both orientations",
                Estimate.geometricMean(ratios),
                new Expectation.Near(1, HIDDEN_TOLERANCE));
    }

    private Claim inputDoesNotHelpRotated(Variant input, Variant plain) {
        return new Claim(
                "batch-norm-input-no-help-rotated",
                "Normalising the inputs hardly mitigates ill conditioned inputs whose principal axes are rotated.",
                Claim.ABSTRACT,
                "transfer loss with input BN (frozen statistics) over that without, rotated inputs",
                Estimate.ratio(losses(Orientation.ROTATED, input), losses(Orientation.ROTATED, plain)),
                NO_HELP);
    }

    private Claim inputHelpsAligned(Variant input, Variant plain) {
        return new Claim(
                "batch-norm-input-helps-aligned",
                "Normalising the inputs helps where their principal axes are the coordinates: it whitens them.",
                Claim.DERIVED,
                "transfer loss without BN over that with input BN (frozen statistics), axis-aligned inputs",
                Estimate.ratio(losses(Orientation.AXIS_ALIGNED, plain), losses(Orientation.AXIS_ALIGNED, input)),
                HELP);
    }

    private Claim shiftHurts(String name, Orientation orientation, Variant input, Variant plain) {
        double[] recomputed = result.last(orientation, input, State::recomputedLoss);
        return new Claim(
                "batch-norm-shift-hurts-" + name,
                "Batch normalisation can hurt generalisation: with statistics recomputed on shifted inputs the learned"
                        + " map leaves the true subspace (" + orientation.id() + " inputs).",
                Claim.ABSTRACT,
                "transfer loss with input BN (recomputed statistics) over that without BN, " + orientation.id()
                        + " inputs",
                Estimate.ratio(recomputed, losses(orientation, plain)),
                HARM);
    }

    private Claim kfacBeats(
            String name, Orientation orientation, Variant input, Variant kfac, Expectation expectation) {
        return new Claim(
                "batch-norm-behind-kfac-" + name,
                "Layer-wise preconditioning beats batch normalisation at its best (frozen statistics, "
                        + orientation.id() + " inputs).",
                Claim.ABSTRACT,
                "transfer loss with input BN over that of KFAC, " + orientation.id() + " inputs",
                Estimate.ratio(losses(orientation, input), losses(orientation, kfac)),
                expectation);
    }

    private double[] losses(Orientation orientation, Variant variant) {
        return result.last(orientation, variant, State::transferLoss);
    }

    private Optional<Variant> variant(Method method, Normalisation normalisation) {
        return result.settings().variants().stream()
                .filter(v -> v.contender().method() == method && v.normalisation() == normalisation)
                .findFirst();
    }
}
