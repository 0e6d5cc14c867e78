package org.layerwise.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.layerwise.curvature.FisherEstimator;
import org.layerwise.precondition.Diagnostics;
import org.layerwise.updater.GradientOnlyUpdater;
import org.layerwise.updater.KroneckerUpdater;
import org.layerwise.updater.LayerSession;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * Follows a network's training steps: connects the updaters, arms the taps for the backward pass, and runs probe passes
 * before DL4J updates the parameters. Order of calls in a step: onForwardPass, onBackwardPass, onGradientCalculation,
 * then the updaters.
 */
final class StatisticsListener extends BaseTrainingListener {
    private final NetworkAdapter network;
    private final Binding binding;
    private final Map<LayerSession, LayerRecorder> recorders = new LinkedHashMap<>();
    private final List<LayerSession> probed = new ArrayList<>();
    private NetworkAdapter.@Nullable Batch batch;
    private int @Nullable [] rows;
    private @Nullable ProbeNetwork probes;
    private @Nullable Attachment attachment;

    StatisticsListener(NetworkAdapter network, Binding binding) {
        this.network = network;
        this.binding = binding;
        for (NetworkAdapter.Slot slot : network.slots()) {
            LayerSession session = binding.sessions().get(slot.name());
            if (session != null && binding.fromTrainingPass(session)) {
                LayerRecorder recorder = new LayerRecorder(slot.layer(), session.statistics());
                recorders.put(session, recorder);
                if (slot.output()) {
                    Taps.tapLoss(slot, recorder, null);
                } else {
                    Taps.tapActivation(slot, recorder);
                }
            }
        }
    }

    void setAttachment(Attachment owner) {
        this.attachment = owner;
    }

    Attachment attachment() {
        return Objects.requireNonNull(attachment);
    }

    boolean serves(Model model) {
        return network.model() == model;
    }

    void stop() {
        recorders.values().forEach(LayerRecorder::disarm);
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        begin(model);
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        begin(model);
    }

    private void begin(Model model) {
        if (!serves(model)) {
            return;
        }
        connect();
        if (binding.sessions().isEmpty()) {
            return; // nobody needs statistics
        }
        batch = null;
        probed.clear();
        int examples = (int) Math.max(1, network.inputRows());
        rows = RowMask.of(network.labelMasks());
        for (LayerSession session : binding.sessions().values()) {
            session.begin(examples);
            if (session.statisticsDue()) {
                session.statistics().clear();
                LayerRecorder recorder = recorders.get(session);
                if (recorder == null) {
                    probed.add(session);
                } else {
                    recorder.arm(new LayerRecorder.Pass(binding.reduction(), 1, 1, true, rows));
                }
            }
        }
    }

    /** DL4J makes new updaters when a learning rate is set or a state restored. */
    private void connect() {
        for (UpdaterBlock block : network.updater().getUpdaterBlocks()) {
            GradientUpdater<?> updater = block.getGradientUpdater();
            if (updater.getConfig() instanceof KroneckerUpdater config && config.layout() != null) {
                LayerSession session = binding.sessions().get(config.layout().layer());
                if (session != null) {
                    session.connect(updater);
                }
            } else if (updater.getConfig() instanceof GradientOnlyUpdater config && config.layout() != null) {
                Diagnostics counters = binding.diagnostics().get(config.layout().layer());
                if (counters != null) {
                    GradientOnlyUpdater.connect(updater, counters);
                }
            }
        }
    }

    @Override
    public void onBackwardPass(Model model) {
        if (serves(model)) {
            stop();
            if (!probed.isEmpty()) {
                batch = network.batch();
            }
        }
    }

    @Override
    public void onGradientCalculation(Model model) {
        NetworkAdapter.Batch current = batch;
        if (!serves(model) || current == null) {
            return;
        }
        batch = null;
        FisherEstimator fisher = Objects.requireNonNull(binding.fisher());
        if (probes == null) {
            probes = new ProbeNetwork(network, binding.sessions(), fisher, binding.reduction());
        }
        probes.run(current, probed, rows, probed.get(0).step());
    }
}
