package org.layerwise.examples.benchmark;

import java.util.Locale;

/** What is learned. */
public enum Problem {
    /** Autoencoder of synthetic curves. */
    CURVES("deep autoencoder, synthetic curves", Loss.PIXELS, false),

    /** Autoencoder of MNIST's digits. */
    MNIST_AUTOENCODER("deep autoencoder, MNIST", Loss.PIXELS, true),

    /** Classifier of MNIST's digits. */
    MNIST_CLASSIFIER("classifier, MNIST", Loss.CLASSES, true);

    private final String title;
    private final Loss loss;
    private final boolean mnist;

    Problem(String title, Loss loss, boolean mnist) {
        this.title = title;
        this.loss = loss;
        this.mnist = mnist;
    }

    /** Name in files and on the command line, such as "mnist-classifier". */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The id, also for the command line's help. */
    @Override
    public String toString() {
        return id();
    }

    String title() {
        return title;
    }

    Loss loss() {
        return loss;
    }

    /** Whether it needs MNIST's files. */
    public boolean mnist() {
        return mnist;
    }
}
