package org.layerwise.internal.precondition;

import java.util.function.Consumer;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.StepContext;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What happens when a factor cannot be inverted: check for finiteness, factorise, raise the damping three times by a
 * factor of ten, go to double precision; after that the caller keeps its last good inverse, or the plain gradient. In
 * strict mode the first failure is thrown instead.
 */
final class FailurePolicy {
    private static final int RAISES = 3;

    private final Kernels kernels;
    private final StepContext context;
    private final String remedy;

    /**
     * The policy of a step.
     *
     * @param kernels kernels of the backend
     * @param context where failures are counted, and whether they are thrown
     * @param remedy what a user can do, as a sentence without its full stop
     */
    FailurePolicy(Kernels kernels, StepContext context, String remedy) {
        this.kernels = kernels;
        this.context = context;
        this.remedy = remedy;
    }

    /** The policy of factors that are damped. */
    static FailurePolicy damped(Kernels kernels, StepContext context) {
        return new FailurePolicy(kernels, context, "Raise the damping, or lower the learning rate");
    }

    /** The matrix's name in the middle of a sentence. */
    private String place() {
        String place = context.place();
        return Character.toLowerCase(place.charAt(0)) + place.substring(1);
    }

    /**
     * Inverts a damped factor.
     *
     * @param factor name, for messages
     * @param load overwrites its argument with the factor, upper
     * @param trace the factor's trace
     * @param lambda damping
     * @param out [d, d]; overwritten by (factor + damping I)^-1, upper
     * @return the damping that was taken, lambda unless it had to be raised
     */
    double invert(String factor, Consumer<INDArray> load, double trace, double lambda, INDArray out) {
        requireFinite(factor, trace, out.rows());
        double floor = trace > 0 ? epsilon(out.dataType()) * trace : 1;
        NumericalException first = null;
        for (int raise = 0; raise <= RAISES; raise++) {
            double damping = raise == 0 ? lambda : Math.max(lambda, floor) * Math.pow(10, raise);
            try {
                load.accept(out);
                kernels.addDiagonal(out, damping);
                kernels.invert(out);
                if (first != null) {
                    report(Event.DAMPING_RAISED, "damping " + damping + " was taken", first);
                }
                return damping;
            } catch (NumericalException failure) {
                first = first == null ? failed(factor, "inverted with damping " + lambda, failure) : first;
            }
        }
        invertInDouble(load, lambda, out, java.util.Objects.requireNonNull(first));
        return lambda;
    }

    private void invertInDouble(Consumer<INDArray> load, double lambda, INDArray out, NumericalException first) {
        if (out.dataType() == DataType.DOUBLE) {
            throw first;
        }
        load.accept(out);
        INDArray wide = out.castTo(DataType.DOUBLE).dup('f');
        try {
            kernels.addDiagonal(wide, lambda);
            kernels.invert(wide);
        } catch (NumericalException again) {
            first.addSuppressed(again);
            throw first;
        }
        out.assign(wide);
        for (double value : kernels.diagonal(out, 0, out.rows(), out.rows() + 1)) {
            if (!(value <= Double.MAX_VALUE)) {
                throw first;
            }
        }
        reportDouble(first);
    }

    private void reportDouble(NumericalException first) {
        report(Event.DOUBLE_PRECISION, "double precision was taken", first);
    }

    private void report(Event event, String taken, NumericalException first) {
        context.report(event, first.reason(), taken + ": " + first.getMessage());
    }

    /**
     * Diagonalises a factor.
     *
     * @param factor name, for messages
     * @param load overwrites its argument with the factor, upper
     * @param trace the factor's trace
     * @param vectors [d, d]; overwritten by the eigenvectors
     * @param values [d]; overwritten by the eigenvalues, ascending
     */
    void diagonalise(String factor, Consumer<INDArray> load, double trace, INDArray vectors, INDArray values) {
        requireFinite(factor, trace, vectors.rows());
        try {
            load.accept(vectors);
            kernels.eigen(vectors, values);
        } catch (NumericalException failure) {
            NumericalException first = failed(factor, "diagonalised", failure);
            if (vectors.dataType() == DataType.DOUBLE) {
                throw first;
            }
            load.accept(vectors);
            INDArray wide = vectors.castTo(DataType.DOUBLE).dup('f');
            INDArray wideValues = values.castTo(DataType.DOUBLE);
            try {
                kernels.eigen(wide, wideValues);
            } catch (NumericalException again) {
                first.addSuppressed(again);
                throw first;
            }
            vectors.assign(wide);
            values.assign(wideValues);
            reportDouble(first);
        }
    }

    private void requireFinite(String factor, double trace, int dimension) {
        if (!(trace <= Double.MAX_VALUE)) {
            throw new NumericalException(
                    Reason.NOT_FINITE,
                    String.format(
                            "The %s factor (%s by %s) of %s has trace %s",
                            factor, dimension, dimension, place(), trace));
        }
    }

    /** Names the place; throws at once in strict mode. */
    private NumericalException failed(String factor, String how, NumericalException cause) {
        NumericalException named = new NumericalException(
                cause.reason(),
                String.format(
                        "The %s factor of %s cannot be %s: %s. %s", factor, place(), how, cause.getMessage(), remedy));
        named.addSuppressed(cause);
        if (context.strict()) {
            throw named;
        }
        return named;
    }

    private static double epsilon(DataType type) {
        return type == DataType.DOUBLE ? Math.ulp(1.0) : Math.ulp(1.0f);
    }
}
