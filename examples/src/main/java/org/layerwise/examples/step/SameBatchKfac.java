package org.layerwise.examples.step;

import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Period;
import org.layerwise.settings.Sides;
import org.layerwise.updater.Kfac;

/**
 * K-FAC as in arXiv 2502.01763, eq. (5): exact curvature of the step's own batch, without averages, momentum and clip,
 * damped on the input side alone. Numerical failures are thrown.
 */
public final class SameBatchKfac {
    private SameBatchKfac() {}

    /**
     * The updater.
     *
     * @param sides which preconditioners: P, Q or both
     * @param learningRate in the units of {@link Kfac}
     * @param damping lambda_G, at least 0
     */
    public static Kfac updater(Sides sides, double learningRate, double damping) {
        return Kfac.builder()
                .learningRate(learningRate)
                .sides(sides)
                .fisher(FisherEstimator.exact())
                .damping(Damping.perFactor(damping, 0))
                .movingAverage(0)
                .momentum(0)
                .statistics(Period.every(1))
                .refresh(Period.every(1))
                .withoutKlClip()
                .strict(true)
                .build();
    }
}
