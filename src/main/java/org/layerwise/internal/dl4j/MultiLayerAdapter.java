package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerSlot;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adapter of {@link MultiLayerNetwork}.
 *
 * @param network initialised
 */
public record MultiLayerAdapter(MultiLayerNetwork network) implements NetworkAdapter {
    @Override
    public Model model() {
        return network;
    }

    @Override
    public boolean initialised() {
        return network.getLayers() != null;
    }

    @Override
    public List<LayerSlot> slots() {
        Layer[] layers = network.getLayers();
        List<LayerSlot> slots = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Layer layer : layers) {
            String name = layer.conf().getLayer().getLayerName();
            names.add(name == null ? "" : name);
        }
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < layers.length; i++) {
            String name = layers[i].conf().getLayer().getLayerName();
            String unique = name == null || !taken.add(name) ? unused("layer #" + i, names) : name;
            InputPreProcessor preProcessor =
                    network.getLayerWiseConfigurations().getInputPreProcess(i);
            slots.add(new LayerSlot(
                    unique,
                    layers[i],
                    layers[i].conf().getLayer(),
                    i == 0,
                    i == layers.length - 1 && layers[i] instanceof IOutputLayer,
                    NetworkAdapter.stacks(preProcessor, isPooledBefore(i)),
                    preProcessor));
        }
        return slots;
    }

    /** A generated name that no layer has. */
    private static String unused(String name, Set<String> names) {
        return names.contains(name) ? unused(name + "'", names) : name;
    }

    private boolean isPooledBefore(int layer) {
        for (int i = layer - 1; i >= 0; i--) {
            org.deeplearning4j.nn.conf.layers.Layer before =
                    network.getLayerWiseConfigurations().getConf(i).getLayer();
            if (NetworkAdapter.pools(before)) {
                return true;
            }
            if (!NetworkAdapter.keepsShape(before)) {
                return false;
            }
        }
        return false;
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
        return new Batch(
                new INDArray[] {network.getInput()}, new INDArray[] {network.getLabels()}, hiddenMasks(), labelMasks());
    }

    /** DL4J hands the mask of the features to the layers and keeps no copy: what each hidden layer has. */
    private @Nullable INDArray @Nullable [] hiddenMasks() {
        Layer[] layers = network.getLayers();
        @Nullable INDArray[] masks = new INDArray[layers.length - 1];
        boolean any = false;
        for (int i = 0; i < masks.length; i++) {
            masks[i] = layers[i].getMaskArray();
            any |= masks[i] != null;
        }
        return any ? masks : null;
    }

    @Override
    public double loss() {
        return network.getLabels() == null ? Double.NaN : network.score();
    }

    @Override
    public NetworkAdapter twin(boolean workspaces) {
        MultiLayerConfiguration configuration =
                network.getLayerWiseConfigurations().clone();
        if (!workspaces) {
            configuration.setTrainingWorkspaceMode(WorkspaceMode.NONE);
        }
        MultiLayerNetwork twin = new MultiLayerNetwork(configuration);
        twin.init(network.params(), false);
        return new MultiLayerAdapter(twin);
    }

    @Override
    public void run(Batch batch) {
        network.setInput(batch.inputs()[0]);
        network.setLabels(batch.labels()[0]);
        network.setLayerMaskArrays(null, batch.labelMasks() == null ? null : batch.labelMasks()[0]);
        for (int i = 0; batch.inputMasks() != null && i < batch.inputMasks().length; i++) {
            network.getLayer(i).setMaskArray(batch.inputMasks()[i]);
        }
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
