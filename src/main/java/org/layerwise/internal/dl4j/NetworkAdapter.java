package org.layerwise.internal.dl4j;

import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerSlot;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What attaching needs of a network, the same for both network classes of DL4J. */
public sealed interface NetworkAdapter permits MultiLayerAdapter, GraphAdapter {
    /**
     * A training batch.
     *
     * @param inputs features, one array per network input
     * @param labels one array per output
     * @param inputMasks as the user gave them, one array per network input; of a multi-layer network those of the hidden layers
     * @param labelMasks as the user gave them
     */
    record Batch(
            INDArray[] inputs,
            INDArray[] labels,
            @Nullable INDArray @Nullable [] inputMasks,
            @Nullable INDArray @Nullable [] labelMasks) {}

    /**
     * A batch several times over, one copy after the other. Closing frees the copies, which are too large to leave to the
     * garbage collector.
     *
     * @param batch the stacked batch
     * @param owned whether its arrays are copies
     */
    record Stack(Batch batch, boolean owned) implements AutoCloseable {
        static Stack of(Batch batch, int copies) {
            if (copies == 1) {
                return new Stack(batch, false);
            }
            return new Stack(
                    new Batch(
                            all(batch.inputs, copies),
                            all(batch.labels, copies),
                            batch.inputMasks == null ? null : all(batch.inputMasks, copies),
                            batch.labelMasks == null ? null : all(batch.labelMasks, copies)),
                    true);
        }

        private static INDArray[] all(@Nullable INDArray[] arrays, int copies) {
            INDArray[] stacked = new INDArray[arrays.length];
            for (int i = 0; i < arrays.length; i++) {
                INDArray array = arrays[i];
                if (array != null) {
                    stacked[i] = Nd4j.concat(
                            0, java.util.Collections.nCopies(copies, array).toArray(new INDArray[0]));
                }
            }
            return stacked;
        }

        @Override
        public void close() {
            if (owned) {
                free(batch.inputs);
                free(batch.labels);
                free(batch.inputMasks);
                free(batch.labelMasks);
            }
        }

        private static void free(@Nullable INDArray @Nullable [] arrays) {
            if (arrays != null) {
                for (INDArray array : arrays) {
                    if (array != null && array.closeable()) {
                        array.close();
                    }
                }
            }
        }
    }

    /**
     * Lets a layer run on a configuration. Wrappers such as LastTimeStep hand their configuration to the layer inside, which
     * must be that layer's own.
     *
     * @param layer as the network runs it
     * @param own the configuration in the network's own copy
     */
    static void configure(Layer layer, NeuralNetConfiguration own) {
        org.deeplearning4j.nn.conf.layers.Layer inner = own.getLayer();
        if (!wraps(inner)) {
            layer.setConf(own);
            return;
        }
        while (wraps(inner)) {
            inner = ((BaseWrapperLayer) inner).getUnderlying();
        }
        NeuralNetConfiguration unwrapped = own.clone();
        unwrapped.setLayer(inner);
        layer.setConf(unwrapped);
    }

    private static boolean wraps(org.deeplearning4j.nn.conf.layers.Layer layer) {
        return layer instanceof BaseWrapperLayer;
    }

    Model model();

    /** Whether {@code init()} was called. */
    boolean initialised();

    /** Layers and vertices with parameters, and output layers, in the order of the parameters. */
    List<LayerSlot> slots();

    /**
     * Whether a preprocessor in front of a layer stacks time steps or positions to rows. DL4J inserts one that does nothing
     * behind a layer that has already pooled them.
     */
    static boolean stacks(@Nullable InputPreProcessor preProcessor, boolean pooled) {
        if (preProcessor instanceof ComposableInputPreProcessor composed) {
            for (InputPreProcessor part : composed.getInputPreProcessors()) {
                if (stacks(part, pooled)) {
                    return true;
                }
            }
        }
        return preProcessor instanceof RnnToCnnPreProcessor
                || (preProcessor instanceof RnnToFeedForwardPreProcessor && !pooled);
    }

    /** Whether a layer's activations are one row an example whatever came in. */
    static boolean pools(org.deeplearning4j.nn.conf.layers.Layer layer) {
        return layer instanceof GlobalPoolingLayer || layer instanceof LastTimeStep;
    }

    /** Whether a layer hands on the shape that it gets. */
    static boolean keepsShape(org.deeplearning4j.nn.conf.layers.Layer layer) {
        return layer instanceof DropoutLayer || layer instanceof ActivationLayer || layer instanceof BatchNormalization;
    }

    NeuralNetConfiguration defaultConfiguration();

    /** Gives the network its own copies of all configuration objects. */
    void ownConfiguration();

    /** The network's updater, created on demand. */
    BaseMultiLayerUpdater<?> updater();

    /** The updater if there is one. */
    @Nullable
    BaseMultiLayerUpdater<?> existingUpdater();

    /** Drops the updater and its state, so that {@link #updater} builds a new one from the configuration. */
    void dropUpdater();

    Collection<TrainingListener> listeners();

    void setListeners(Collection<TrainingListener> listeners);

    /** The masks of the labels of the step in progress. */
    @Nullable
    INDArray @Nullable [] labelMasks();

    /** Number of examples of the step in progress. */
    long inputRows();

    /** The batch of the step in progress. */
    Batch batch();

    /**
     * A network with its own configuration and layers on the same parameter array.
     *
     * @param workspaces whether it may use workspaces, which must not be open in the calling thread then
     */
    NetworkAdapter twin(boolean workspaces);

    /** Mean loss of the batch in progress; NaN if there are no labels. */
    double loss();

    /** Forward and backward pass over a batch. */
    void run(Batch batch);

    /** Takes over the iteration and epoch numbers, on which schedules depend. */
    void followCounts(NetworkAdapter leader);

    int iteration();

    int epoch();
}
