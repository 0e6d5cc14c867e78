package org.layerwise.settings;

/** What is done about a layer's parameters, and why. */
public sealed interface Decision {
    /**
     * The reason or remark in words.
     *
     * @return for the plan; may be empty
     */
    String note();

    /**
     * One of our methods serves matrices of the layer.
     *
     * @param note matrices or sides that are not preconditioned; may be empty
     */
    record Preconditioned(String note) implements Decision {}

    /**
     * The user asked for one of our updaters, and its fallback serves the whole layer.
     *
     * @param reason why
     */
    record ByFallback(String reason) implements Decision {
        @Override
        public String note() {
            return "fallback: " + reason;
        }
    }

    /** The user chose an updater of DL4J's. */
    record AsConfigured() implements Decision {
        @Override
        public String note() {
            return "as configured";
        }
    }

    /** The layer does not learn. */
    record Frozen() implements Decision {
        @Override
        public String note() {
            return "frozen";
        }
    }

    /** There is nothing to learn. */
    record WithoutParameters() implements Decision {
        @Override
        public String note() {
            return "";
        }
    }
}
