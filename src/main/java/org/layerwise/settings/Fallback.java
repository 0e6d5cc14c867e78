package org.layerwise.settings;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The updater of the parameters that are not preconditioned.
 *
 * @param updater one of DL4J's
 * @param follows whether its learning rate is a multiple of the rate of the preconditioned parameters, rather than a rate of
 *     its own
 */
public record Fallback(
        @JsonProperty("updater") IUpdater updater,

        @JsonProperty(value = "follows", required = true) @RequiredInJson
        boolean follows)
        implements Serializable {
    /** Checks the updater. {@inheritDoc} */
    public Fallback {
        Require.present(updater, "fallback");
        Require.argument(
                !updater.getClass().getName().startsWith("org.layerwise."),
                "The fallback updater must be one of DL4J's, but is %s",
                updater);
    }

    /**
     * A fallback with a rate or schedule of its own. {@code net.setLearningRate} scales it as it scales the constant rate that
     * the preconditioned parameters were configured with.
     *
     * @param updater one of DL4J's
     * @return the fallback
     */
    public static Fallback own(IUpdater updater) {
        return new Fallback(updater, false);
    }

    /**
     * A fallback whose rate is a multiple of the rate of the preconditioned parameters, schedule included.
     *
     * @param multiple at least 0
     * @param updater one of DL4J's
     * @return the fallback
     */
    public static Fallback following(double multiple, IUpdater updater) {
        IUpdater copy = updater.clone();
        copy.setLrAndSchedule(multiple, null);
        return new Fallback(copy, true);
    }

    /**
     * The fallback's rate at a step.
     *
     * @param rate of the preconditioned parameters at that step
     * @param configured the constant rate that they were configured with; NaN for a schedule
     * @param iteration of the step
     * @param epoch of the step
     * @return 0 where {@code rate} is 0
     */
    public double rate(double rate, double configured, int iteration, int epoch) {
        if (rate == 0 || !updater.hasLearningRate()) {
            return rate;
        }
        if (follows) {
            return updater.getLearningRate(0, 0) * rate;
        }
        double own = updater.getLearningRate(iteration, epoch);
        return configured > 0 ? own * (rate / configured) : own;
    }

    /**
     * The updater beside preconditioned parameters with a rate or schedule.
     *
     * @param learningRate of the preconditioned parameters
     * @param schedule of the preconditioned parameters; null for none
     * @return a copy with its multiple; the updater itself if its rate is its own
     */
    public IUpdater updaterAtRate(double learningRate, @Nullable ISchedule schedule) {
        if (!follows) {
            return updater;
        }
        double multiple = updater.getLearningRate(0, 0);
        IUpdater copy = updater.clone();
        copy.setLrAndSchedule(
                multiple * learningRate,
                schedule == null || multiple == 1 ? schedule : new Multiple(multiple, schedule));
        return copy;
    }

    /**
     * A multiple of another schedule.
     *
     * @param factor multiple
     * @param schedule of which
     */
    public record Multiple(
            @JsonProperty(value = "factor", required = true) @RequiredInJson
            double factor,

            @JsonProperty("schedule") ISchedule schedule)
            implements ISchedule {
        @Override
        public double valueAt(int iteration, int epoch) {
            return factor * schedule.valueAt(iteration, epoch);
        }

        @Override
        public Multiple clone() {
            return new Multiple(factor, schedule.clone());
        }
    }
}
