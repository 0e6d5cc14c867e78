package org.layerwise.examples.linear.sweep;

import java.util.List;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Method;

/**
 * A grid of runs: every contender on every task.
 *
 * @param sizes dX, dY, dh and the batch size n
 * @param noise standard deviation of the label noise
 * @param kappas condition numbers of Sigma, ascending
 * @param iterations steps per run
 * @param seeds independent tasks per kappa
 * @param firstSeed seed of the first task; the others follow
 * @param dampings damping of every method that has one
 * @param contenders methods and learning rates; those of one method by ascending rate
 */
record SweepSettings(
        Dimensions sizes,
        double noise,
        List<Double> kappas,
        int iterations,
        int seeds,
        long firstSeed,
        Dampings dampings,
        List<Contender> contenders) {
    /** The seven methods of the sweeps; NGD has its own experiment. */
    static final List<Method> METHODS = List.of(
            Method.SGD, Method.AMGD, Method.ADAM, Method.ADAMW, Method.RIGHT_ONLY, Method.LEFT_ONLY, Method.KFAC);

    /** A problem of some ms per step that keeps the floor of the reference sizes: dh / (n - dX) is about the same. */
    static final Dimensions MEDIUM = new Dimensions(50, 8, 5, 400);

    /** A problem for the tests. */
    static final Dimensions TINY = new Dimensions(20, 10, 3, 300);

    private static final double NOISE = .1;

    /** Of the inputs' second moment; far below the least eigenvalue. The other two belong to methods not run here. */
    private static final Dampings DAMPINGS = new Dampings(1e-5, 1e-4, 1e-5);

    /** Checks the ranges. */
    SweepSettings {
        kappas = List.copyOf(kappas);
        contenders = List.copyOf(contenders);
        boolean valid = kappas.stream().allMatch(k -> k >= 1 && k <= 1e8);
        require(!kappas.isEmpty() && valid, "kappas", kappas, "in [1, 1e8], not empty");
        require(iterations >= 1 && iterations <= 1_000_000, "iterations", iterations, "in [1, 1000000]");
        require(seeds >= 1 && seeds <= 1000, "seeds", seeds, "in [1, 1000]");
        require(noise > 0, "noise", noise, "positive");
        require(!contenders.isEmpty(), "contenders", contenders, "not empty");
    }

    /** With the noise, damping and first seed that all sweeps share. */
    static SweepSettings create(
            Dimensions sizes, List<Double> kappas, int iterations, int seeds, List<Contender> contenders) {
        return new SweepSettings(sizes, NOISE, kappas, iterations, seeds, 1, DAMPINGS, contenders);
    }

    /** Every method at every rate. */
    static List<Contender> grid(List<Method> methods, List<Double> rates) {
        return methods.stream()
                .flatMap(method -> rates.stream().map(rate -> new Contender(method, rate)))
                .toList();
    }

    /** The methods, in the order of the contenders. */
    List<Method> methods() {
        return contenders.stream().map(Contender::method).distinct().toList();
    }

    /** Contenders of one method. */
    List<Contender> of(Method method) {
        return contenders.stream().filter(c -> c.method() == method).toList();
    }

    /** Condition number of the easiest task. */
    double lowestKappa() {
        return kappas.get(0);
    }

    /** Condition number of the hardest task. */
    double highestKappa() {
        return kappas.get(kappas.size() - 1);
    }

    private static void require(boolean valid, String name, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
        }
    }
}
