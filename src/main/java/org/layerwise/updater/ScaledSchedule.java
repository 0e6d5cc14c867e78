package org.layerwise.updater;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A multiple of another schedule: the fallback's share of a learning rate that follows a schedule.
 *
 * @param factor multiple
 * @param schedule of which
 */
public record ScaledSchedule(
        @JsonProperty("factor") double factor,
        @JsonProperty("schedule") ISchedule schedule) implements ISchedule {
    @Override
    public double valueAt(int iteration, int epoch) {
        return factor * schedule.valueAt(iteration, epoch);
    }

    @Override
    public ScaledSchedule clone() {
        return new ScaledSchedule(factor, schedule.clone());
    }
}
