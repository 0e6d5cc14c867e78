package org.layerwise.precondition;

import java.io.Serializable;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The method whose step length a preconditioned direction takes over, block by block: P |D| / |P| with D that method's
 * direction (Agarwal et al. 2020, arXiv 2002.11803). It steps alone until there is a preconditioner. D is Gb, the gradient with
 * momentum, or Gb / (sqrt(V) + epsilon), where V comes from squares of the gradient without momentum.
 *
 * @param kind the method
 * @param decay of V, in [0, 1]; 1 for a sum
 * @param epsilon added to the square root
 */
public record Grafting(
        @JsonProperty("kind") Kind kind,
        @JsonProperty("decay") double decay,
        @JsonProperty("epsilon") double epsilon) implements Serializable {
    /** Methods to graft from. */
    public enum Kind {
        /** No grafting; before there is a preconditioner, steps are those of SGD. */
        NONE,
        /** D = Gb. */
        SGD,
        /** V = V + G^2. */
        ADAGRAD,
        /** V = decay V + (1 - decay) G^2. */
        RMSPROP,
        /** As {@link #RMSPROP}, V divided by 1 - decay^t. */
        ADAM
    }

    /**
     * Checks the values.
     *
     * @param kind the method
     * @param decay of V
     * @param epsilon added to the square root
     */
    public Grafting {
        Require.argument(decay >= 0 && decay <= 1, "The decay of the graft must be in [0, 1], but is %s", decay);
        Require.argument(
                decay < 1 || (kind != Kind.RMSPROP && kind != Kind.ADAM),
                "The decay of %s must be below 1, but is %s",
                kind,
                decay);
        Require.argument(
                Require.nonNegative(epsilon, "The graft's epsilon") > 0 || !usesSquares(kind),
                "The epsilon of %s must be greater than 0",
                kind);
    }

    private static boolean usesSquares(Kind kind) {
        return kind != Kind.NONE && kind != Kind.SGD;
    }

    /**
     * No grafting.
     *
     * @return the choice
     */
    public static Grafting none() {
        return new Grafting(Kind.NONE, 0, 0);
    }

    /**
     * The length of SGD's steps.
     *
     * @return the choice
     */
    public static Grafting sgd() {
        return new Grafting(Kind.SGD, 0, 0);
    }

    /**
     * The length of AdaGrad's steps. DL4J's {@code AdaGrad} starts V at 1e-6 rather than at zero.
     *
     * @param epsilon greater than 0; the reference has 1e-10
     * @return the choice
     */
    public static Grafting adaGrad(double epsilon) {
        return new Grafting(Kind.ADAGRAD, 1, epsilon);
    }

    /**
     * The length of RMSProp's steps. DL4J's {@code RmsProp} starts V at its epsilon rather than at zero.
     *
     * @param decay in [0, 1); the reference has 0.99, DL4J 0.95
     * @param epsilon greater than 0
     * @return the choice
     */
    public static Grafting rmsProp(double decay, double epsilon) {
        return new Grafting(Kind.RMSPROP, decay, epsilon);
    }

    /**
     * The length of Adam's steps. Epsilon is added to the square root of the corrected V, as published; DL4J's {@code Adam}
     * adds it to that of V, and so starts with smaller steps where gradients are near epsilon.
     *
     * @param decay in [0, 1), usually 0.999
     * @param epsilon greater than 0, usually 1e-8
     * @return the choice
     */
    public static Grafting adam(double decay, double epsilon) {
        return new Grafting(Kind.ADAM, decay, epsilon);
    }

    /** Whether lengths are taken over at all. */
    boolean rescales() {
        return kind != Kind.NONE;
    }

    /** What V is; the same for methods that differ in its use alone. */
    String layout() {
        return switch (kind) {
            case NONE, SGD -> "graft without squares";
            case ADAGRAD -> "graft with squares as a sum";
            case RMSPROP, ADAM -> "graft with squares as a mean";
        };
    }

    /** Whether D differs from Gb. */
    boolean usesSquares() {
        return usesSquares(kind);
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
        gradient.mul(gradient, work);
        kernels.axpby(kind == Kind.ADAGRAD ? 1 : 1 - decay, work, decay, v);
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
        double correction = kind == Kind.ADAM ? Math.sqrt(1 - Math.pow(decay, (double) step)) : 1;
        kernels.axpby(1, v, 0, out);
        Transforms.sqrt(out, false);
        out.addi(epsilon * correction);
        out.rdivi(gb);
        if (correction != 1) {
            out.muli(correction);
        }
    }
}
