package org.layerwise.examples.linear.floor;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.run.Preset;

/**
 * What one run of the experiment does; all values are choices of this project.
 *
 * @param sizes dX, dY, dh and the batch size n, which exceeds dX + 1
 * @param noise standard deviation of the label noise
 * @param kappas condition numbers of Sigma, ascending, at least two
 * @param rates learning rates, ascending, at least two
 * @param seeds independent tasks per kappa
 * @param firstSeed seed of the first task; the others follow
 * @param window steps averaged, in units of 1 / eta
 * @param leastSteps fewest steps averaged
 * @param damping lambda_G of KFAC, far below the least eigenvalue of Sigma
 */
record FloorSettings(
        Dimensions sizes,
        double noise,
        List<Double> kappas,
        List<Double> rates,
        int seeds,
        long firstSeed,
        int window,
        int leastSteps,
        double damping) {
    /** Steps dropped, in units of 1 / eta: exp(-2 * 3) of the squared floor is then missing, a quarter of a percent. */
    private static final int BURN_IN = 3;

    private static final List<Double> RATES = List.of(.01, .03, .1, .3, 1.0);

    /** Checks the ranges. */
    FloorSettings {
        kappas = List.copyOf(kappas);
        rates = List.copyOf(rates);
        require(
                sizes.batch() > sizes.inputs() + 1,
                "batch",
                sizes.batch(),
                "above inputs + 1 = " + (sizes.inputs() + 1));
        require(noise > 0, "noise", noise, "positive");
        require(kappas.size() >= 2 && kappas.get(0) >= 1, "kappas", kappas, "at least two, from 1 on");
        boolean valid = rates.stream().allMatch(r -> r > 0 && r <= 1);
        require(rates.size() >= 2 && valid, "rates", rates, "at least two in (0, 1]");
        require(seeds >= 1 && seeds <= 1000, "seeds", seeds, "in [1, 1000]");
        require(window >= 1, "window", window, "at least 1");
        require(leastSteps >= 1, "leastSteps", leastSteps, "at least 1");
    }

    static FloorSettings of(Preset preset, @Nullable Integer seeds) {
        return switch (preset) {
            case SMALL ->
                create(
                        new Dimensions(20, 10, 3, 300),
                        List.of(1.0, 100.0),
                        List.of(.1, .3, 1.0),
                        seeds == null ? 5 : seeds,
                        10,
                        40);
            case QUICK ->
                create(
                        new Dimensions(50, 8, 5, 400),
                        List.of(1.0, 100.0, 1000.0),
                        RATES,
                        seeds == null ? 3 : seeds,
                        3,
                        20);
            case FULL ->
                create(Dimensions.REFERENCE, List.of(1.0, 100.0, 1000.0), RATES, seeds == null ? 10 : seeds, 10, 100);
        };
    }

    private static FloorSettings create(
            Dimensions sizes, List<Double> kappas, List<Double> rates, int seeds, int window, int leastSteps) {
        return new FloorSettings(sizes, .1, kappas, rates, seeds, 1, window, leastSteps, 1e-6);
    }

    /** Steps dropped at a rate. */
    int burnIn(double rate) {
        return (int) Math.ceil(BURN_IN / rate);
    }

    /** Steps of a run at a rate. */
    int steps(double rate) {
        return burnIn(rate) + Math.max(leastSteps, (int) Math.ceil(window / rate));
    }

    /** The dampings of a training step; those of the natural gradient play no part. */
    Dampings dampings() {
        return new Dampings(damping, 1, 1);
    }

    private static void require(boolean valid, String name, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
        }
    }
}
