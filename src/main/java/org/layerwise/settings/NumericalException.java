package org.layerwise.settings;

/** A kernel could not compute its result. What follows from that is the caller's policy, never the kernel's. */
public final class NumericalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why a kernel failed. */
    public enum Reason {
        /** The input, or the result, holds NaN or an infinity. */
        NOT_FINITE,
        /** A factorisation met a pivot that is not positive. */
        NOT_POSITIVE_DEFINITE,
        /** An iteration did not converge. */
        NO_CONVERGENCE,
        /** A basis is not orthonormal. */
        NOT_ORTHONORMAL
    }

    private final Reason reason;

    /**
     * Creates the exception.
     *
     * @param reason why the kernel failed
     * @param message which kernel, on what shape, with which values
     */
    public NumericalException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /**
     * Why the kernel failed.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
