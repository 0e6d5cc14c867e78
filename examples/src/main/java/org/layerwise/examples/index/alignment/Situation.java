package org.layerwise.examples.index.alignment;

import org.layerwise.examples.index.IndexTask.Orientation;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.report.Numbers;

/**
 * A point of the sweeps.
 *
 * @param teacher sigma*
 * @param kappa condition number of Sigma
 * @param ratio n/dX; infinite for the limit of the theory
 * @param orientation of the eigenvectors of Sigma
 */
record Situation(Teacher teacher, double kappa, double ratio, Orientation orientation) {
    /** With a randomly rotated covariance. */
    static Situation rotated(Teacher teacher, double kappa, double ratio) {
        return new Situation(teacher, kappa, ratio, Orientation.ROTATED);
    }

    /** n, at {@code inputs} = dX. */
    int examples(int inputs) {
        return (int) Math.round(ratio * inputs);
    }

    /** In words, such as "tanh, kappa 100, n = 2 dX, rotated". */
    String label() {
        String axes = orientation == Orientation.ROTATED ? "rotated" : "axis-aligned";
        return teacher.label() + ", κ " + Numbers.plain(kappa) + ", n = " + Numbers.plain(ratio) + " dX, " + axes;
    }
}
