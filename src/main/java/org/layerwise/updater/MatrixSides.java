package org.layerwise.updater;

import org.layerwise.layout.Role;
import org.layerwise.layout.Segment;

/**
 * Which sides of a matrix an updater preconditions, for the plan. Scaling elements, rows or columns does not count.
 *
 * @param inputs whether the inputs' side is preconditioned
 * @param outputs whether the outputs' side is
 * @param remark what is missing and, if that is everything, why; empty for both sides
 */
public record MatrixSides(boolean inputs, boolean outputs, String remark) {
    /** Both sides. */
    static MatrixSides both() {
        return new MatrixSides(true, true, "");
    }

    /** Some sides; {@code reason} for none. */
    static MatrixSides of(boolean inputs, boolean outputs, String reason) {
        if (inputs && outputs) {
            return both();
        }
        return new MatrixSides(inputs, outputs, inputs ? "inputs' side only" : outputs ? "outputs' side only" : reason);
    }

    /** The sides that are not too long: never an embedding's words, nor a side of blocks of one element. */
    static MatrixSides within(Segment segment, int maxDimension, int blockSize) {
        boolean words = segment.role() == Role.EMBEDDING;
        boolean inputs = !words && mixes(segment.fanIn(), maxDimension, blockSize);
        boolean outputs = mixes(segment.fanOut(), maxDimension, blockSize);
        String reason = "no side has blocks of more than one element";
        if (segment.fanOut() > maxDimension && (words || segment.fanIn() > maxDimension)) {
            reason = tooLong(words ? "the outputs' side exceeds" : "both sides exceed", maxDimension);
        }
        return of(inputs, outputs, reason);
    }

    /** Why a side is left out. */
    static String tooLong(String sides, int maxDimension) {
        return sides + " maxDimension " + maxDimension;
    }

    private static boolean mixes(int size, int maxDimension, int blockSize) {
        return size <= maxDimension && Math.min(size, blockSize) > 1;
    }

    /**
     * Whether the matrix is preconditioned at all.
     *
     * @return true for at least one side
     */
    public boolean any() {
        return inputs || outputs;
    }
}
