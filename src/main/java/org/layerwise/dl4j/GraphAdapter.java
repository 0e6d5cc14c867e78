package org.layerwise.dl4j;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Adapter of {@link ComputationGraph}. */
record GraphAdapter(ComputationGraph graph) implements NetworkAdapter {
    @Override
    public Model model() {
        return graph;
    }

    @Override
    public List<Slot> slots() {
        List<Slot> slots = new ArrayList<>();
        if (graph.getLayers() == null) {
            return slots;
        }
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[index];
            if (vertex.hasLayer()) {
                String name = vertex.getVertexName();
                LayerVertex conf = configured(name);
                slots.add(new Slot(
                        name,
                        vertex.getLayer(),
                        !java.util.Collections.disjoint(
                                graph.getConfiguration().getVertexInputs().get(name),
                                graph.getConfiguration().getNetworkInputs()),
                        graph.getConfiguration().getNetworkOutputs().contains(name)
                                && vertex.getLayer() instanceof IOutputLayer,
                        conf == null ? null : conf.getPreProcessor()));
            }
        }
        return slots;
    }

    private @Nullable LayerVertex configured(String name) {
        return graph.getConfiguration().getVertices().get(name) instanceof LayerVertex vertex ? vertex : null;
    }

    @Override
    public NeuralNetConfiguration defaultConfiguration() {
        return graph.getConfiguration().getDefaultConfiguration();
    }

    /** DL4J offers no way to replace a graph's configuration, and changing it in place would change the caller's. */
    @Override
    public void ownConfiguration() {
        ComputationGraphConfiguration old = graph.getConfiguration();
        ComputationGraphConfiguration own = old.clone();
        own.setIterationCount(old.getIterationCount());
        own.setEpochCount(old.getEpochCount());
        try {
            Field field = ComputationGraph.class.getDeclaredField("configuration");
            field.setAccessible(true);
            field.set(graph, own);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This version of DL4J keeps a graph's configuration elsewhere; use 1.0.0-M2.1", e);
        }
        for (Map.Entry<String, org.deeplearning4j.nn.conf.graph.GraphVertex> entry :
                own.getVertices().entrySet()) {
            if (entry.getValue() instanceof LayerVertex vertex) {
                Layer layer = graph.getLayer(entry.getKey());
                if (!(layer instanceof FrozenLayer)) {
                    NetworkAdapter.configure(layer, vertex.getLayerConf());
                }
            }
        }
    }

    @Override
    public BaseMultiLayerUpdater<?> updater() {
        return graph.getUpdater();
    }

    @Override
    public @Nullable BaseMultiLayerUpdater<?> existingUpdater() {
        return graph.getUpdater(false);
    }

    @Override
    public void dropUpdater() {
        graph.setUpdater(null);
    }

    @Override
    public Collection<TrainingListener> listeners() {
        return graph.getListeners();
    }

    @Override
    public void setListeners(Collection<TrainingListener> listeners) {
        graph.setListeners(listeners);
    }

    @Override
    public @Nullable INDArray @Nullable [] labelMasks() {
        return graph.getLabelMaskArrays();
    }

    @Override
    public long inputRows() {
        return graph.getInput(0).size(0);
    }

    @Override
    public Batch batch() {
        int outputs = graph.getNumOutputArrays();
        INDArray[] labels = new INDArray[outputs];
        for (int i = 0; i < outputs; i++) {
            labels[i] = ((IOutputLayer) graph.getOutputLayer(i)).getLabels();
        }
        return new Batch(graph.getInputs().clone(), labels, graph.getInputMaskArrays(), graph.getLabelMaskArrays());
    }

    @Override
    public NetworkAdapter twin() {
        ComputationGraph twin = new ComputationGraph(graph.getConfiguration().clone());
        twin.init(graph.params(), false);
        return new GraphAdapter(twin);
    }

    @Override
    public void run(Batch batch) {
        graph.setInputs(batch.inputs());
        graph.setLabels(batch.labels());
        if (batch.inputMasks() != null || batch.labelMasks() != null) {
            graph.setLayerMaskArrays(batch.inputMasks(), batch.labelMasks());
        }
        graph.computeGradientAndScore();
        graph.clearLayerMaskArrays();
        graph.rnnClearPreviousState();
    }

    @Override
    public void followCounts(NetworkAdapter leader) {
        graph.getConfiguration().setIterationCount(leader.iteration());
        graph.getConfiguration().setEpochCount(leader.epoch());
    }

    @Override
    public int iteration() {
        return graph.getConfiguration().getIterationCount();
    }

    @Override
    public int epoch() {
        return graph.getConfiguration().getEpochCount();
    }
}
