package org.layerwise.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;
import org.layerwise.curvature.FisherEstimator;
import org.layerwise.curvature.OutputModel;
import org.layerwise.updater.LayerSession;
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

    private final NetworkAdapter leader;
    private final NetworkAdapter twin;
    private final FisherEstimator fisher;
    private final double reduction;
    private final List<Head> heads = new ArrayList<>();
    private final Map<LayerSession, LayerRecorder> recorders = new LinkedHashMap<>();

    /**
     * Builds the twin and taps it.
     *
     * @param leader the trained network
     * @param sessions the layers that want statistics, by slot name
     * @param fisher Monte Carlo or exact
     * @param reduction canonical multiple of DL4J's loss
     */
    ProbeNetwork(NetworkAdapter leader, Map<String, LayerSession> sessions, FisherEstimator fisher, double reduction) {
        this.leader = leader;
        this.twin = leader.twin();
        this.fisher = fisher;
        this.reduction = reduction;
        for (NetworkAdapter.Slot slot : twin.slots()) {
            LayerSession session = sessions.get(slot.name());
            LayerRecorder recorder = new LayerRecorder(slot.layer(), session == null ? null : session.statistics());
            if (slot.output()) {
                Taps.tapLoss(slot, recorder, newHead(slot));
            } else if (session != null) {
                Taps.tapActivation(slot, recorder);
            }
            if (session != null) {
                recorders.put(session, recorder);
            }
        }
    }

    private Head newHead(NetworkAdapter.Slot slot) {
        Layer conf = slot.layer().conf().getLayer();
        Head head = new Head(Taps.head(conf), ((BaseOutputLayer) conf).getNOut());
        heads.add(head);
        return head;
    }

    /**
     * Fills the statistics of the layers that want them. Probes share passes: the batch is stacked as often as fits into
     * {@value #MAX_ROWS} rows, and each copy starts from another probe.
     *
     * @param batch of the step in progress
     * @param due layers to fill
     * @param rows indices of the examples that count; null for all
     * @param step the step's number, on which the draws depend
     */
    void run(NetworkAdapter.Batch batch, List<LayerSession> due, int @Nullable [] rows, long step) {
        twin.followCounts(leader);
        List<Probe> probes = probes(step);
        int examples = (int) batch.inputs()[0].size(0);
        int copies = Math.max(1, MAX_ROWS / Math.max(1, examples));
        int samples = fisher instanceof FisherEstimator.MonteCarlo monteCarlo ? monteCarlo.samples() : 1;
        for (int from = 0; from < probes.size(); from += copies) {
            List<Probe> group = probes.subList(from, Math.min(probes.size(), from + copies));
            heads.forEach(head -> head.group = group);
            LayerRecorder.Pass pass = new LayerRecorder.Pass(1, samples, group.size(), from == 0, rows);
            try (NetworkAdapter.Stack stack = NetworkAdapter.Stack.of(batch, group.size())) {
                pass(stack.batch(), due, pass);
            }
        }
    }

    /** What the passes of one step start from: one probe a sample, or one a head and column. */
    private List<Probe> probes(long step) {
        List<Probe> probes = new ArrayList<>();
        if (fisher instanceof FisherEstimator.MonteCarlo monteCarlo) {
            for (int s = 0; s < monteCarlo.samples(); s++) {
                int sample = s;
                probes.add((head, model, output) -> model.sample(
                        output, OutputModel.random(monteCarlo.seed() + heads.indexOf(head), step, sample)));
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

    private void pass(NetworkAdapter.Batch batch, List<LayerSession> due, LayerRecorder.Pass pass) {
        try {
            for (LayerSession session : due) {
                java.util.Objects.requireNonNull(recorders.get(session)).arm(pass);
            }
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
        private final OutputHead head;
        private final long outputs;
        private List<Probe> group = List.of();

        Head(OutputHead head, long outputs) {
            this.head = head;
            this.outputs = outputs;
        }

        @Override
        public INDArray probe(INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
            return head.probe(preOutput, activation, mask, reduction, this::stack);
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
