package org.layerwise.examples.linear.contraction;

import java.util.List;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.ErrorSpectrum;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Theory;
import org.layerwise.examples.report.Numbers;

/**
 * A choice of the two preconditioners.
 *
 * @param method which sides are preconditioned
 * @param damping lambda of the right one, at least 0
 */
record Scheme(Method method, double damping) {
    static final Scheme NONE = new Scheme(Method.AMGD, 0);
    static final Scheme RIGHT = new Scheme(Method.RIGHT_ONLY, 0);
    static final Scheme LEFT = new Scheme(Method.LEFT_ONLY, 0);
    static final Scheme BOTH = new Scheme(Method.KFAC, 0);

    /** The four choices of P and Q. */
    static final List<Scheme> UNDAMPED = List.of(NONE, RIGHT, LEFT, BOTH);

    /** KFAC with some and with too much damping, for eigenvalues of Sigma around 1. */
    static final List<Scheme> DAMPED = List.of(new Scheme(Method.KFAC, .1), new Scheme(Method.KFAC, 1));

    /** Modes of the error under this choice. */
    ErrorSpectrum spectrum(Theory theory) {
        return switch (method) {
            case AMGD -> theory.plainSpectrum();
            case LEFT_ONLY -> theory.leftSpectrum();
            case RIGHT_ONLY -> theory.rightSpectrum(damping);
            case KFAC -> theory.kfacSpectrum(damping);
            default -> throw new IllegalStateException("No theory of the modes of " + method.label());
        };
    }

    /** The dampings of a training step; those of the natural gradient play no part. */
    Dampings dampings() {
        return new Dampings(damping, 1, 1);
    }

    String label() {
        return damping == 0 ? method.label() : method.label() + ", damping " + Numbers.plain(damping);
    }
}
