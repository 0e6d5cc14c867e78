package org.layerwise.method;

import org.layerwise.internal.Require;

/**
 * One array of a matrix's state. All that matters between steps lives in sections: DL4J saves, clones and averages them.
 *
 * @param name unique within the matrix, such as "momentum"
 * @param layout what decides how the elements are to be read besides their number, such as "blocks of 64 by 64"; a saved
 *     state of another layout is refused; may be empty
 * @param length number of elements, at least 0
 * @param kind what averaging the states of replicas does to it
 */
public record Section(String name, String layout, long length, Kind kind) {
    /** What an array of state means. */
    public enum Kind {
        /** Linear in the data: the mean of two is meaningful. */
        MEAN,
        /** Whole numbers below 2^20, rounded after replicas were averaged. */
        COUNTER,
        /** Follows from the other sections, and is checked or rebuilt when the state was written from outside. */
        DERIVED
    }

    /** Checks name and length. {@inheritDoc} */
    public Section {
        Require.argument(name != null && !name.isEmpty(), "A section of state needs a name");
        Require.present(layout, "layout");
        Require.present(kind, "kind");
        Require.argument(length >= 0, "Section %s must have at least 0 elements, but has %s", name, length);
    }

    /**
     * An array whose layout its name and length tell.
     *
     * @param name unique within the matrix
     * @param length number of elements
     * @param kind what averaging does to it
     */
    public Section(String name, long length, Kind kind) {
        this(name, "", length, kind);
    }
}
