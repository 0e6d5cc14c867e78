package org.layerwise.updater;

import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;

/**
 * What a builder says about the roots of factors.
 *
 * @param <B> the builder itself
 */
abstract class RootBuilder<B extends RootBuilder<B>> extends FactorBuilder<B> {
    private InverseRoot root = InverseRoot.relative(1e-6);
    private double inputExponent = 0.25;
    private double outputExponent = 0.25;
    private boolean traceScaling;
    private int startStep;

    RootBuilder(double learningRate, int blockSize, int maxDimension) {
        super(learningRate, blockSize, maxDimension);
    }

    /**
     * How the factors' roots are computed. Default: by eigenvalues, with a floor of 1e-6 times the largest, as in Google's
     * implementation. Meta adds an absolute 1e-12, with which directions that gradients never took get steps that depend
     * on the floor alone.
     *
     * @param value the root
     * @return this
     */
    public final B root(InverseRoot value) {
        this.root = value;
        return self();
    }

    /**
     * Exponents of both sides. Default 1/4; 1/2 is Shampoo squared (Morwani et al. 2024, arXiv 2406.17748).
     *
     * @param value at least 0
     * @return this
     */
    public final B exponent(double value) {
        return inputExponent(value).outputExponent(value);
    }

    /**
     * Exponent of the inputs' side alone. With 0 Shampoo is one-sided, and the other side's exponent should be 1/2. A side
     * with exponent 0 is not cut into blocks.
     *
     * @param value at least 0
     * @return this
     */
    public final B inputExponent(double value) {
        this.inputExponent = value;
        return self();
    }

    /**
     * Exponent of the outputs' side alone. Embeddings have 1/2 here and 0 on the inputs' side, unless this is 0: then they
     * step by the graft alone.
     *
     * @param value at least 0
     * @return this
     */
    public final B outputExponent(double value) {
        this.outputExponent = value;
        return self();
    }

    /**
     * Divides each factor by the root of its trace before its root is taken. A and B have the same trace, so that the step
     * is (A x B / tr A)^-exponent G with x the Kronecker product: AdaGrad's full matrix, as well as A x B can match it
     * (Morwani et al. 2024). It sets the length of steps, which a graft overrides: of use with {@link Grafting#none}. Default
     * false.
     *
     * @param value whether to divide
     * @return this
     */
    public final B traceScaling(boolean value) {
        this.traceScaling = value;
        return self();
    }

    /**
     * Step of the first roots, counted from 1. Default 0: the first step after the start that {@link #refresh(Period)} has,
     * that is 8 for the default, k for {@code every(k)}. A start of its own does not shift the later ones: after 3,
     * {@code every(2)} has 4, 6, 8, ..., as in Meta's implementation.
     *
     * @param value at least 0
     * @return this
     */
    public final B startStep(int value) {
        this.startStep = value;
        return self();
    }

    final InverseRoot root() {
        return root;
    }

    final double inputExponent() {
        return inputExponent;
    }

    final double outputExponent() {
        return outputExponent;
    }

    final boolean traceScaling() {
        return traceScaling;
    }

    final int startStep() {
        return startStep;
    }
}
