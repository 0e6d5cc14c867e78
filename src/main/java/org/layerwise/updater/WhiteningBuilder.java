package org.layerwise.updater;

import org.layerwise.settings.Whitening;
import org.layerwise.settings.Whitening.Geometry;

/**
 * What a builder says about how factors follow the gradients.
 *
 * @param <B> the builder itself
 */
abstract class WhiteningBuilder<B extends WhiteningBuilder<B>> extends BlockBuilder<B> {
    private Geometry geometry = Geometry.Q05EQ15;
    private double preconditionerRate = 0.1;
    private double lipschitzDecay = 0.9;
    private double damping = 1e-9;

    WhiteningBuilder(double learningRate, int blockSize, int maxDimension) {
        super(learningRate, blockSize, maxDimension);
    }

    /**
     * Geometry in which the factors move. Default {@link Geometry#Q05EQ15} (psgd_torch).
     *
     * @param value the geometry
     * @return this
     */
    public final B geometry(Geometry value) {
        this.geometry = value;
        return self();
    }

    /**
     * Learning rate of the factors. Default 0.1 (psgd_torch).
     *
     * @param value in (0, 1)
     * @return this
     */
    public final B preconditionerRate(double value) {
        this.preconditionerRate = value;
        return self();
    }

    /**
     * Decay of the Lipschitz bound of the factors' steps. Default 0.9; psgd_torch advises 0.999 for sparse gradients.
     *
     * @param value in [0, 1)
     * @return this
     */
    public final B lipschitzDecay(double value) {
        this.lipschitzDecay = value;
        return self();
    }

    /**
     * Size of gradients that count as noise: the preconditioner stays below about 1 / damping. Default 1e-9 (psgd_torch).
     *
     * @param value at least 0, in units of the gradient
     * @return this
     */
    public final B damping(double value) {
        this.damping = value;
        return self();
    }

    final Whitening whitening() {
        return new Whitening(geometry, preconditionerRate, lipschitzDecay, damping);
    }
}
