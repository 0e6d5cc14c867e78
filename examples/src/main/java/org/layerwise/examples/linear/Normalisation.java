package org.layerwise.examples.linear;

import org.deeplearning4j.nn.conf.layers.BatchNormalization;

/**
 * Where batch normalisation (Ioffe and Szegedy, arXiv 1502.03167) sits in the network. Its layers have no scale and
 * shift of their own: each coordinate is centred and divided by {@code sqrt(variance + EPSILON)}, over the batch in
 * training, by running averages afterwards.
 */
public enum Normalisation {
    /** Nowhere. */
    NONE("none"),
    /** Before G: {@code f(x) = F G D x} with D the inverse deviations of the inputs. */
    INPUT("input"),
    /** Between G and F: {@code f(x) = F D G x} with D the inverse deviations of the features. */
    HIDDEN("hidden");

    /** Added to every variance; DL4J's default. */
    public static final double EPSILON = 1e-5;

    /** Of the running averages; DL4J's default. */
    public static final double DECAY = .9;

    private final String id;

    Normalisation(String id) {
        this.id = id;
    }

    /** Name in files. */
    public String id() {
        return id;
    }

    static BatchNormalization layer(int size) {
        return new BatchNormalization.Builder()
                .nIn(size)
                .nOut(size)
                .lockGammaBeta(true)
                .eps(EPSILON)
                .decay(DECAY)
                .build();
    }
}
