package org.layerwise.examples.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the examples of a benchmark come from; they are made or read once, when the first run needs them. */
final class Data {
    /** The synthetic images are the same in every run: seeds of runs vary the start and the order alone. */
    private static final long TRAIN_SEED = 20_06;

    private static final long TEST_SEED = 20_07;

    private final Conditions conditions;
    private final @Nullable Path folder;
    private @Nullable TrainTestData corpus;

    /**
     * Data for {@code conditions}.
     *
     * @param folder of MNIST's files; may be null if the problem does not need them
     * @throws IllegalArgumentException if it is missing
     */
    Data(Conditions conditions, @Nullable Path folder) {
        if (folder == null && conditions.problem().mnist()) {
            throw new IllegalArgumentException("Task " + conditions.problem() + " needs the folder of MNIST's files");
        }
        this.conditions = conditions;
        this.folder = folder;
    }

    /** In words, for a part's fingerprint. */
    String source() {
        return folder == null || !conditions.problem().mnist()
                ? "generated, seeds " + TRAIN_SEED + " and " + TEST_SEED
                : "MNIST in " + folder.toAbsolutePath();
    }

    /**
     * The examples.
     *
     * @throws UncheckedIOException if files cannot be read, with a sentence that says what to do
     */
    synchronized TrainTestData corpus() {
        if (corpus == null) {
            try {
                corpus = load();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return corpus;
    }

    private TrainTestData load() throws IOException {
        int train = conditions.trainImages();
        int test = conditions.testImages();
        if (folder == null || !conditions.problem().mnist()) {
            return new TrainTestData(
                    TrainTestData.Part.autoencoder(CurveImages.draw(train, TRAIN_SEED)),
                    TrainTestData.Part.autoencoder(CurveImages.draw(test, TEST_SEED)));
        }
        Mnist mnist = Mnist.in(folder);
        boolean labels = conditions.problem().loss() == Loss.CLASSES;
        return new TrainTestData(mnist.train().part(train, labels), mnist.test().part(test, labels));
    }
}
