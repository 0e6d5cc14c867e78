package org.layerwise.examples.index;

import java.util.function.DoubleUnaryOperator;
import org.hipparchus.analysis.integration.gauss.GaussIntegrator;
import org.hipparchus.analysis.integration.gauss.GaussIntegratorFactory;

/**
 * Expectations over a standard Gaussian by Gauss-Legendre rules on short intervals, one of which begins at 0 because of
 * the kink of the ReLU. The rule is made once.
 */
final class GaussianRule {
    /** Beyond this many standard deviations the density is below 1e-31. */
    private static final int RANGE = 12;

    private static final int INTERVALS_PER_UNIT = 2;
    private static final int POINTS = 16;
    private static final int INTERVALS = 2 * RANGE * INTERVALS_PER_UNIT;
    private static final double[] NODES = new double[INTERVALS * POINTS];
    private static final double[] WEIGHTS = new double[INTERVALS * POINTS];

    static {
        GaussIntegrator rule = new GaussIntegratorFactory().legendre(POINTS);
        double half = .5 / INTERVALS_PER_UNIT;
        for (int interval = 0; interval < INTERVALS; interval++) {
            double middle = -RANGE + (2 * interval + 1) * half;
            for (int i = 0; i < POINTS; i++) {
                double node = middle + half * rule.getPoint(i);
                NODES[interval * POINTS + i] = node;
                WEIGHTS[interval * POINTS + i] =
                        half * rule.getWeight(i) * Math.exp(-node * node / 2) / Math.sqrt(2 * Math.PI);
            }
        }
    }

    private GaussianRule() {}

    /** {@code E[f(g)]}. */
    static double expectation(DoubleUnaryOperator f) {
        double sum = 0;
        for (int i = 0; i < NODES.length; i++) {
            sum += WEIGHTS[i] * f.applyAsDouble(NODES[i]);
        }
        return sum;
    }
}
