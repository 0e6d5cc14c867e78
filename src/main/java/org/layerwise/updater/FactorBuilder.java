package org.layerwise.updater;

import org.layerwise.settings.Period;

/**
 * What the builders of {@link Soap} and {@link Shampoo} say about when work on Kronecker factors is done.
 *
 * @param <B> the builder itself
 */
abstract class FactorBuilder<B extends FactorBuilder<B>> extends BlockBuilder<B> {
    private Period statistics = Period.growingTo(10);
    private Period refresh = Period.geometric(8, 512);

    FactorBuilder(double learningRate, int blockSize, int maxDimension) {
        super(learningRate, blockSize, maxDimension);
    }

    /**
     * When the factors are averaged with the gradient's, beginning with step 1. Default growing to every 10 steps: at every step
     * up to the eighth, where the default has {@link #refresh}. The reference implementations do it at every step, at no visible
     * gain in quality.
     *
     * @param value the period
     * @return this
     */
    public final B statistics(Period value) {
        this.statistics = value;
        return self();
    }

    /**
     * When a block's eigenbasis is refreshed, which waits for statistics that are newer than the last refresh, or its roots are
     * computed after the first time. Default steps 8, 16, 32, ..., at most 512 apart: seven refreshes up to step 512 are as good
     * as a constant period of 25. SOAP's reference implementation: every 10 steps; Meta recommends every 100 for Shampoo.
     *
     * @param value the period
     * @return this
     */
    public final B refresh(Period value) {
        this.refresh = value;
        return self();
    }

    final Period statistics() {
        return statistics;
    }

    final Period refresh() {
        return refresh;
    }
}
