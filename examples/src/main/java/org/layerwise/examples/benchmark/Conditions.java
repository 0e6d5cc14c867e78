package org.layerwise.examples.benchmark;

import java.util.List;

/**
 * What all runs of a benchmark share.
 *
 * @param problem what is learned
 * @param hidden widths of the hidden layers
 * @param trainImages images to train on
 * @param testImages images held out, all of which are measured
 * @param measured training images on which the training loss is measured, the first ones
 * @param epochs budget: how often a run sees every training image
 * @param checkpoints measurements after the start, equally spaced over the budget
 */
record Conditions(
        Problem problem,
        List<Integer> hidden,
        int trainImages,
        int testImages,
        int measured,
        int epochs,
        int checkpoints) {
    /** Freezes the widths and checks the sizes. */
    Conditions {
        hidden = List.copyOf(hidden);
        if (measured < 1 || measured > trainImages || testImages < 1 || epochs < 1 || checkpoints < 1) {
            throw new IllegalArgumentException("Budget of " + epochs + " epochs of " + trainImages + " images, "
                    + checkpoints + " checkpoints on " + measured + " training and " + testImages
                    + " test images: all must be positive, and no more measured than trained");
        }
    }

    /** Images a run is trained on, counting repetitions. */
    long examples() {
        return (long) epochs * trainImages;
    }

    /** Steps within the budget. */
    long steps(int batch) {
        return examples() / batch;
    }

    /** The step of a checkpoint; checkpoint 0 is before the first. */
    long step(int batch, int checkpoint) {
        return steps(batch) * checkpoint / checkpoints;
    }
}
