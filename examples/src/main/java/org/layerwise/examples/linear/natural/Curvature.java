package org.layerwise.examples.linear.natural;

import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.report.Numbers;

/**
 * A method at one damping.
 *
 * @param method NGD with either Fisher matrix, or a method to compare it with
 * @param damping gamma of NGD; of KFAC lambda_G; NaN if the method has none
 */
record Curvature(Method method, double damping) {
    /** Name in the legend. */
    String label() {
        return switch (method) {
            case NGD -> "NGD, exact Fisher, damping " + Numbers.digits(damping, 1);
            case NGD_EMPIRICAL -> "NGD, empirical Fisher, damping " + Numbers.digits(damping, 1);
            default -> method.label();
        };
    }

    /** As the methods take it; those without NGD's matrix ignore its damping. */
    Dampings dampings(double inputs) {
        double natural = method.isFullMatrix() ? damping : 1;
        return new Dampings(inputs, natural, natural);
    }
}
