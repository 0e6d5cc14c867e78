package org.layerwise.internal.precondition;

import org.layerwise.internal.linalg.Kernels;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.Grafting.Kind;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The arithmetic of grafting, and of Adam's second moments.
 *
 * @param grafting what V and D are
 */
record GraftStep(Grafting grafting) {
    /** What V is, in words; the same for methods that differ in its use alone. */
    String layout() {
        return switch (grafting.kind()) {
            case NONE, SGD -> "graft without squares";
            case ADAGRAD -> "graft with squares as a sum";
            case RMSPROP, ADAM -> "graft with squares as a mean";
        };
    }

    /**
     * Takes a gradient into V.
     *
     * @param gradient without momentum; read
     * @param v same length; updated
     * @param work as the gradient; overwritten
     * @param kernels kernels of the backend
     */
    void absorb(INDArray gradient, INDArray v, INDArray work, Kernels kernels) {
        double decay = grafting.decay();
        gradient.mul(gradient, work);
        kernels.axpby(grafting.kind() == Kind.ADAGRAD ? 1 : 1 - decay, work, decay, v);
    }

    /**
     * The direction D of a method that uses squares.
     *
     * @param gb gradient with momentum; read
     * @param v same length; read
     * @param step number of gradients in V, from 1
     * @param out as {@code gb}; overwritten
     * @param kernels kernels of the backend
     */
    void direction(INDArray gb, INDArray v, long step, INDArray out, Kernels kernels) {
        double correction = grafting.kind() == Kind.ADAM ? Math.sqrt(1 - Math.pow(grafting.decay(), (double) step)) : 1;
        kernels.axpby(1, v, 0, out);
        Transforms.sqrt(out, false);
        out.addi(grafting.epsilon() * correction);
        out.rdivi(gb);
        if (correction != 1) {
            out.muli(correction);
        }
    }
}
