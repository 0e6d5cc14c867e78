package org.layerwise.internal.step;

import org.jspecify.annotations.Nullable;
import org.layerwise.internal.step.StepHost.LayerContext;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.Observer.FailureHandled;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the failures of one part of a layer go: counted, told to observers, said once in the log; thrown in strict mode. */
final class FailureLog {
    private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

    private final String layer;
    private final String part;
    private final String title;
    private final boolean strict;
    private final boolean attached;

    /**
     * The log of one part.
     *
     * @param layer its name
     * @param part such as "W, b", or "fallback"
     * @param title both in words, at the beginning of a sentence
     * @param strict whether failures are thrown
     * @param attached whether a user can ask an attachment for the counters
     */
    FailureLog(String layer, String part, String title, boolean strict, boolean attached) {
        this.layer = layer;
        this.part = part;
        this.title = title;
        this.strict = strict;
        this.attached = attached;
    }

    String layer() {
        return layer;
    }

    String part() {
        return part;
    }

    String title() {
        return title;
    }

    boolean strict() {
        return strict;
    }

    /** Reports what went wrong and what is done about it. */
    void report(LayerContext context, Event event, Reason reason, String what) {
        if (strict) {
            throw new NumericalException(reason, title + ": " + what);
        }
        if (context.diagnostics().count(event) == 0) {
            log.warn("{}: {}. Said once{}", title, what, attached ? "; Attachment.diagnostics() counts." : ".");
        }
        note(context, event, reason, what);
    }

    /** Counts what is said elsewhere, or is no failure. */
    void note(LayerContext context, Event event, @Nullable Reason reason, String what) {
        context.diagnostics().record(event);
        context.observer().failed(new FailureHandled(layer, part, event, reason, what));
    }
}
