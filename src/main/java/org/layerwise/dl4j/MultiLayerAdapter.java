package org.layerwise.dl4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Adapter of {@link MultiLayerNetwork}. */
record MultiLayerAdapter(MultiLayerNetwork network) implements NetworkAdapter {
    @Override
    public Model model() {
        return network;
    }

    @Override
    public List<Slot> slots() {
        Layer[] layers = network.getLayers();
        if (layers == null) {
            return List.of();
        }
        List<Slot> slots = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < layers.length; i++) {
            String name = layers[i].conf().getLayer().getLayerName();
            String unique = name == null || !names.add(name) ? "layer #" + i : name;
            slots.add(new Slot(
                    unique,
                    layers[i],
                    i == 0,
                    i == layers.length - 1 && layers[i] instanceof IOutputLayer,
                    network.getLayerWiseConfigurations().getInputPreProcess(i)));
        }
        return slots;
    }

    @Override
    public NeuralNetConfiguration defaultConfiguration() {
        return network.getDefaultConfiguration();
    }

    @Override
    public void ownConfiguration() {
        MultiLayerConfiguration own = network.getLayerWiseConfigurations().clone();
        network.setLayerWiseConfigurations(own);
        for (int i = 0; i < network.getnLayers(); i++) {
            Layer layer = network.getLayer(i);
            if (!(layer instanceof FrozenLayer)) {
                NetworkAdapter.configure(layer, own.getConf(i));
            }
        }
    }

    @Override
    public BaseMultiLayerUpdater<?> updater() {
        return (BaseMultiLayerUpdater<?>) network.getUpdater();
    }

    @Override
    public @Nullable BaseMultiLayerUpdater<?> existingUpdater() {
        Updater updater = network.getUpdater(false);
        return updater instanceof BaseMultiLayerUpdater<?> known ? known : null;
    }

    @Override
    public void dropUpdater() {
        network.setUpdater(null);
    }

    @Override
    public Collection<TrainingListener> listeners() {
        return network.getListeners();
    }

    @Override
    public void setListeners(Collection<TrainingListener> listeners) {
        network.setListeners(listeners);
    }

    @Override
    public @Nullable INDArray @Nullable [] labelMasks() {
        INDArray mask = network.getOutputLayer().getMaskArray();
        return mask == null ? null : new INDArray[] {mask};
    }

    @Override
    public long inputRows() {
        return network.getInput().size(0);
    }

    @Override
    public Batch batch() {
        INDArray mask = network.getMaskArray();
        return new Batch(
                new INDArray[] {network.getInput()},
                new INDArray[] {network.getLabels()},
                mask == null ? null : new INDArray[] {mask},
                labelMasks());
    }

    @Override
    public NetworkAdapter twin() {
        MultiLayerNetwork twin =
                new MultiLayerNetwork(network.getLayerWiseConfigurations().clone());
        twin.init(network.params(), false);
        return new MultiLayerAdapter(twin);
    }

    @Override
    public void run(Batch batch) {
        network.setInput(batch.inputs()[0]);
        network.setLabels(batch.labels()[0]);
        network.setLayerMaskArrays(
                batch.inputMasks() == null ? null : batch.inputMasks()[0],
                batch.labelMasks() == null ? null : batch.labelMasks()[0]);
        network.computeGradientAndScore();
        network.clearLayerMaskArrays();
        network.rnnClearPreviousState();
        network.setInput(null);
        network.setLabels(null);
    }

    @Override
    public void followCounts(NetworkAdapter leader) {
        network.getLayerWiseConfigurations().setIterationCount(leader.iteration());
        network.getLayerWiseConfigurations().setEpochCount(leader.epoch());
    }

    @Override
    public int iteration() {
        return network.getLayerWiseConfigurations().getIterationCount();
    }

    @Override
    public int epoch() {
        return network.getLayerWiseConfigurations().getEpochCount();
    }
}
