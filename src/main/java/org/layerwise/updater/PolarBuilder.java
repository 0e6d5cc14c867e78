package org.layerwise.updater;

import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.PolarIteration;

/**
 * What the builders of Muon and of its variants have in common.
 *
 * @param <B> the builder itself
 */
abstract class PolarBuilder<B extends PolarBuilder<B>> extends LayerwiseUpdater.Builder<B> {
    private double momentum = 0.95;
    private boolean averaged = true;
    private boolean nesterov = true;
    private Muon.Scaling scaling = Muon.Scaling.KELLER_JORDAN;
    private PolarIteration orthogonalization = PolarIteration.newtonSchulz(5);
    private double epsilon = 1e-7;
    private boolean outputLayers;

    PolarBuilder(double learningRate) {
        super(learningRate);
    }

    /**
     * Momentum. Default 0.95 (Keller Jordan, Moonlight).
     *
     * @param value in [0, 1); 0 for none
     * @return this
     */
    public final B momentum(double value) {
        this.momentum = value;
        return self();
    }

    /**
     * Whether the momentum is an average (Keller Jordan, the default) rather than a sum (Moonlight). The two differ
     * through {@link #epsilon} alone.
     *
     * @param value true for an average
     * @return this
     */
    public final B averagedMomentum(boolean value) {
        this.averaged = value;
        return self();
    }

    /**
     * Whether the momentum looks ahead. Default yes (Keller Jordan, Moonlight).
     *
     * @param value true for Nesterov
     * @return this
     */
    public final B nesterov(boolean value) {
        this.nesterov = value;
        return self();
    }

    /**
     * How the orthogonalised momentum is scaled. Default {@link Muon.Scaling#KELLER_JORDAN}.
     *
     * @param value the rule
     * @return this
     */
    public final B scaling(Muon.Scaling value) {
        this.scaling = value;
        return self();
    }

    /**
     * The polynomials that orthogonalise. Default {@link PolarIteration#newtonSchulz} with five steps.
     *
     * @param value the iteration
     * @return this
     */
    public final B orthogonalization(PolarIteration value) {
        this.orthogonalization = value;
        return self();
    }

    /**
     * Added to the momentum's norm: gradients far below it are not blown up. Default 1e-7 (Keller Jordan); 0 makes
     * the step independent of the gradient's scale.
     *
     * @param value at least 0
     * @return this
     */
    public final B epsilon(double value) {
        this.epsilon = value;
        return self();
    }

    /**
     * Whether output layers are orthogonalised too, rather than served by the fallback. Default no (Keller Jordan).
     *
     * @param value true to include them
     * @return this
     */
    public final B outputLayers(boolean value) {
        this.outputLayers = value;
        return self();
    }

    final Muon.Settings settings(FailureHandling failures, Fallback fallback) {
        return new Muon.Settings(
                new Momentum(momentum, averaged, nesterov && momentum > 0),
                scaling,
                orthogonalization,
                epsilon,
                outputLayers,
                failures,
                fallback);
    }
}
