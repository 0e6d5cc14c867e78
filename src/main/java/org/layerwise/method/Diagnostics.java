package org.layerwise.method;

import java.util.EnumMap;
import java.util.Map;

/** Counts of what the failure policy had to do for one layer; all zero in a healthy run. */
public final class Diagnostics {
    /** What can go wrong, mildest first. */
    public enum Event {
        /** A batch's statistics held NaN or infinities and were dropped. */
        STATISTICS_DROPPED,
        /** A factor needed more damping than configured. */
        DAMPING_RAISED,
        /** A factor was inverted in double precision. */
        DOUBLE_PRECISION,
        /** A refresh failed and the last good inverse stayed in use. */
        INVERSE_KEPT,
        /** A block's first eigenbasis could not be found; the block is not rotated until a refresh succeeds. */
        NOT_ROTATED,
        /** There is no inverse: a step used the plain gradient or, until the next refresh, a block that of its graft. */
        PLAIN_GRADIENT,
        /** A step was skipped because its gradient was not finite. */
        STEP_SKIPPED,
        /**
         * The state view changed underneath and the inverse was rebuilt; or a block's eigenbasis, which averaging had broken, with
         * the block's moments started from zero.
         */
        INVERSE_REBUILT,
        /** An update was not finite; its step was skipped and the matrix's state set to zero. */
        STATE_RESET
    }

    private long inARow;
    private final Map<Event, Long> counts = new EnumMap<>(Event.class);

    /**
     * Counts an event.
     *
     * @param event what happened
     */
    public void record(Event event) {
        counts.merge(event, 1L, Long::sum);
    }

    /**
     * How often an event happened.
     *
     * @param event which
     * @return count since the layer was attached
     */
    public long count(Event event) {
        return counts.getOrDefault(event, 0L);
    }

    /**
     * Counts skipped steps in a row.
     *
     * @param skipped whether the last step was skipped, in whole or in part
     * @return how many have been, without one that was taken in between
     */
    public long countInARow(boolean skipped) {
        inARow = skipped ? inARow + 1 : 0;
        return inARow;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Event event : Event.values()) {
            if (count(event) > 0) {
                text.append(text.length() == 0 ? "" : ", ")
                        .append(event.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '))
                        .append(' ')
                        .append(count(event));
            }
        }
        return text.length() == 0 ? "no failures" : text.toString();
    }
}
