package org.layerwise.examples.index.alignment;

/** Which direction of the update is held against the index. */
enum Direction {
    /** The right singular vector of the largest singular value. */
    LEADING("top right singular vector"),

    /**
     * The update seen from the head, {@code U^T a}: with the balanced start exactly the rank-one part that the
     * asymptotics describe, without the rest of the update.
     */
    SPIKE("spike alone");

    private final String label;

    Direction(String label) {
        this.label = label;
    }

    /** Name in text. */
    String label() {
        return label;
    }
}
