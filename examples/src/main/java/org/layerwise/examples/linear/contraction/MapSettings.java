package org.layerwise.examples.linear.contraction;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.run.Preset;

/**
 * What one run of the experiment does; all values are choices of this project.
 *
 * @param sizes dX, dY and dh; the batch size plays no part, the step sees the population
 * @param kappas condition numbers of Sigma, ascending
 * @param headKappas condition numbers of F*, ascending
 * @param rate learning rate common to all schemes
 * @param seeds independent tasks per pair of condition numbers
 * @param firstSeed seed of the first task; the others follow
 */
record MapSettings(
        Dimensions sizes, List<Double> kappas, List<Double> headKappas, double rate, int seeds, long firstSeed) {
    /** Stable for every scheme: s_1(F*) is 1 and the eigenvalues of Sigma stay below 2 / .1. */
    private static final double COMMON_RATE = .1;

    /** Checks the ranges. */
    MapSettings {
        kappas = List.copyOf(kappas);
        headKappas = List.copyOf(headKappas);
        requireConditions("kappas", kappas);
        requireConditions("headKappas", headKappas);
        require(seeds >= 1 && seeds <= 1000, "seeds", seeds, "in [1, 1000]");
        require(rate > 0 && rate <= 1, "rate", rate, "in (0, 1]");
    }

    static MapSettings of(Preset preset, @Nullable Integer seeds) {
        return switch (preset) {
            case SMALL -> create(10, 6, 2, List.of(1.0, 100.0), List.of(1.0, 10.0), seeds == null ? 1 : seeds);
            case QUICK ->
                create(24, 8, 4, List.of(1.0, 10.0, 100.0, 1000.0), List.of(1.0, 3.0, 10.0), seeds == null ? 1 : seeds);
            case FULL ->
                create(
                        40,
                        15,
                        5,
                        List.of(1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0),
                        List.of(1.0, 3.0, 10.0),
                        seeds == null ? 10 : seeds);
        };
    }

    private static MapSettings create(
            int inputs, int outputs, int hidden, List<Double> kappas, List<Double> headKappas, int seeds) {
        Dimensions sizes = new Dimensions(inputs, outputs, hidden, inputs);
        return new MapSettings(sizes, kappas, headKappas, COMMON_RATE, seeds, 1);
    }

    /** The schemes measured: the four choices of the preconditioners, and KFAC with damping. */
    List<Scheme> schemes() {
        List<Scheme> schemes = new ArrayList<>(Scheme.UNDAMPED);
        schemes.addAll(Scheme.DAMPED);
        return schemes;
    }

    private static void requireConditions(String name, List<Double> values) {
        boolean ascending = values.stream().sorted().toList().equals(values);
        boolean valid = !values.isEmpty() && ascending && values.get(0) >= 1 && values.get(values.size() - 1) <= 1e4;
        require(valid, name, values, "ascending in [1, 1e4], not empty");
    }

    private static void require(boolean valid, String name, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
        }
    }
}
