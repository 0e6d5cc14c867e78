package org.layerwise.dl4j;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;
import org.layerwise.method.Matrix;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns a kind of DL4J layer into matrices, and its backward passes into samples. Kinds of one's own are named in
 * {@code META-INF/services/org.layerwise.dl4j.LayerKind}, have a public constructor without arguments, and go before ours.
 */
public interface LayerKind {
    /**
     * A parameter array of a layer.
     *
     * @param key its name without the direction of a bidirectional layer, such as "W"
     * @param name its name, for messages
     * @param shape of the array
     * @param offset of its first element in the flat vector of the updater block
     */
    record Parameter(String key, String name, List<Long> shape, long offset) {
        /**
         * Number of elements.
         *
         * @return product of the shape
         */
        public long length() {
            return shape.stream().reduce(1L, (a, b) -> a * b);
        }

        /**
         * Length of an axis.
         *
         * @param axis index
         * @return its length
         */
        public int size(int axis) {
            return shape.get(axis).intValue();
        }
    }

    /**
     * Whether this kind serves a layer.
     *
     * @param configuration inside all wrappers
     * @return true if it does
     */
    boolean serves(Layer configuration);

    /**
     * Why a layer has no matrices after all.
     *
     * @param slot a layer that is served
     * @param configuration inside all wrappers
     * @return such as "each of its kernels sees one channel alone"; null if it has
     */
    default @Nullable String obstacle(LayerSlot slot, Layer configuration) {
        return null;
    }

    /**
     * The matrices in a parameter array, vectors such as biases included.
     *
     * @param slot a layer that is served
     * @param configuration inside all wrappers
     * @param parameter the array
     * @return those that lie in it; elements of none are the fallback's
     */
    List<Matrix> matrices(LayerSlot slot, Layer configuration, Parameter parameter);

    /**
     * Why a layer cannot give samples, which methods that need statistics want.
     *
     * @param slot a layer that is served
     * @param configuration inside all wrappers
     * @return null if {@link #capture} can read them
     */
    default @Nullable String sampleObstacle(LayerSlot slot, Layer configuration) {
        return configuration.getClass().getSimpleName() + " layers are not supported yet";
    }

    /** Takes the rows that a matrix has seen in a backward pass. */
    @FunctionalInterface
    interface Rows {
        /**
         * Takes some of the rows. Parts together are all rows of the pass; the arrays are valid during the call.
         *
         * @param inputs x [m, a], without the homogeneous coordinate
         * @param outputGradients g [m, dG]
         * @param all number of rows of all parts
         */
        void accept(INDArray inputs, INDArray outputGradients, long all);
    }

    /**
     * Cuts the arrays of a backward pass into rows: one for each example, or one for each position or time step where they share
     * the weights. The sum over all rows of x~ g' is DL4J's gradient. Unless overridden, the arrays are rows already.
     *
     * @param slot a layer without a {@link #sampleObstacle}
     * @param inputs of the layer, as DL4J runs it
     * @param outputGradients dL/dz of each example's own loss, as the capture read it
     * @param rows where they go
     */
    default void rows(LayerSlot slot, INDArray inputs, INDArray outputGradients, Rows rows) {
        rows.accept(inputs, outputGradients, outputGradients.size(0));
    }

    /**
     * How samples are read off.
     *
     * @param slot a layer without a {@link #sampleObstacle}
     * @return null for the usual place: behind the activation function, or the loss function of an output layer
     */
    default @Nullable Capture capture(LayerSlot slot) {
        return null;
    }
}
