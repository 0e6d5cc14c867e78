package org.layerwise.examples.linear.natural;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.run.Preset;

/**
 * What one run of the experiment does; all choices of this project.
 *
 * @param sizes dX, dY, dh and the batch size n
 * @param noise standard deviation of the label noise
 * @param kappa condition number of Sigma
 * @param seeds how many independent tasks
 * @param firstSeed seed of the first task; the others follow
 * @param inputDamping lambda_G of KFAC
 * @param exactDampings gamma of NGD with the exact Fisher matrix, increasing
 * @param empiricalDampings gamma of NGD with the empirical one, increasing
 * @param budgets learning rates of every method, increasing
 */
record NaturalSettings(
        Dimensions sizes,
        double noise,
        double kappa,
        int seeds,
        long firstSeed,
        double inputDamping,
        List<Double> exactDampings,
        List<Double> empiricalDampings,
        List<Budget> budgets) {
    private static final List<Double> EXACT_DAMPINGS = List.of(1e-8, 1e-4, 1e-1);
    private static final List<Double> EMPIRICAL_DAMPINGS = List.of(1e-5, 1.0);

    /** Checks the ranges. */
    NaturalSettings {
        exactDampings = List.copyOf(exactDampings);
        empiricalDampings = List.copyOf(empiricalDampings);
        budgets = List.copyOf(budgets);
        require(seeds >= 1 && seeds <= 1000, "seeds", seeds, "in [1, 1000]");
        require(kappa >= 1 && kappa <= 1e8, "kappa", kappa, "in [1, 1e8]");
        require(noise >= 0, "noise", noise, ">= 0");
        require(increasing(exactDampings), "exactDampings", exactDampings, "positive, increasing and not empty");
        require(
                increasing(empiricalDampings),
                "empiricalDampings",
                empiricalDampings,
                "positive, increasing and not empty");
        List<Double> rates = budgets.stream().map(Budget::learningRate).toList();
        require(increasing(rates), "rates", rates, "positive, increasing and not empty");
        require(
                budgets.stream().allMatch(b -> b.iterations() >= 1 && b.iterations() <= 1_000_000),
                "budgets",
                budgets,
                "of [1, 1000000] iterations");
    }

    /**
     * The settings of a preset.
     *
     * @param seeds how many; null for the preset's own number
     */
    static NaturalSettings of(Preset preset, @Nullable Integer seeds) {
        NaturalSettings settings = switch (preset) {
            case SMALL ->
                new NaturalSettings(
                        new Dimensions(20, 8, 3, 200),
                        .1,
                        100,
                        3,
                        1,
                        1e-5,
                        List.of(1e-8, 1e-1),
                        EMPIRICAL_DAMPINGS,
                        List.of(new Budget(.05, 60), new Budget(1, 40)));
            case QUICK ->
                new NaturalSettings(
                        new Dimensions(40, 10, 5, 400),
                        .1,
                        100,
                        3,
                        1,
                        1e-5,
                        EXACT_DAMPINGS,
                        EMPIRICAL_DAMPINGS,
                        List.of(new Budget(.01, 300), new Budget(.1, 60), new Budget(1, 100)));
            case FULL ->
                new NaturalSettings(
                        Dimensions.REFERENCE,
                        .1,
                        100,
                        10,
                        1,
                        1e-5,
                        EXACT_DAMPINGS,
                        EMPIRICAL_DAMPINGS,
                        List.of(new Budget(.01, 300), new Budget(.1, 200), new Budget(1, 200)));
        };
        return seeds == null ? settings : settings.withSeeds(seeds);
    }

    NaturalSettings withSeeds(int value) {
        return new NaturalSettings(
                sizes, noise, kappa, value, firstSeed, inputDamping, exactDampings, empiricalDampings, budgets);
    }

    /** KFAC, SGD, then NGD at every damping. */
    List<Curvature> curvatures() {
        List<Curvature> all = new ArrayList<>();
        all.add(kfac());
        all.add(new Curvature(Method.SGD, Double.NaN));
        all.addAll(of(Method.NGD));
        all.addAll(of(Method.NGD_EMPIRICAL));
        return all;
    }

    Curvature kfac() {
        return new Curvature(Method.KFAC, inputDamping);
    }

    /** NGD with one of the Fisher matrices, by increasing damping. */
    List<Curvature> of(Method method) {
        List<Double> dampings = method == Method.NGD ? exactDampings : empiricalDampings;
        return dampings.stream().map(damping -> new Curvature(method, damping)).toList();
    }

    /** Rates that a method runs: SGD the smallest alone, it diverges at the others. */
    List<Budget> budgets(Method method) {
        return method == Method.SGD ? budgets.subList(0, 1) : budgets;
    }

    Budget slowest() {
        return budgets.get(0);
    }

    Budget fastest() {
        return budgets.get(budgets.size() - 1);
    }

    private static boolean increasing(List<Double> values) {
        double previous = 0;
        for (double value : values) {
            if (!(value > previous)) {
                return false;
            }
            previous = value;
        }
        return !values.isEmpty();
    }

    private static void require(boolean valid, String name, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
        }
    }
}
