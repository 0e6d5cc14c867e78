package org.layerwise.examples.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.layerwise.updater.Kfac;

/** The setting of a benchmark in words. */
final class SettingsText {
    private SettingsText() {}

    static List<String> of(BenchmarkSettings settings, String threads) {
        Conditions conditions = settings.conditions();
        List<String> words = new ArrayList<>();
        words.add("Task: " + conditions.problem().title() + ", "
                + conditions.trainImages() + " training and " + conditions.testImages() + " test images of "
                + CurveImages.SIDE + " x " + CurveImages.SIDE + " pixels in [0, 1].");
        words.add(network(conditions));
        words.add("Single precision; OpenMP and BLAS threads: " + threads + "; one run at a time.");
        words.add("Budget of every run: " + conditions.epochs() + " epochs, " + conditions.examples()
                + " examples, whatever the batch size. Learning rates are constant.");
        words.add(settings.rates() + " learning rates per method, a factor of 10^" + BenchmarkSettings.DECADES_PER_STEP
                + " apart; the one with the least training loss at the end of the budget is taken (median over "
                + words(settings.seedsOfTuning()) + ").");
        words.add(settings.seeds() + " runs per method at its rate, with " + words(settings.evaluationSeeds())
                + ": the seed fixes the initial weights and the order of the examples, the same for every method.");
        words.add("Everything else is at its default: momentum 0.9 of Nesterov, DL4J's Adam and AMSGrad, this library's"
                + " updaters as they are documented" + clip(conditions) + ".");
        words.add("Losses are measured at the start and " + conditions.checkpoints() + " times on the first "
                + conditions.measured() + " training images and on all test images, while the clock stands. Times count"
                + " the drawing of batches and the training; CPU seconds are those of the whole process. "
                + settings.warmUp() + " steps of a throw-away network precede every timed run.");
        return words;
    }

    private static String words(List<Long> seeds) {
        return (seeds.size() == 1 ? "seed " : "seeds ")
                + seeds.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String network(Conditions conditions) {
        String hidden = conditions.hidden().stream().map(String::valueOf).collect(Collectors.joining("-"));
        return conditions.problem().loss() == Loss.PIXELS
                ? "Network: tanh autoencoder 784-" + hidden
                        + "-784, sparse weights (15 per unit); sigmoid cross-entropy summed over the"
                        + " pixels. Reported is its excess over the entropy of the images, in nats per image: 0 is perfect."
                : "Network: ReLU 784-" + hidden + "-" + Mnist.CLASSES
                        + ", Xavier weights; softmax cross-entropy, in nats per image.";
    }

    private static String clip(Conditions conditions) {
        double clip = conditions.problem().loss().klClip();
        return clip == Kfac.DEFAULT_KL_CLIP
                ? ""
                : ", but K-FAC's KL clip is " + clip + " instead of " + Kfac.DEFAULT_KL_CLIP
                        + ": it is in units of the loss, which is a sum over 784 pixels";
    }
}
