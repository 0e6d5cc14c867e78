package org.layerwise.precondition;

/** When work that is amortised over steps is due. */
public interface Schedule {
    /**
     * The next step at which work is due.
     *
     * @param last step at which it was done last, at least 0
     * @return greater than {@code last}; {@link Long#MAX_VALUE} for never again
     */
    long next(long last);

    /**
     * Whether work is due.
     *
     * @param step current step, from 0
     * @param last step at which it was done last; -1 if never
     * @return true if it is due at {@code step}
     */
    default boolean due(long step, long last) {
        return last < 0 || step >= next(last);
    }
}
