package org.layerwise.internal.precondition;

import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Section;
import org.layerwise.settings.Momentum;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The arithmetic of momentum on a gradient.
 *
 * @param momentum what M is
 */
record MomentumStep(Momentum momentum) {
    /** The array M. */
    Section section(String name, long elements) {
        return new Section(name, layout(), momentum.decay() > 0 ? elements : 0, Section.Kind.MEAN);
    }

    /** What M is, in words. */
    private String layout() {
        return momentum.decay() == 0 ? "no momentum" : momentum.average() ? "momentum as a mean" : "momentum as a sum";
    }

    /**
     * Takes the gradient in.
     *
     * @param gradient dense; read
     * @param m same length; updated; not looked at without momentum
     * @param out as {@code gradient}; overwritten by the result
     * @param kernels kernels of the backend
     */
    void apply(INDArray gradient, INDArray m, INDArray out, Kernels kernels) {
        double decay = momentum.decay();
        if (decay == 0) {
            kernels.axpby(1, gradient, 0, out);
            return;
        }
        double weight = momentum.average() ? 1 - decay : 1;
        kernels.axpby(weight, gradient, decay, m);
        if (momentum.nesterov()) {
            kernels.axpby(1, gradient, 0, out);
            kernels.axpby(decay, m, weight, out);
        } else {
            kernels.axpby(1, m, 0, out);
        }
    }
}
