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

/**
 * A twin of the network on the same parameter array, for backward passes that start from probes in place of the loss's
 * gradient. The trained network, its gradients, its score, its dropout masks and its listeners stay untouched.
 */
final class ProbeNetwork {
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
     * Fills the statistics of the layers that want them.
     *
     * @param batch of the step in progress
     * @param due layers to fill
     * @param rows indices of the examples that count; null for all
     * @param step the step's number, on which the draws depend
     */
    void run(NetworkAdapter.Batch batch, List<LayerSession> due, int @Nullable [] rows, long step) {
        twin.followCounts(leader);
        if (fisher instanceof FisherEstimator.MonteCarlo monteCarlo) {
            for (int s = 0; s < monteCarlo.samples(); s++) {
                for (int h = 0; h < heads.size(); h++) {
                    var random = OutputModel.random(monteCarlo.seed() + h, step, s);
                    heads.get(h).draw = (model, output) -> model.sample(output, random);
                }
                pass(batch, due, new LayerRecorder.Pass(1, monteCarlo.samples(), s == 0, rows));
            }
            return;
        }
        boolean first = true;
        for (Head active : heads) {
            for (int c = 0; c < active.outputs; c++) {
                for (Head head : heads) {
                    int column = c;
                    head.draw = head == active
                            ? (model, output) -> model.column(output, column)
                            : (model, output) -> output.like();
                }
                pass(batch, due, new LayerRecorder.Pass(1, 1, first, rows));
                first = false;
            }
        }
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

    /** One output of the network during a pass. */
    private final class Head implements LossTap.ProbeSource {
        private final OutputHead head;
        private final long outputs;
        private OutputHead.Draw draw = (model, output) -> output.like();

        Head(OutputHead head, long outputs) {
            this.head = head;
            this.outputs = outputs;
        }

        @Override
        public INDArray probe(INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
            return head.probe(preOutput, activation, mask, reduction, draw);
        }
    }
}
