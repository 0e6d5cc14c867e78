package org.layerwise.examples.linear.curves;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.run.Preset;

/**
 * What one run of the experiment does. The presets are choices of this project; the settings behind the figures of
 * arXiv 2502.01763 are not known.
 *
 * @param sizes dX, dY, dh and the batch size n
 * @param noise standard deviation of the label noise
 * @param kappas condition numbers of Sigma
 * @param seeds how many independent tasks per kappa
 * @param firstSeed seed of the first task; the others follow
 * @param iterations steps per method
 * @param fullMatrix budget of the methods that factorise a [p, p] matrix per step
 * @param dampings damping of every method that has one
 * @param contenders methods and learning rates
 */
public record LinearSettings(
        Dimensions sizes,
        double noise,
        List<Double> kappas,
        int seeds,
        long firstSeed,
        int iterations,
        Budget fullMatrix,
        Dampings dampings,
        List<Contender> contenders) {
    private static final List<Contender> COMMON = List.of(
            new Contender(Method.SGD, .01),
            new Contender(Method.AMGD, .01),
            new Contender(Method.ADAM, .01),
            new Contender(Method.ADAMW, .01),
            new Contender(Method.RIGHT_ONLY, .01),
            new Contender(Method.KFAC, .01),
            new Contender(Method.KFAC, .1));

    /**
     * Limits that apply on top of the run's own.
     *
     * @param seeds most seeds
     * @param iterations most steps
     */
    public record Budget(int seeds, int iterations) {}

    /** Checks the ranges. */
    public LinearSettings {
        kappas = List.copyOf(kappas);
        contenders = List.copyOf(contenders);
        require(!kappas.isEmpty() && kappas.stream().allMatch(k -> k >= 1 && k <= 1e8), "kappa", kappas, "in [1, 1e8]");
        require(seeds >= 1 && seeds <= 1000, "seeds", seeds, "in [1, 1000]");
        require(iterations >= 1 && iterations <= 1_000_000, "iterations", iterations, "in [1, 1000000]");
        require(noise >= 0, "noise", noise, ">= 0");
        require(!contenders.isEmpty(), "methods", contenders, "not empty");
    }

    /** The settings of a preset. */
    public static LinearSettings of(Preset preset) {
        return switch (preset) {
            case SMALL -> small();
            case QUICK -> quick();
            case FULL -> full();
        };
    }

    /** Seconds: a small problem and the methods that the claims are about. */
    public static LinearSettings small() {
        return new LinearSettings(
                new Dimensions(30, 8, 4, 300),
                .1,
                List.of(1.0, 100.0),
                4,
                1,
                200,
                new Budget(2, 100),
                new Dampings(1e-5, 1e-4, 1e-5),
                List.of(
                        new Contender(Method.SGD, .01),
                        new Contender(Method.ADAM, .01),
                        new Contender(Method.KFAC, .01),
                        new Contender(Method.KFAC, .1)));
    }

    /** A few minutes on one core. */
    public static LinearSettings quick() {
        return new LinearSettings(
                Dimensions.REFERENCE,
                .1,
                List.of(1.0, 100.0, 1000.0),
                3,
                1,
                300,
                new Budget(1, 200),
                new Dampings(1e-5, 1e-4, 1e-5),
                COMMON);
    }

    /** Ten seeds, a thousand iterations, the larger rates of SGD and AMGD, and the methods that cost most. */
    public static LinearSettings full() {
        LinearSettings quick = quick();
        List<Contender> contenders = new ArrayList<>(COMMON);
        contenders.add(new Contender(Method.SGD, .03));
        contenders.add(new Contender(Method.AMGD, .03));
        contenders.add(new Contender(Method.LEFT_ONLY, .01));
        contenders.add(new Contender(Method.NGD, .01));
        contenders.add(new Contender(Method.NGD_EMPIRICAL, .01));
        return new LinearSettings(
                quick.sizes, quick.noise, quick.kappas, 10, 1, 1000, new Budget(3, 300), quick.dampings, contenders);
    }

    /** These settings with other kappas. */
    public LinearSettings withKappas(List<Double> value) {
        return new LinearSettings(sizes, noise, value, seeds, firstSeed, iterations, fullMatrix, dampings, contenders);
    }

    /** These settings with another number of seeds. */
    public LinearSettings withSeeds(int value) {
        return new LinearSettings(sizes, noise, kappas, value, firstSeed, iterations, fullMatrix, dampings, contenders);
    }

    /** These settings with another number of iterations. */
    public LinearSettings withIterations(int value) {
        return new LinearSettings(sizes, noise, kappas, seeds, firstSeed, value, fullMatrix, dampings, contenders);
    }

    /** These settings with other methods. */
    public LinearSettings withContenders(List<Contender> value) {
        return new LinearSettings(sizes, noise, kappas, seeds, firstSeed, iterations, fullMatrix, dampings, value);
    }

    /** Steps that {@code contender} takes per seed. */
    int iterations(Contender contender) {
        return contender.method().isFullMatrix() ? Math.min(iterations, fullMatrix.iterations) : iterations;
    }

    /** Seeds that {@code contender} runs. */
    int seeds(Contender contender) {
        return contender.method().isFullMatrix() ? Math.min(seeds, fullMatrix.seeds) : seeds;
    }

    /** Steps of all methods, kappas and seeds together. */
    public long totalSteps() {
        long steps = 0;
        for (Contender contender : contenders) {
            steps += (long) iterations(contender) * seeds(contender);
        }
        return steps * kappas.size();
    }

    private static void require(boolean valid, String name, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
        }
    }
}
