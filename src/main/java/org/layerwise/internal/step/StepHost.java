package org.layerwise.internal.step;

import org.jspecify.annotations.Nullable;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;

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
     * @return what surrounds the layer
     * @throws IllegalStateException if the layer needs samples and there are none
     */
    Surroundings enter(LayerGradientUpdater updater);

    /**
     * What surrounds a layer's step.
     *
     * @param network the step of the whole network
     * @param diagnostics the layer's counters
     * @param scale from DL4J's gradient to the canonical one
     * @param samples by matrix
     */
    record Surroundings(NetworkStep network, Diagnostics diagnostics, double scale, SampleSource samples) {
        /**
         * Those of an updater without a network.
         *
         * @param diagnostics its counters
         * @return surroundings of one layer
         */
        public static Surroundings alone(Diagnostics diagnostics) {
            return new Surroundings(new NetworkStep(), diagnostics, 1, matrix -> null);
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
