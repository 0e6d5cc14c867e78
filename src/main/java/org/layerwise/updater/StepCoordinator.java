package org.layerwise.updater;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the KL clip a property of the whole network's step although DL4J updates layer after layer. Each layer hands in
 * its preconditioned gradient and leaves its update at zero; the last layer of the step computes the common factor
 *
 * <pre>nu = min(1, sqrt(kappa / sum over layers of lr^2 &lt;V, D&gt;))</pre>
 *
 * and adds the clipped updates to all gradient views, where DL4J's weight decay may stand already. (Martens and Grosse
 * 2015, section 6.5; Pauloski et al. 2020, eq. 18.)
 */
public final class StepCoordinator {
    private static final Logger log = LoggerFactory.getLogger(StepCoordinator.class);

    private final List<Pending> pending = new ArrayList<>();
    private int members;
    private double lastScale = 1;

    /** Creates a coordinator without layers. */
    public StepCoordinator() {}

    /** A layer's step that waits for the others. */
    interface Pending {
        /** lr^2 times the inner product of preconditioned and plain gradient. */
        double squaredLength();

        /** The bound kappa. */
        double klClip();

        /** Applies the step, scaled. */
        void finish(double scale);
    }

    void join(boolean clipped) {
        members += clipped ? 1 : 0;
    }

    /** Hands in a layer's step; finishes all steps once every clipped layer has done so. */
    void submit(Pending step) {
        if (pending.contains(step)) {
            // The previous step ended early, for instance by an exception in another layer. Its updates are void.
            log.warn("{} of {} layers took part in the last step; it was dropped", pending.size(), members);
            pending.clear();
        }
        pending.add(step);
        if (pending.size() < members) {
            return;
        }
        double length = 0;
        for (Pending layer : pending) {
            length += layer.squaredLength();
        }
        for (Pending layer : pending) {
            lastScale = scale(layer.klClip(), length);
            layer.finish(lastScale);
        }
        pending.clear();
    }

    /**
     * The clip factor.
     *
     * @param klClip kappa, greater than 0
     * @param squaredLength sum over layers of lr^2 times the inner product of V and D
     * @return nu in (0, 1]
     */
    static double scale(double klClip, double squaredLength) {
        return squaredLength > klClip ? Math.sqrt(klClip / squaredLength) : 1;
    }

    /**
     * The factor of the last finished step.
     *
     * @return nu in (0, 1]; 1 before the first step
     */
    public double lastScale() {
        return lastScale;
    }
}
