package org.layerwise.examples.index;

import java.util.function.DoubleUnaryOperator;
import org.hipparchus.analysis.integration.gauss.GaussIntegrator;
import org.hipparchus.analysis.integration.gauss.GaussIntegratorFactory;

/** The link function sigma* of the labels. */
public enum Teacher {
    /** Nearly linear. */
    TANH("tanh", "tanh", Math::tanh),
    /** Half of its variance is not linear, and its mean is not zero. */
    RELU("relu", "ReLU", t -> Math.max(0, t)),
    /** {@code t + He2(t) / sqrt 2}, half linear, half quadratic. */
    QUADRATIC("quadratic", "t + He₂/√2", t -> t + (t * t - 1) / Math.sqrt(2));

    /** Beyond this many standard deviations the Gaussian density is below 1e-31. */
    private static final double RANGE = 12;

    private static final int POINTS = 200;

    /** Keeps the rule: its nodes take a tenth of a second. */
    private static final GaussIntegratorFactory RULES = new GaussIntegratorFactory();

    private final String id;
    private final String label;
    private final DoubleUnaryOperator link;

    Teacher(String id, String label, DoubleUnaryOperator link) {
        this.id = id;
        this.label = label;
        this.link = link;
    }

    /** Name in files and on the command line. */
    public String id() {
        return id;
    }

    /** Name in figures and text. */
    public String label() {
        return label;
    }

    /** {@code sigma*(t)}. */
    public double of(double t) {
        return link.applyAsDouble(t);
    }

    /** {@code E[sigma*(tau g) w(g)]} over a standard Gaussian g. */
    public double expectation(double tau, DoubleUnaryOperator weight) {
        return gaussian(g -> of(tau * g) * weight.applyAsDouble(g));
    }

    /** Linear coefficient {@code a1 = E[sigma*(tau g) g] / tau}. */
    public double linearCoefficient(double tau) {
        return expectation(tau, g -> g) / tau;
    }

    /** Second moment {@code E[sigma*(tau g)^2]}. */
    public double secondMoment(double tau) {
        return gaussian(g -> of(tau * g) * of(tau * g));
    }

    /** Variance of {@code sigma*(tau g)}. */
    public double variance(double tau) {
        double mean = expectation(tau, g -> 1);
        return secondMoment(tau) - mean * mean;
    }

    /** {@code E[f(g)]}; both half lines apart, because of the kink of the ReLU. */
    private static double gaussian(DoubleUnaryOperator f) {
        double sum = 0;
        for (double[] half : new double[][] {{-RANGE, 0}, {0, RANGE}}) {
            GaussIntegrator rule = RULES.legendre(POINTS, half[0], half[1]);
            sum += rule.integrate(g -> f.applyAsDouble(g) * Math.exp(-g * g / 2));
        }
        return sum / Math.sqrt(2 * Math.PI);
    }
}
