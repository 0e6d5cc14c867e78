package org.layerwise.examples.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.numeric.LogGrid;
import org.layerwise.examples.run.Preset;

/**
 * The size of a benchmark.
 *
 * @param conditions what all runs share
 * @param entrants who competes
 * @param rates points of every grid of learning rates, odd, at least 3
 * @param tuningSeeds runs of every entrant at every rate of its grid, at least 1
 * @param seeds runs of every entrant at its rate, in [1, 100]
 * @param warmUp steps before the clock starts
 */
record BenchmarkSettings(
        Conditions conditions, List<Entrant> entrants, int rates, int tuningSeeds, int seeds, int warmUp) {
    /** Neighbours of a grid differ by a factor of 10^(1/2). */
    static final double DECADES_PER_STEP = .5;

    private static final int MOST_SEEDS = 100;

    /** Freezes the list and checks the ranges. */
    BenchmarkSettings {
        entrants = List.copyOf(entrants);
        if (seeds < 1 || seeds > MOST_SEEDS) {
            throw new IllegalArgumentException("seeds is " + seeds + ": must be in [1, " + MOST_SEEDS + "]");
        }
        if (tuningSeeds < 1) {
            throw new IllegalArgumentException("tuningSeeds is " + tuningSeeds + ": must be at least 1");
        }
        if (rates < 3 || rates % 2 == 0) {
            throw new IllegalArgumentException("Grid of " + rates + " learning rates: must be odd and at least 3");
        }
    }

    /**
     * A preset.
     *
     * @param seeds how many; null for the preset's own number
     */
    static BenchmarkSettings of(Problem problem, Preset preset, @Nullable Integer seeds) {
        return switch (preset) {
            case SMALL ->
                new BenchmarkSettings(
                        new Conditions(problem, List.of(48, 12, 48), 400, 100, 100, 4, 5),
                        entrants(List.of(Optimizer.ADAM, Optimizer.KFAC), 50, 100),
                        3,
                        1,
                        seeds == null ? 2 : seeds,
                        2);
            case QUICK ->
                new BenchmarkSettings(quickConditions(problem), quickEntrants(), 5, 1, seeds == null ? 3 : seeds, 10);
            case FULL ->
                new BenchmarkSettings(
                        new Conditions(
                                problem, hidden(problem, 1), problem.mnist() ? 60_000 : 20_000, 10_000, 5_000, 20, 40),
                        entrants(Optimizer.all(), 128, 500),
                        7,
                        3,
                        seeds == null ? 5 : seeds,
                        20);
        };
    }

    /** On some seeds Adam at batch 500 leaves the mean image of the curves only after 400 steps; their budget is 600. */
    private static Conditions quickConditions(Problem problem) {
        int epochs = problem == Problem.CURVES ? 30 : 15;
        return new Conditions(problem, hidden(problem, 2), 10_000, 1_000, 1_000, epochs, 2 * epochs);
    }

    /** Everybody at batch 500, and Adam where it is fastest. */
    private static List<Entrant> quickEntrants() {
        List<Entrant> entrants = new ArrayList<>(entrants(Optimizer.all(), 500));
        entrants.add(new Entrant(Optimizer.ADAM, 128));
        return entrants;
    }

    private static List<Entrant> entrants(List<Optimizer> optimizers, int... batches) {
        return Arrays.stream(batches)
                .boxed()
                .flatMap(batch -> optimizers.stream().map(optimizer -> new Entrant(optimizer, batch)))
                .toList();
    }

    /**
     * Hidden widths: Hinton and Salakhutdinov's deep autoencoders, for the curves with a first layer of 300 for 400 and
     * a code of 10 for 6; LeCun's 300-100 for the classifier.
     *
     * @param thinning divisor of the wide MNIST autoencoder
     */
    private static List<Integer> hidden(Problem problem, int thinning) {
        return switch (problem) {
            case CURVES -> List.of(300, 150, 75, 10, 75, 150, 300);
            case MNIST_AUTOENCODER ->
                List.of(
                        1000 / thinning,
                        500 / thinning,
                        250 / thinning,
                        30,
                        250 / thinning,
                        500 / thinning,
                        1000 / thinning);
            case MNIST_CLASSIFIER -> List.of(300, 100);
        };
    }

    /**
     * The same with some of the methods alone.
     *
     * @throws IllegalArgumentException if none of them is here, with a message that begins with "methods"
     */
    BenchmarkSettings with(List<Optimizer> optimizers) {
        List<Entrant> some = entrants.stream()
                .filter(entrant -> optimizers.contains(entrant.optimizer()))
                .toList();
        if (some.isEmpty()) {
            throw new IllegalArgumentException("methods is " + optimizers + ": this preset has "
                    + entrants.stream().map(Entrant::optimizer).distinct().toList());
        }
        return new BenchmarkSettings(conditions, some, rates, tuningSeeds, seeds, warmUp);
    }

    /** The grid of an updater, ascending, to two digits so that it reads well. */
    List<Double> grid(Optimizer optimizer) {
        double centre = optimizer.centre(conditions.problem().loss());
        double reach = Math.pow(10, DECADES_PER_STEP * (rates - 1) / 2);
        return Arrays.stream(new LogGrid(centre / reach, centre * reach, rates).values())
                .mapToObj(rate -> Double.valueOf(String.format(Locale.ROOT, "%.1e", rate)))
                .toList();
    }

    /** Seeds of the tuning runs. */
    List<Long> seedsOfTuning() {
        return LongStream.rangeClosed(1, tuningSeeds).boxed().toList();
    }

    /** Seeds of the comparison, other ones. */
    List<Long> evaluationSeeds() {
        return LongStream.rangeClosed(tuningSeeds + 1L, tuningSeeds + seeds)
                .boxed()
                .toList();
    }

    /** The batch sizes, in the order of the entrants. */
    List<Integer> batches() {
        return entrants.stream().map(Entrant::batch).distinct().toList();
    }

    /** The batch size of the claims. */
    int largestBatch() {
        return batches().stream().max(Integer::compare).orElseThrow();
    }
}
