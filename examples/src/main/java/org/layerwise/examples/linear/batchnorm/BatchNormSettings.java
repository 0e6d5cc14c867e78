package org.layerwise.examples.linear.batchnorm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Normalisation;
import org.layerwise.examples.run.Preset;

/**
 * What one run of the experiment does; all choices of this project.
 *
 * @param sizes dX, dY, dh and the batch size n
 * @param noise standard deviation of the label noise
 * @param kappa condition number of Sigma
 * @param seeds how many independent tasks per orientation
 * @param firstSeed seed of the first task; the others follow
 * @param iterations steps of every variant but KFAC
 * @param kfacIterations steps of KFAC, which settles sooner and whose steps cost the most; at most {@code iterations}
 * @param dampings damping of KFAC
 * @param variants methods with and without normalisation
 */
record BatchNormSettings(
        Dimensions sizes,
        double noise,
        double kappa,
        int seeds,
        long firstSeed,
        int iterations,
        int kfacIterations,
        Dampings dampings,
        List<Variant> variants) {
    /** States kept per run. */
    private static final int RECORDS = 25;

    /** Of every method in the replication. */
    private static final double RATE = .01;

    private static final Dampings DAMPINGS = new Dampings(1e-5, 1e-4, 1e-5);

    /** Checks the ranges. */
    BatchNormSettings {
        variants = List.copyOf(variants);
        require(seeds >= 1 && seeds <= 1000, "seeds", seeds, "in [1, 1000]");
        require(iterations >= 1 && iterations <= 1_000_000, "iterations", iterations, "in [1, 1000000]");
        require(
                kfacIterations >= 1 && kfacIterations <= iterations,
                "kfacIterations",
                kfacIterations,
                "in [1, " + iterations + "]");
        require(kappa >= 1 && kappa <= 1e8, "kappa", kappa, "in [1, 1e8]");
        require(noise >= 0, "noise", noise, ">= 0");
        require(!variants.isEmpty(), "variants", variants, "not empty");
    }

    /**
     * The settings of a preset.
     *
     * @param seeds how many; null for the preset's own number
     */
    static BatchNormSettings of(Preset preset, @Nullable Integer seeds) {
        BatchNormSettings settings = switch (preset) {
            case SMALL -> small();
            case QUICK -> quick();
            case FULL -> full();
        };
        return seeds == null ? settings : settings.withSeeds(seeds);
    }

    /** Steps that {@code variant} takes. */
    int iterations(Variant variant) {
        return variant.contender().method() == Method.KFAC ? kfacIterations : iterations;
    }

    /** Iterations at which the state of {@code variant} is kept, from 0 to its last one. */
    List<Integer> recorded(Variant variant) {
        int last = iterations(variant);
        int spacing = Math.max(1, iterations / RECORDS);
        return IntStream.rangeClosed(0, last)
                .filter(t -> t % spacing == 0 || t == last)
                .boxed()
                .toList();
    }

    /** Steps of all variants on one task. */
    long steps() {
        return variants.stream().mapToLong(this::iterations).sum();
    }

    BatchNormSettings withSeeds(int value) {
        return new BatchNormSettings(
                sizes, noise, kappa, value, firstSeed, iterations, kfacIterations, dampings, variants);
    }

    private static BatchNormSettings small() {
        return new BatchNormSettings(
                new Dimensions(40, 15, 2, 300), .1, 30, 4, 1, 130, 80, DAMPINGS, variants(.02, .1));
    }

    /** The reference sizes for fewer steps at larger rates. */
    private static BatchNormSettings quick() {
        return new BatchNormSettings(Dimensions.REFERENCE, .1, 100, 3, 1, 400, 120, DAMPINGS, variants(.03, .05));
    }

    private static BatchNormSettings full() {
        List<Variant> variants = new ArrayList<>(variants(RATE, RATE));
        for (Normalisation normalisation : Normalisation.values()) {
            variants.add(Variant.of(Method.ADAM, RATE, normalisation));
        }
        return new BatchNormSettings(Dimensions.REFERENCE, .1, 100, 10, 1, 1000, 1000, DAMPINGS, variants);
    }

    private static List<Variant> variants(double rate, double kfacRate) {
        return List.of(
                Variant.of(Method.AMGD, rate, Normalisation.NONE),
                Variant.of(Method.AMGD, rate, Normalisation.HIDDEN),
                Variant.of(Method.AMGD, rate, Normalisation.INPUT),
                Variant.of(Method.KFAC, kfacRate, Normalisation.NONE));
    }

    private static void require(boolean valid, String name, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
        }
    }
}
