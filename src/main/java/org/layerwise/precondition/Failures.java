package org.layerwise.precondition;

import org.layerwise.linalg.NumericalException;
import org.layerwise.precondition.Diagnostics.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What to do about numerical failures of one matrix: count them and say each kind once, or throw in strict mode.
 *
 * @param name of layer and parameter, for messages
 * @param strict whether failures are thrown rather than survived
 * @param diagnostics counts failures
 * @param attached whether an attachment shows the counts
 */
public record Failures(String name, boolean strict, Diagnostics diagnostics, boolean attached) {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    /**
     * Failures of a layer's matrix, which an attachment shows.
     *
     * @param name of layer and parameter
     * @param strict whether failures are thrown
     * @param diagnostics counts failures
     */
    public Failures(String name, boolean strict, Diagnostics diagnostics) {
        this(name, strict, diagnostics, true);
    }

    /** The name in the middle of a sentence. */
    String place() {
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /**
     * Notes a failure that can be survived.
     *
     * @param event kind
     * @param reason for the exception
     * @param what happened, what follows, and what helps
     * @throws NumericalException in strict mode
     */
    void survive(Event event, NumericalException.Reason reason, String what) {
        if (strict) {
            throw new NumericalException(reason, name + ": " + what);
        }
        if (diagnostics.count(event) == 0) {
            log.warn("{}", warning(what));
        }
        diagnostics.record(event);
    }

    /** A failure in words. */
    String warning(String what) {
        return name + ": " + what + ". Said once" + (attached ? "; Attachment.diagnostics() counts." : ".");
    }
}
