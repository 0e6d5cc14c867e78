package org.layerwise.updater;

import org.jspecify.annotations.Nullable;
import org.layerwise.layout.Segment;
import org.layerwise.precondition.MatrixMethod;

/** Everything about an updater that needs gradients alone but its learning rate; immutable and checked. */
public sealed interface GradientOnlySettings
        permits MuonSettings, PsgdKronSettings, ScionSettings, ShampooSettings, SoapSettings {
    /**
     * The number that marks the method in a saved state; never reused.
     *
     * @return at least 1
     */
    int methodId();

    /**
     * The method of a matrix.
     *
     * @param segment the matrix
     * @return a new method; null if the fallback updater serves this matrix
     */
    @Nullable
    MatrixMethod method(Segment segment);

    /**
     * Which sides of a matrix the method preconditions.
     *
     * @param segment a matrix that has a method
     * @return both, unless overridden
     */
    default MatrixSides sides(Segment segment) {
        return MatrixSides.both();
    }

    /**
     * Whether numerical failures are thrown.
     *
     * @return false if they are survived
     */
    boolean strict();

    /**
     * The updater of the parameters that are not preconditioned.
     *
     * @return the updater and whence its learning rate
     */
    Fallback fallback();
}
