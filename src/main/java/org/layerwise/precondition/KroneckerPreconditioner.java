package org.layerwise.precondition;

import java.util.Arrays;
import org.layerwise.curvature.BatchStatistics;
import org.layerwise.curvature.Damping;
import org.layerwise.curvature.MovingAverage;
import org.layerwise.curvature.Sides;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.NumericalException;
import org.layerwise.linalg.TrianglePair;
import org.layerwise.precondition.Diagnostics.Event;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kronecker-factored preconditioning of one layer (K-FAC, FOOF, E-KFAC): {@link #absorb} statistics now and then,
 * {@link #refresh} the inverse more rarely, {@link #apply} it every step.
 */
public final class KroneckerPreconditioner {
    private static final Logger log = LoggerFactory.getLogger(KroneckerPreconditioner.class);

    private final String layer;
    private final Kernels kernels;
    private final KroneckerState state;
    private final Rules rules;
    private final Diagnostics diagnostics;
    private final CurvatureInverse inverse;
    /** Fingerprint of the snapshot that {@link #inverse} was computed from; empty if it was not computed yet. */
    private double[] source = new double[0];

    /**
     * The numerical rules of the method.
     *
     * @param damping how curvature is damped
     * @param decay rho of the moving average, in [0, 1)
     * @param eigenvalueCorrected whether E-KFAC scales are used
     * @param strict whether numerical failures are thrown rather than survived
     */
    public record Rules(Damping damping, double decay, boolean eigenvalueCorrected, boolean strict) {}

    /**
     * Builds the preconditioner over a state.
     *
     * @param layer name, for messages
     * @param kernels kernels of the backend
     * @param type FLOAT or DOUBLE
     * @param state the layer's state
     * @param rules of the method
     * @param scratch shared working memory
     * @param diagnostics counts failures
     */
    public KroneckerPreconditioner(
            String layer,
            Kernels kernels,
            DataType type,
            KroneckerState state,
            Rules rules,
            Scratch scratch,
            Diagnostics diagnostics) {
        this.layer = layer;
        this.kernels = kernels;
        this.state = state;
        this.rules = rules;
        this.diagnostics = diagnostics;
        FailurePolicy policy = new FailurePolicy(kernels, "layer " + layer, rules.strict, diagnostics);
        boolean eigenbasis = rules.eigenvalueCorrected
                || (rules.damping instanceof Damping.Exact && state.contents().sides() == Sides.BOTH);
        this.inverse = eigenbasis
                ? new EigenbasisInverse(kernels, state, type, rules.damping, policy, scratch)
                : new FactoredInverse(kernels, state, type, rules.damping, policy, scratch);
    }

    /**
     * Blends a batch's statistics into the running factors, unless they are not finite.
     *
     * @param batch filled statistics; read
     */
    public void absorb(BatchStatistics batch) {
        if (!batch.finite()) {
            if (rules.strict) {
                throw new NumericalException(
                        NumericalException.Reason.NOT_FINITE,
                        "The batch statistics of layer " + layer + " hold NaN or infinities. Check the input data.");
            }
            note(Event.STATISTICS_DROPPED, "a batch's statistics were not finite and were dropped");
            return;
        }
        state.countStatistics();
        double weight = MovingAverage.weight(rules.decay, state.statistics());
        TrianglePair a = state.input();
        if (a != null) {
            kernels.blend(batch.input(), weight, a);
        }
        TrianglePair g = state.output();
        if (g != null) {
            kernels.blend(batch.output(), weight, g);
        }
        INDArray scales = state.scales();
        if (scales != null && batch.hasSquares() && state.hasSnapshot() && ready()) {
            // S starts at the product of eigenvalues, which needs no debiasing.
            kernels.axpby(1 - rules.decay, batch.squares(), rules.decay, scales);
            ((EigenbasisInverse) inverse).rescale();
        }
    }

    /**
     * Computes the inverse of the running factors; on failure keeps the last good one.
     *
     * @param batch receives the new eigenbasis (E-KFAC)
     */
    public void refresh(BatchStatistics batch) {
        if (state.statistics() == 0) {
            return;
        }
        state.countRefresh();
        try {
            inverse.compute(false);
            state.promote();
            source = state.fingerprint();
            shareBasis(batch);
        } catch (NumericalException failure) {
            if (rules.strict) {
                throw failure;
            }
            note(
                    state.hasSnapshot() ? Event.INVERSE_KEPT : Event.PLAIN_GRADIENT,
                    "its curvature could not be inverted: " + failure.getMessage());
        }
    }

    /** Whether an inverse is there that belongs to the state's snapshot. */
    private boolean ready() {
        return source.length > 0;
    }

    private void shareBasis(BatchStatistics batch) {
        if (rules.eigenvalueCorrected && inverse instanceof EigenbasisInverse eigen) {
            batch.setBasis(eigen.inputBasis(), eigen.outputBasis());
        }
    }

    /**
     * Makes the inverse agree with the state, which may have been restored, averaged or replaced since the last call.
     *
     * @param batch receives the eigenbasis (E-KFAC)
     */
    public void synchronize(BatchStatistics batch) {
        double[] now = state.fingerprint();
        if (Arrays.equals(now, source) || (!state.hasSnapshot() && !ready())) {
            return;
        }
        source = new double[0];
        if (!state.hasSnapshot()) {
            return;
        }
        try {
            inverse.compute(true);
            source = now;
            shareBasis(batch);
            diagnostics.record(Event.INVERSE_REBUILT);
        } catch (NumericalException failure) {
            if (rules.strict) {
                throw failure;
            }
            note(Event.PLAIN_GRADIENT, "the inverse could not be rebuilt: " + failure.getMessage());
        }
    }

    /**
     * Preconditions a gradient: V = F^-1 D.
     *
     * @param d gradient, [dA, dG]; read
     * @param plainScale factor that turns {@code d} into the network's own gradient, used if there is no inverse
     * @param v [dA, dG]; overwritten
     * @return the inner product of V and D, at least 0; NaN if {@code d} is not finite
     */
    public double apply(INDArray d, double plainScale, INDArray v) {
        if (ready()) {
            inverse.apply(d, v);
            double product = kernels.dot(v, d);
            if (product >= 0 && product <= Double.MAX_VALUE) {
                return product;
            }
        }
        double norm = kernels.dot(d, d);
        if (!(norm <= Double.MAX_VALUE)) {
            if (rules.strict) {
                throw new NumericalException(
                        NumericalException.Reason.NOT_FINITE,
                        "The gradient of layer " + layer + " holds NaN or infinities. Check data and learning rate.");
            }
            note(Event.STEP_SKIPPED, "its gradient is not finite; the step is skipped");
            return Double.NaN;
        }
        note(Event.PLAIN_GRADIENT, "there is no usable inverse; the plain gradient is used");
        kernels.axpby(plainScale, d, 0, v);
        return plainScale * norm;
    }

    /** Counts an event and says so once per layer and kind. */
    private void note(Event event, String what) {
        if (diagnostics.count(event) == 0) {
            log.warn("Layer {}: {}. Said once; Attachment.diagnostics() counts.", layer, what);
        }
        diagnostics.record(event);
    }
}
