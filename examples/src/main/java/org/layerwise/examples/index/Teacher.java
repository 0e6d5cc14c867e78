package org.layerwise.examples.index;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** The link function sigma* of the labels. */
public enum Teacher {
    /** Nearly linear. */
    TANH("tanh", "tanh", Math::tanh),
    /** Half of its variance is not linear, and its mean is not zero. */
    RELU("relu", "ReLU", t -> Math.max(0, t)),
    /** {@code t + He2(t) / sqrt 2}, half linear, half quadratic. */
    QUADRATIC("quadratic", "t + He₂/√2", t -> t + (t * t - 1) / Math.sqrt(2));

    private final String id;
    private final String label;
    private final DoubleUnaryOperator link;

    Teacher(String id, String label, DoubleUnaryOperator link) {
        this.id = id;
        this.label = label;
        this.link = link;
    }

    /**
     * The teacher with this id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Teacher of(String id) {
        return Arrays.stream(values())
                .filter(teacher -> teacher.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No teacher is named '" + id + "'"));
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
        return GaussianRule.expectation(g -> of(tau * g) * weight.applyAsDouble(g));
    }

    /** Linear coefficient {@code a1 = E[sigma*(tau g) g] / tau}. */
    public double linearCoefficient(double tau) {
        return expectation(tau, g -> g) / tau;
    }

    /** Second moment {@code E[sigma*(tau g)^2]}. */
    public double secondMoment(double tau) {
        return GaussianRule.expectation(g -> of(tau * g) * of(tau * g));
    }

    /** Variance of {@code sigma*(tau g)}. */
    public double variance(double tau) {
        double mean = expectation(tau, g -> 1);
        return secondMoment(tau) - mean * mean;
    }
}
