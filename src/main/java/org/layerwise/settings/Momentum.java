package org.layerwise.settings;

import java.io.Serializable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Momentum, M = decay M + weight G with weight 1 - decay (average) or 1 (sum). The result is M, or with Nesterov's look-ahead
 * decay M + weight G once more. Neither is debiased.
 *
 * @param decay in [0, 1); 0 for none
 * @param average whether M is an average rather than a sum
 * @param nesterov whether to look ahead
 */
public record Momentum(
        @JsonProperty(value = "decay", required = true) @RequiredInJson
        double decay,

        @JsonProperty(value = "average", required = true) @RequiredInJson
        boolean average,

        @JsonProperty(value = "nesterov", required = true) @RequiredInJson
        boolean nesterov)
        implements Serializable {
    /** Checks the decay. {@inheritDoc} */
    public Momentum {
        Require.argument(decay >= 0 && decay < 1, "momentum must be in [0, 1), but is %s", decay);
        Require.argument(!nesterov || decay > 0, "Nesterov momentum needs momentum > 0, but it is %s", decay);
    }

    /**
     * No momentum.
     *
     * @return decay 0
     */
    public static Momentum none() {
        return new Momentum(0, false, false);
    }
}
