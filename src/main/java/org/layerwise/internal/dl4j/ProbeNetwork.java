package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.dl4j.LossKind;
import org.layerwise.internal.curvature.OutputModels;
import org.layerwise.method.Method;
import org.layerwise.method.OutputModel;
import org.layerwise.settings.FisherEstimator;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A twin of the network on the same parameter array, for backward passes that start from probes in place of the loss's
 * gradient. The trained network, its gradients, its score, its dropout masks and its listeners stay untouched.
 */
final class ProbeNetwork {
    /** Bounds the memory of a pass; enough to hide the cost of starting one. */
    private static final int MAX_ROWS = 16_384;

    /** The same for inputs that are larger than vectors of features. */
    private static final long MAX_ELEMENTS = 16L << 20;

    private final NetworkAdapter leader;
    private final NetworkAdapter twin;
    private final FisherEstimator fisher;
    private final double reduction;
    private final List<Head> heads = new ArrayList<>();
    private final Map<String, LayerRecorder> recorders = new LinkedHashMap<>();

    /**
     * Builds the twin and taps it.
     *
     * @param leader the trained network
     * @param workspaces whether passes may use workspaces, which must not be open in the calling thread then
     * @param sampled the layers that give samples
     * @param fisher Monte Carlo or exact
     * @param reduction canonical multiple of DL4J's loss
     */
    ProbeNetwork(
            NetworkAdapter leader,
            boolean workspaces,
            List<BoundBlock> sampled,
            FisherEstimator fisher,
            double reduction) {
        this.leader = leader;
        this.twin = leader.twin(workspaces);
        this.fisher = fisher;
        this.reduction = reduction;
        Map<String, BoundBlock> blocks = new LinkedHashMap<>();
        sampled.forEach(block -> blocks.put(block.slot().name(), block));
        for (LayerSlot slot : twin.slots()) {
            BoundBlock block = blocks.get(slot.name());
            LayerRecorder recorder = block == null ? null : block.recorder(slot);
            if (slot.output()) {
                Head head = new Head(
                        LossCapture.head(slot),
                        ((BaseOutputLayer) slot.running().getConfig()).getNOut());
                heads.add(head);
                new LossCapture(head).install(slot, recorder == null ? ignored -> {} : recorder);
            } else if (block != null && recorder != null) {
                block.capture().install(slot, recorder);
            }
            if (recorder != null) {
                recorders.put(slot.name(), recorder);
            }
        }
    }

    /**
     * Fills the statistics of the layers that want them. Probes share passes: the batch is stacked as often as fits into
     * {@value #MAX_ROWS} rows, and each copy starts from another probe.
     *
     * @param batch of the step in progress
     * @param due what to fill, by layer
     * @param rows indices of the examples that count; null for all
     * @param step the step's number, on which the draws depend
     */
    void run(NetworkAdapter.Batch batch, Map<String, Method.Statistics> due, int @Nullable [] rows, long step) {
        twin.followCounts(leader);
        List<Probe> probes = probes(step);
        int examples = (int) batch.inputs()[0].size(0);
        int copies = copies(batch);
        int samples = fisher instanceof FisherEstimator.MonteCarlo monteCarlo ? monteCarlo.samples() : 1;
        for (int from = 0; from < probes.size(); from += copies) {
            List<Probe> group = probes.subList(from, Math.min(probes.size(), from + copies));
            heads.forEach(head -> head.group = group);
            LayerRecorder.Pass pass = new LayerRecorder.Pass(1, samples, examples, group.size(), from == 0, rows);
            try (NetworkAdapter.Stack stack = NetworkAdapter.Stack.of(batch, group.size())) {
                pass(stack.batch(), due, pass);
            }
        }
    }

    /** Time steps stack to rows among which those of a copy do not follow each other. */
    private static int copies(NetworkAdapter.Batch batch) {
        long elements = 0;
        boolean series = batch.inputMasks() != null;
        for (INDArray input : batch.inputs()) {
            elements += input.length();
        }
        for (INDArray labels : batch.labels()) {
            series |= labels != null && labels.rank() > 2;
        }
        long rows = Math.max(1, batch.inputs()[0].size(0));
        return series ? 1 : (int) Math.max(1, Math.min(MAX_ROWS / rows, MAX_ELEMENTS / Math.max(1, elements)));
    }

    /** What the passes of one step start from: one probe a sample, or one a head and column. */
    private List<Probe> probes(long step) {
        List<Probe> probes = new ArrayList<>();
        if (fisher instanceof FisherEstimator.MonteCarlo monteCarlo) {
            for (int s = 0; s < monteCarlo.samples(); s++) {
                int sample = s;
                probes.add((head, model, output) -> model.sample(
                        output, OutputModels.random(monteCarlo.seed() + heads.indexOf(head), step, sample)));
            }
            return probes;
        }
        for (Head active : heads) {
            for (int c = 0; c < active.outputs; c++) {
                int column = c;
                probes.add((head, model, output) -> head == active ? model.column(output, column) : output.like());
            }
        }
        return probes;
    }

    private void pass(NetworkAdapter.Batch batch, Map<String, Method.Statistics> due, LayerRecorder.Pass pass) {
        try {
            due.forEach((layer, statistics) ->
                    Objects.requireNonNull(recorders.get(layer)).arm(statistics, pass));
            twin.run(batch);
        } finally {
            recorders.values().forEach(LayerRecorder::disarm);
        }
    }

    /** Vectors, one an example, that a copy of the batch starts from at each head. */
    private interface Probe {
        INDArray vectors(Head head, OutputModel model, INDArray output);
    }

    /** One output of the network during a pass. */
    private final class Head implements LossTap.ProbeSource {
        private final LossKind.Head head;
        private final long outputs;
        private List<Probe> group = List.of();

        Head(LossKind.Head head, long outputs) {
            this.head = head;
            this.outputs = outputs;
        }

        @Override
        public INDArray probe(INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
            return HeadProbe.of(head, preOutput, activation, mask, reduction, this::stack);
        }

        private INDArray stack(OutputModel model, INDArray output) {
            if (group.size() == 1) {
                return group.get(0).vectors(this, model, output);
            }
            INDArray stacked = output.ulike();
            long n = output.rows() / group.size();
            for (int copy = 0; copy < group.size(); copy++) {
                INDArrayIndex rows = NDArrayIndex.interval(copy * n, (copy + 1) * n);
                INDArray part = output.get(rows, NDArrayIndex.all());
                stacked.get(rows, NDArrayIndex.all()).assign(group.get(copy).vectors(this, model, part));
            }
            return stacked;
        }
    }
}
