package org.layerwise.settings;

import java.io.Serializable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
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

        @JsonProperty(value = "decay", required = true) @RequiredInJson
        double decay,

        @JsonProperty(value = "epsilon", required = true) @RequiredInJson
        double epsilon)
        implements Serializable {
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

    /** Checks the values. {@inheritDoc} */
    public Grafting {
        Require.present(kind, "The method to graft from");
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

    /**
     * Whether lengths are taken over at all.
     *
     * @return false without grafting
     */
    public boolean rescales() {
        return kind != Kind.NONE;
    }

    /**
     * Whether there is a V, so that D differs from Gb.
     *
     * @return false for SGD and without grafting
     */
    public boolean usesSquares() {
        return usesSquares(kind);
    }
}
