package org.layerwise.settings;

import java.io.Serializable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What happens when numbers fail.
 *
 * @param strict whether the first failure is thrown instead of counted
 * @param patience how many steps in a row a layer may skip before that is said loudly, at least 1
 * @param halts whether training stops then with an exception, rather than going on with an error in the log
 */
public record FailureHandling(
        @JsonProperty(value = "strict", required = true) @RequiredInJson
        boolean strict,

        @JsonProperty(value = "patience", required = true) @RequiredInJson
        int patience,

        @JsonProperty(value = "halts", required = true) @RequiredInJson
        boolean halts)
        implements Serializable {
    /** How many skipped steps in a row are said loudly by default. */
    public static final int DEFAULT_PATIENCE = 10;

    /** Checks the patience. {@inheritDoc} */
    public FailureHandling {
        Require.argument(patience >= 1, "patience must be at least 1 step, but is %s", patience);
    }

    /**
     * The default: failures are counted, and ten skipped steps in a row are an error in the log.
     *
     * @return the handling
     */
    public static FailureHandling tolerant() {
        return new FailureHandling(false, DEFAULT_PATIENCE, false);
    }
}
