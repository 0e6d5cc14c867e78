package org.layerwise.internal.step;

import org.jspecify.annotations.Nullable;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Observer;

/** A network whose layers step together. */
public interface StepHost {
    /**
     * Whether an updater belongs to the network's present updater. Clones share the configuration of their original, and
     * pretraining builds updaters of its own.
     *
     * @param updater that steps
     * @return false for an updater of another network
     */
    boolean owns(LayerGradientUpdater updater);

    /**
     * Begins the step of one updater block, and with the first one that of the network.
     *
     * @param updater that is owned
     * @return what the layer's step needs of the network
     * @throws IllegalStateException if the layer needs samples and there are none
     */
    LayerContext enter(LayerGradientUpdater updater);

    /**
     * What a layer's step needs of the network.
     *
     * @param network the step of the whole network
     * @param diagnostics the layer's counters
     * @param scale from DL4J's gradient to the canonical one
     * @param samples by matrix
     * @param observer that is told of steps, refreshes and failures
     */
    record LayerContext(
            NetworkStep network, Diagnostics diagnostics, double scale, SampleSource samples, Observer observer) {
        private static final Observer NOBODY = new Observer() {};

        /**
         * That of an updater without a network.
         *
         * @param diagnostics its counters
         * @return the context of one layer
         */
        public static LayerContext alone(Diagnostics diagnostics) {
            return new LayerContext(new NetworkStep(), diagnostics, 1, matrix -> null, NOBODY);
        }
    }

    /** The samples of a step. */
    @FunctionalInterface
    interface SampleSource {
        /**
         * Those of one matrix.
         *
         * @param matrix of the layer
         * @return null if none were taken
         */
        Method.@Nullable Statistics of(Matrix matrix);
    }
}
