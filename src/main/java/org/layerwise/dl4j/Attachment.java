package org.layerwise.dl4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.layerwise.linalg.Environment;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.Diagnostics;
import org.nd4j.linalg.api.buffer.DataType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A network whose layer-wise updaters are connected. Not thread-safe, like the network itself. */
public final class Attachment implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Attachment.class);

    private static final AtomicBoolean ENVIRONMENT_REPORTED = new AtomicBoolean();

    private final NetworkAdapter network;
    private final Binding binding;
    private final StatisticsListener listener;
    private boolean open = true;

    private Attachment(NetworkAdapter network, Binding binding, StatisticsListener listener) {
        this.network = network;
        this.binding = binding;
        this.listener = listener;
    }

    static Attachment open(NetworkAdapter network) {
        Require.argument(
                !network.slots().isEmpty(),
                "The network is not initialised. Call net.init() before Layerwise.attach(net).");
        DataType type = network.model().params().dataType();
        Require.argument(
                type == DataType.FLOAT || type == DataType.DOUBLE,
                "The network's parameters are %s; layer-wise updaters need FLOAT or DOUBLE. Convert the network with"
                        + " net.convertDataType(DataType.FLOAT).",
                type);
        for (TrainingListener earlier : List.copyOf(network.listeners())) {
            if (earlier instanceof StatisticsListener mine && mine.serves(network.model())) {
                mine.attachment().close();
            }
        }
        if (ENVIRONMENT_REPORTED.compareAndSet(false, true)) {
            log.info("{}", Environment.report());
        }

        BaseMultiLayerUpdater<?> before = network.existingUpdater();
        StateTransfer transfer = StateTransfer.of(before);
        network.ownConfiguration();
        Binding binding = Binding.of(network, type);
        network.dropUpdater();
        transfer.into(network.updater());
        binding.requireComplete(network.updater());

        StatisticsListener listener = new StatisticsListener(network, binding);
        Attachment attachment = new Attachment(network, binding, listener);
        listener.setAttachment(attachment);
        List<TrainingListener> listeners = new ArrayList<>(network.listeners());
        listeners.add(listener);
        network.setListeners(listeners);
        return attachment;
    }

    /**
     * What every layer gets.
     *
     * @return the plan
     */
    public Plan plan() {
        return binding.plan();
    }

    /**
     * What the failure policy had to do, by layer.
     *
     * @return live counters of the preconditioned layers
     */
    public Map<String, Diagnostics> diagnostics() {
        return binding.diagnostics();
    }

    /**
     * The factor by which the KL clip scaled the last step.
     *
     * @return nu in (0, 1]; 1 if it did not clip
     */
    public double lastClipScale() {
        return binding.coordinator().lastScale();
    }

    /**
     * Whether the network is still attached through this object.
     *
     * @return false after {@link #close}
     */
    public boolean isOpen() {
        return open;
    }

    /**
     * Detaches: removes listener and taps. The configuration keeps its bound updaters and the updater its state, so that
     * a later {@code Layerwise.attach} goes on where this one ended; until then a training step fails with a sentence
     * that says so. Layers whose updater needs gradients alone keep training.
     */
    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        listener.stop();
        Collection<TrainingListener> remaining = new ArrayList<>(network.listeners());
        remaining.remove(listener);
        network.setListeners(remaining);
        for (NetworkAdapter.Slot slot : network.slots()) {
            Taps.remove(slot.layer().conf().getLayer());
        }
        disconnect();
    }

    /** Replaces the connected updaters by fresh, unconnected ones over the same state. */
    private void disconnect() {
        BaseMultiLayerUpdater<?> connected = network.existingUpdater();
        if (connected != null) {
            StateTransfer transfer = StateTransfer.of(connected);
            network.dropUpdater();
            transfer.into(network.updater());
        }
    }
}
