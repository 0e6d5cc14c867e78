package org.layerwise.examples.linear.sweep;

import java.util.List;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Expectation;
import org.layerwise.examples.report.Numbers;

/**
 * The claims that the anisotropy sweep tests, at the common rate.
 *
 * @param result what was measured
 */
record AnisotropyClaims(SweepResult result) {
    private static final String ABSTRACT = Claim.ABSTRACT + ", in the form measured by this project";

    /** The part of G inside the true subspace, which the distance divides by, depends a little on the head's path. */
    private static final double DISTANCE_TOLERANCE = .15;

    /** The prediction is linear in the noise and its distance is one snapshot with few effective directions. */
    private static final double FLOOR_TOLERANCE = .15;

    List<Claim> all() {
        return List.of(
                kfacIsFree(),
                floorGrows(),
                growth(
                        "sgd-degrades-with-anisotropy",
                        "SGD learns the features ever more slowly as the inputs become anisotropic.",
                        common(Method.SGD),
                        new Expectation.AtLeast(2, 1.2)),
                versus(
                        "adam-suffers-from-anisotropy",
                        "Diagonal preconditioning (Adam) only mildly mitigates this: it stays far behind KFAC.",
                        Method.ADAM,
                        Method.KFAC,
                        new Expectation.AtLeast(1.5, 1)),
                versus(
                        "adam-better-than-sgd",
                        "Diagonal preconditioning (Adam) mildly mitigates this: it comes closer than SGD.",
                        Method.SGD,
                        Method.ADAM,
                        new Expectation.AtLeast(1.1, 1)));
    }

    /** At the lowest rate, where the decay of the start outweighs the noise floor. */
    private Claim kfacIsFree() {
        return growth(
                "kfac-distance-free-of-anisotropy",
                "As long as its rate is what limits it, the distance of KFAC does not depend on the condition number.",
                result.settings().of(Method.KFAC).get(0),
                new Expectation.Near(1, DISTANCE_TOLERANCE));
    }

    private Claim growth(String id, String statement, Contender contender, Expectation expectation) {
        return new Claim(
                id,
                statement,
                ABSTRACT,
                "subspace distance of " + contender.label() + " at condition number "
                        + Numbers.plain(result.settings().highestKappa()) + " over that at "
                        + Numbers.plain(result.settings().lowestKappa()) + " after "
                        + result.settings().iterations() + " steps",
                result.geometricMean(
                        seed -> distance(contender, result.settings().highestKappa(), seed)
                                / distance(contender, result.settings().lowestKappa(), seed)),
                expectation);
    }

    private Claim versus(String id, String statement, Method worse, Method better, Expectation expectation) {
        double kappa = result.settings().highestKappa();
        return new Claim(
                id,
                statement,
                ABSTRACT,
                "subspace distance of " + worse.label() + " over that of " + better.label() + " at condition number "
                        + Numbers.plain(kappa) + " after " + result.settings().iterations() + " steps at rate "
                        + Numbers.plain(AnisotropySweep.commonRate(result.settings())),
                result.geometricMean(
                        seed -> distance(common(worse), kappa, seed) / distance(common(better), kappa, seed)),
                expectation);
    }

    /** Measured over predicted floors, hardest over easiest task of each seed. */
    private Claim floorGrows() {
        Contender kfac = new Contender(Method.KFAC, AnisotropySweep.FLOOR_RATE);
        return new Claim(
                "kfac-floor-grows-with-anisotropy",
                "Only the noise floor of KFAC depends on the inputs, as sqrt(tr(Sigma⁻¹)) outside the true features.",
                Claim.DERIVED,
                "growth of the Frobenius distance from condition number "
                        + Numbers.plain(result.settings().lowestKappa())
                        + " to " + Numbers.plain(result.settings().highestKappa()) + " over the predicted growth, rate "
                        + Numbers.plain(kfac.learningRate()),
                result.geometricMean(
                        seed -> floorRatio(result.only(kfac, result.settings().highestKappa(), seed))
                                / floorRatio(result.only(kfac, result.settings().lowestKappa(), seed))),
                new Expectation.Near(1, FLOOR_TOLERANCE));
    }

    private static double floorRatio(Outcome run) {
        return run.frobeniusDistance() / run.predictedFloor();
    }

    private Contender common(Method method) {
        return new Contender(method, AnisotropySweep.commonRate(result.settings()));
    }

    /** 1, the largest possible, for a run that diverged. */
    private double distance(Contender contender, double kappa, long seed) {
        Outcome run = result.only(contender, kappa, seed);
        return run.diverged() ? 1 : run.subspaceDistance();
    }
}
