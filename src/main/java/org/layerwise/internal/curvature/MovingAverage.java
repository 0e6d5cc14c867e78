package org.layerwise.internal.curvature;

import org.layerwise.internal.Require;

/**
 * The exactly debiased exponential average (the weighted average of kfac-jax, equal to Adam's correction): after k
 * samples with decay rho, sample i has weight proportional to rho^(k-i), and the weights sum to one.
 */
public final class MovingAverage {
    private MovingAverage() {}

    /**
     * The weight eta of the newest sample in M = (1 - eta) M + eta X.
     *
     * @param decay rho in [0, 1); 0 keeps the newest sample only
     * @param count number of samples including the newest, at least 1
     * @return (1 - rho) / (1 - rho^count), in (0, 1]
     */
    public static double weight(double decay, long count) {
        Require.argument(decay >= 0 && decay < 1, "The moving average's decay must be in [0, 1), but is %s", decay);
        Require.argument(count >= 1, "A moving average's weight needs at least one sample, but got %s", count);
        return (1 - decay) / -Math.expm1(count * Math.log(decay));
    }
}
