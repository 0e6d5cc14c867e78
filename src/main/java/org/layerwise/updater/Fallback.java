package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The updater of the parameters that are not preconditioned.
 *
 * @param updater one of DL4J's
 * @param follows whether its learning rate is a multiple of the rate of the preconditioned parameters, schedule and {@code
 *     setLearningRate} included, rather than a rate of its own
 */
public record Fallback(
        @JsonProperty("updater") IUpdater updater,
        @JsonProperty("follows") boolean follows) implements Serializable {
    /**
     * Checks the updater.
     *
     * @param updater one of DL4J's
     * @param follows whether its learning rate is a multiple
     */
    public Fallback {
        Require.present(updater, "fallback");
        LayerwiseUpdater.requirePlain(updater);
    }

    /** With a rate or schedule of its own. */
    static Fallback own(IUpdater updater) {
        return new Fallback(updater, false);
    }

    /** With a multiple of the rate of the preconditioned parameters. */
    static Fallback following(double multiple, IUpdater updater) {
        IUpdater copy = updater.clone();
        copy.setLrAndSchedule(multiple, null);
        return new Fallback(copy, true);
    }

    /** The updater beside preconditioned parameters with a rate or schedule. */
    IUpdater beside(double learningRate, @Nullable ISchedule schedule) {
        if (!follows) {
            return updater;
        }
        double multiple = updater.getLearningRate(0, 0);
        IUpdater copy = updater.clone();
        copy.setLrAndSchedule(
                multiple * learningRate,
                schedule == null || multiple == 1 ? schedule : new ScaledSchedule(multiple, schedule));
        return copy;
    }

    /** Gives an instance of {@link #beside} the rate of a step. */
    void follow(GradientUpdater<?> instance, double learningRate) {
        if (follows) {
            instance.getConfig().setLrAndSchedule(updater.getLearningRate(0, 0) * learningRate, null);
        }
    }
}
