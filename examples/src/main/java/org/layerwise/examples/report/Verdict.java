package org.layerwise.examples.report;

import java.util.Locale;

/** What the measurements say about a claim. */
public enum Verdict {
    /** The claim holds, beyond the sampling error. */
    REPRODUCED,
    /** It holds weakly, or the sampling error leaves some doubt. */
    MILD,
    /** It does not hold here. */
    NOT_REPRODUCED,
    /** The sampling error is too large to tell: run more seeds. */
    INCONCLUSIVE;

    /** In words, such as "not reproduced". */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Class of its style in the page. */
    String styleClass() {
        return "verdict-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
