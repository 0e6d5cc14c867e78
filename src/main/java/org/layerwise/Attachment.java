package org.layerwise;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.layerwise.internal.Require;
import org.layerwise.internal.dl4j.NetworkAdapter;
import org.layerwise.internal.dl4j.Session;
import org.layerwise.internal.linalg.Environment;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Observer;
import org.layerwise.settings.Plan;
import org.nd4j.linalg.api.buffer.DataType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A network whose layer-wise updaters are connected. Not thread-safe, like the network itself. */
public final class Attachment implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Attachment.class);

    private static final AtomicBoolean ENVIRONMENT_REPORTED = new AtomicBoolean();

    private final Session session;
    private boolean open = true;

    private Attachment(Session session) {
        this.session = session;
    }

    static Attachment open(NetworkAdapter network) {
        Require.argument(
                network.initialised(), "The network is not initialised. Call net.init() before Layerwise.attach(net).");
        DataType type = network.model().params().dataType();
        Require.argument(
                type == DataType.FLOAT || type == DataType.DOUBLE,
                "The network's parameters are %s; layer-wise updaters need FLOAT or DOUBLE. Convert the network with"
                        + " net.convertDataType(DataType.FLOAT).",
                type);
        if (ENVIRONMENT_REPORTED.compareAndSet(false, true)) {
            log.info("{}", Environment.report());
        }
        return new Attachment(Session.open(network));
    }

    /**
     * What every layer gets.
     *
     * @return the plan
     */
    public Plan plan() {
        return session.plan();
    }

    /**
     * What the failure policy had to do, by layer.
     *
     * @return live counters of the layers that our updaters serve
     */
    public Map<String, Diagnostics> diagnostics() {
        return session.diagnostics();
    }

    /**
     * Adds an observer of steps, refreshes and failures. Another attachment of the same network has observers of its own.
     *
     * @param observer told of everything from now on, until this attachment is closed
     */
    public void addObserver(Observer observer) {
        Require.present(observer, "observer");
        session.observers().add(observer);
    }

    /**
     * Removes an observer.
     *
     * @param observer told of nothing any more
     * @return whether it had been added
     */
    public boolean removeObserver(Observer observer) {
        return session.observers().remove(observer);
    }

    /**
     * The factor by which the KL clip scaled the last step.
     *
     * @return nu in (0, 1]; 1 if it did not clip
     */
    public double lastClipScale() {
        return session.step().lastScale();
    }

    /**
     * Whether the network is still attached through this object.
     *
     * @return false after {@link #close}
     */
    public boolean isOpen() {
        return open && session.isOpen();
    }

    /**
     * Detaches: removes listener and taps. The configuration keeps its bound updaters and the updater its state, so that
     * a later {@code Layerwise.attach} goes on where this one ended; until then a training step fails with a sentence
     * that says so. Layers whose updater needs gradients alone keep training.
     */
    @Override
    public void close() {
        if (open) {
            open = false;
            session.close();
        }
    }
}
