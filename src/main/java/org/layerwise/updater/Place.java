package org.layerwise.updater;

import java.util.Arrays;
import org.layerwise.precondition.Diagnostics;
import org.layerwise.precondition.Failures;

/**
 * Where a driver's parameters are, for messages.
 *
 * @param name in the middle of a sentence
 * @param variable whether it is a SameDiff variable, which shows its shape but not its name, and has no attachment
 */
record Place(String name, boolean variable) {
    static Place layer(String layer) {
        return new Place("layer " + layer, false);
    }

    static Place variable(long... shape) {
        return new Place("a SameDiff variable of shape " + Arrays.toString(shape), true);
    }

    /** The name of one part of a layer at the beginning of a sentence; a variable has no parts. */
    String part(String part) {
        String title = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        return variable ? title : title + ", " + part;
    }

    Failures failures(String part, boolean strict, Diagnostics diagnostics) {
        return new Failures(part, strict, diagnostics, !variable);
    }

    /** What to do about a state that does not fit. */
    String remedy() {
        return variable
                ? "It was saved by another version or with other settings; load the graph without it, SameDiff.load(file,"
                        + " false)."
                : "If the layer's size was changed, call Layerwise.attach(net) again.";
    }
}
