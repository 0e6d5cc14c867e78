package org.layerwise.examples.linear.sweep;

import java.util.List;
import java.util.function.DoublePredicate;

/**
 * Which rates of a logarithmic grid work: they end with a subspace distance of at most {@link #TARGET}.
 *
 * @param rates the grid, ascending, equally spaced on a logarithmic axis, at least two
 */
record RateWindow(List<Double> rates) {
    /** Features are learned: the largest principal angle is below 6 degrees. */
    static final double TARGET = .1;

    /** Checks the length. */
    RateWindow {
        rates = List.copyOf(rates);
        if (rates.size() < 2) {
            throw new IllegalArgumentException("Grid of rates " + rates + ": needs at least two");
        }
    }

    /** Decades that one rate of the grid stands for. */
    double step() {
        return Math.log10(rates.get(rates.size() - 1) / rates.get(0)) / (rates.size() - 1);
    }

    /** Decades that work: every working rate counts for its {@link #step}. */
    double decades(DoublePredicate works) {
        return step()
                * rates.stream().mapToDouble(Double::doubleValue).filter(works).count();
    }

    /** The window of runs of one method on one task. */
    double decades(List<Outcome> runs) {
        return decades(rate -> runs.stream().anyMatch(run -> run.learningRate() == rate && works(run)));
    }

    /**
     * The window of KFAC: the part outside the true features starts at 1 and shrinks by {@code 1 - eta} per step.
     *
     * @param iterations steps per run
     */
    double predictedKfac(int iterations) {
        return decades(rate -> Math.pow(1 - rate, iterations) <= TARGET);
    }

    static boolean works(Outcome run) {
        return !run.diverged() && run.subspaceDistance() <= TARGET;
    }
}
