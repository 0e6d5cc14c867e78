package org.layerwise.settings;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.annotation.JsonSubTypes;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/** When work that is amortised over steps is due. All updaters share these schedules. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Period.Constant.class, name = "constant"),
    @JsonSubTypes.Type(value = Period.Growing.class, name = "growing"),
    @JsonSubTypes.Type(value = Period.Geometric.class, name = "geometric"),
    @JsonSubTypes.Type(value = Period.Explicit.class, name = "explicit")
})
public sealed interface Period extends Serializable {
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
     * @param last step at which it was done last; less than 0 if never
     * @return true if it is due at {@code step}
     */
    default boolean due(long step, long last) {
        return last < 0 || step >= next(last);
    }

    /**
     * A constant period: steps 0, k, 2k, ...; 1, 1 + k, ... for work that begins with step 1. Blocks that take turns keep the
     * distance, each from its own last time.
     *
     * @param steps k, at least 1
     * @return the period
     */
    static Period every(int steps) {
        return new Constant(steps);
    }

    /**
     * A growing period: distances 1, 1, 1, ..., 2, ... about a quarter of the step number, up to the target.
     *
     * @param steps target distance, at least 1
     * @return the period
     */
    static Period growingTo(int steps) {
        return new Growing(steps);
    }

    /**
     * Doubling steps: k, 2k, 4k, ... as long as they are less than the limit apart, then a constant distance.
     *
     * @param first k, at least 1
     * @param limit largest distance, at least {@code first}
     * @return the period
     */
    static Period geometric(int first, int limit) {
        return new Geometric(first, limit);
    }

    /**
     * The given steps and no others.
     *
     * @param steps at least one, ascending, from 1; work that was never done is due at once all the same
     * @return the period
     */
    static Period at(long... steps) {
        return new Explicit(LongStream.of(steps).boxed().toList());
    }

    private static void check(long steps) {
        Require.argument(steps >= 1, "A period must be at least 1 step, but is %s", steps);
    }

    /** A step number may come from a damaged state; the sum stops at the largest. */
    private static long later(long step, long distance) {
        return step > Long.MAX_VALUE - distance ? Long.MAX_VALUE : step + distance;
    }

    /**
     * See {@link Period#every}.
     *
     * @param steps distance, at least 1
     */
    record Constant(
            @JsonProperty(value = "steps", required = true) @RequiredInJson
            int steps) implements Period {
        /** Checks the distance. {@inheritDoc} */
        public Constant {
            check(steps);
        }

        @Override
        public long next(long last) {
            return later(last, steps);
        }
    }

    /**
     * See {@link Period#growingTo}.
     *
     * @param steps target distance, at least 1
     */
    record Growing(
            @JsonProperty(value = "steps", required = true) @RequiredInJson
            int steps) implements Period {
        /** Checks the distance. {@inheritDoc} */
        public Growing {
            check(steps);
        }

        @Override
        public long next(long last) {
            return later(last, Math.min(steps, Math.max(1, last / 4)));
        }
    }

    /**
     * See {@link Period#geometric}.
     *
     * @param first step, at least 1
     * @param limit largest distance, at least {@code first}
     */
    record Geometric(
            @JsonProperty(value = "first", required = true) @RequiredInJson
            int first,

            @JsonProperty(value = "limit", required = true) @RequiredInJson
            int limit)
            implements Period {
        /** Checks both. {@inheritDoc} */
        public Geometric {
            check(first);
            Require.argument(
                    limit >= first,
                    "A geometric period's limit must be at least its first step %s, but is %s",
                    first,
                    limit);
        }

        @Override
        public long next(long last) {
            long step = first;
            while (step <= last && step < limit) { // at most 31 times, since the limit is an int
                step *= 2;
            }
            return step > last ? step : later(last - (last - step) % limit, limit);
        }
    }

    /**
     * See {@link Period#at}.
     *
     * @param steps ascending
     */
    record Explicit(@JsonProperty("steps") List<Long> steps) implements Period {
        /** Checks the order. {@inheritDoc} */
        public Explicit {
            Require.argument(
                    steps != null && steps.stream().noneMatch(Objects::isNull),
                    "The steps of an explicit period must be numbers, but are %s",
                    steps);
            steps = List.copyOf(steps);
            Require.argument(!steps.isEmpty(), "An explicit period needs at least one step");
            check(steps.get(0));
            for (int i = 1; i < steps.size(); i++) {
                Require.argument(
                        steps.get(i) > steps.get(i - 1),
                        "The steps of an explicit period must ascend, but are %s",
                        steps);
            }
        }

        @Override
        public long next(long last) {
            for (long step : steps) {
                if (step > last) {
                    return step;
                }
            }
            return Long.MAX_VALUE;
        }
    }
}
