package org.layerwise.updater;

import java.io.Serializable;
import org.layerwise.linalg.Require;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * When work that is amortised over steps is due.
 *
 * @param steps the target distance in steps, at least 1
 * @param growing whether the distance starts at 1 and grows as a quarter of the steps taken until it reaches the target
 */
public record Period(
        @JsonProperty("steps") int steps,
        @JsonProperty("growing") boolean growing) implements Serializable {
    /**
     * Checks the distance.
     *
     * @param steps at least 1
     * @param growing whether to start at 1
     */
    public Period {
        Require.argument(steps >= 1, "A period must be at least 1 step, but is %s", steps);
    }

    /**
     * A constant period: steps 0, k, 2k, ...
     *
     * @param steps k, at least 1
     * @return the period
     */
    public static Period every(int steps) {
        return new Period(steps, false);
    }

    /**
     * A growing period: distances 1, 1, 1, ..., 2, ... about a quarter of the step number, up to the target.
     *
     * @param steps target distance, at least 1
     * @return the period
     */
    public static Period growingTo(int steps) {
        return new Period(steps, true);
    }

    /**
     * Whether work is due.
     *
     * @param step current step, from 0
     * @param last step at which it was done last; -1 if never
     * @return true if it is due at {@code step}
     */
    public boolean due(long step, long last) {
        if (last < 0) {
            return true;
        }
        long distance = growing ? Math.min(steps, Math.max(1, last / 4)) : steps;
        return step - last >= distance;
    }
}
