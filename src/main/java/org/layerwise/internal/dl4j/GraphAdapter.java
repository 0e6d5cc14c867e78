package org.layerwise.internal.dl4j;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerSlot;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adapter of {@link ComputationGraph}.
 *
 * @param graph initialised
 */
public record GraphAdapter(ComputationGraph graph) implements NetworkAdapter {
    @Override
    public Model model() {
        return graph;
    }

    @Override
    public boolean initialised() {
        return graph.getLayers() != null;
    }

    @Override
    public List<LayerSlot> slots() {
        List<LayerSlot> slots = new ArrayList<>();
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[index];
            if (vertex.hasLayer() || vertex.numParams() > 0) {
                slots.add(slot(vertex));
            }
        }
        return slots;
    }

    private LayerSlot slot(GraphVertex vertex) {
        String name = vertex.getVertexName();
        List<String> inputs = inputs(name);
        LayerVertex conf = configured(name);
        Layer layer = vertex.hasLayer() ? vertex.getLayer() : null;
        InputPreProcessor preProcessor = conf == null ? null : conf.getPreProcessor();
        return new LayerSlot(
                name,
                layer == null ? vertex : layer,
                layer == null ? null : layer.conf().getLayer(),
                !java.util.Collections.disjoint(inputs, graph.getConfiguration().getNetworkInputs()),
                graph.getConfiguration().getNetworkOutputs().contains(name) && layer instanceof IOutputLayer,
                NetworkAdapter.stacks(preProcessor, isPooled(inputs)),
                preProcessor);
    }

    private List<String> inputs(String vertex) {
        return graph.getConfiguration().getVertexInputs().getOrDefault(vertex, List.of());
    }

    private boolean isPooled(List<String> inputs) {
        if (inputs.size() != 1 || configured(inputs.get(0)) == null) {
            return false;
        }
        org.deeplearning4j.nn.conf.layers.Layer before = java.util.Objects.requireNonNull(configured(inputs.get(0)))
                .getLayerConf()
                .getLayer();
        return NetworkAdapter.pools(before) || (NetworkAdapter.keepsShape(before) && isPooled(inputs(inputs.get(0))));
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
        set(ComputationGraph.class, "configuration", graph, own);
        for (Map.Entry<String, org.deeplearning4j.nn.conf.graph.GraphVertex> entry :
                own.getVertices().entrySet()) {
            if (entry.getValue() instanceof LayerVertex vertex) {
                Layer layer = graph.getLayer(entry.getKey());
                if (!(layer instanceof FrozenLayer)) {
                    NetworkAdapter.configure(layer, vertex.getLayerConf());
                }
            } else if (entry.getValue() instanceof SameDiffVertex vertex
                    && graph.getVertex(entry.getKey()) instanceof SameDiffGraphVertex running) {
                own(running, vertex);
            }
        }
    }

    /** DL4J hands the network's defaults to a vertex when it runs, and to no copy of its configuration. */
    private static void own(SameDiffGraphVertex running, SameDiffVertex copy) {
        SameDiffVertex configured = (SameDiffVertex) running.getConfig();
        copy.setRegularization(configured.getRegularization());
        copy.setRegularizationBias(configured.getRegularizationBias());
        copy.setUpdater(configured.getUpdater());
        copy.setBiasUpdater(configured.getBiasUpdater());
        copy.setGradientNormalization(configured.getGradientNormalization());
        copy.setGradientNormalizationThreshold(configured.getGradientNormalizationThreshold());
        copy.setDataType(configured.getDataType());
        copy.setName(configured.getLayerName());
        copy.setVertexParams(configured.getVertexParams());
        set(SameDiffGraphVertex.class, "config", running, copy);
    }

    /** DL4J has no setter for these. */
    private static void set(Class<?> type, String name, Object target, Object value) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            field.set(target, value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This version of DL4J keeps a graph's configuration elsewhere; use 1.0.0-M2.1", e);
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
    public double loss() {
        for (int i = 0; i < graph.getNumOutputArrays(); i++) {
            if (!(graph.getOutputLayer(i) instanceof IOutputLayer output) || output.getLabels() == null) {
                return Double.NaN;
            }
        }
        return graph.score();
    }

    @Override
    public NetworkAdapter twin(boolean workspaces) {
        ComputationGraphConfiguration configuration = graph.getConfiguration().clone();
        if (!workspaces) {
            configuration.setTrainingWorkspaceMode(WorkspaceMode.NONE);
        }
        ComputationGraph twin = new ComputationGraph(configuration);
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
