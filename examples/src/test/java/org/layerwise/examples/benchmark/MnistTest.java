package org.layerwise.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MnistTest {
    private static final double FLOAT_ROUNDING = 1e-7;

    @TempDir
    private Path folder;

    private Conditions conditions(Problem problem, int train) {
        return new Conditions(problem, List.of(4), train, 2, 1, 1, 1);
    }

    @Test
    void classifier_hasOneHotLabels() throws IOException {
        IdxFiles.mnist(folder, 12, 3);

        TrainTestData corpus = new Data(conditions(Problem.MNIST_CLASSIFIER, 11), folder).corpus();

        assertThat(corpus.train().inputs().shape()).containsExactly(11, 784);
        assertThat(corpus.train().targets().shape()).containsExactly(11, 10);
        assertThat(corpus.train().targets().argMax(1).toIntVector()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
        assertThat(corpus.train().targets().sumNumber().doubleValue()).isEqualTo(11);
        assertThat(corpus.test().size()).isEqualTo(2);
    }

    @Test
    void autoencoder_hasItsPixelsAsTargets() throws IOException {
        IdxFiles.mnist(folder, 3, 2);

        TrainTestData corpus = new Data(conditions(Problem.MNIST_AUTOENCODER, 3), folder).corpus();

        assertThat(corpus.train().targets()).isSameAs(corpus.train().inputs());
        assertThat(corpus.train().inputs().getDouble(0, 255)).isEqualTo(1);
        assertThat(corpus.train().inputs().getDouble(1, 7))
                .isCloseTo((IdxFiles.SHIFT + 7) / 255., within(FLOAT_ROUNDING));
    }

    @Test
    void tooFewImages_areCounted() throws IOException {
        IdxFiles.mnist(folder, 3, 2);
        Data data = new Data(conditions(Problem.MNIST_CLASSIFIER, 4), folder);

        assertThatThrownBy(data::corpus)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("MNIST has 3 images")
                .hasMessageContaining("needs 4");
    }

    @Test
    void aMissingFile_isNamed() throws IOException {
        IdxFiles.mnist(folder, 3, 2);
        Files.delete(folder.resolve("t10k-images-idx3-ubyte.gz"));

        assertThat(Mnist.missing(folder)).containsExactly("t10k-images-idx3-ubyte");
        assertThatThrownBy(() -> Mnist.in(folder)).hasMessageContaining("t10k-images-idx3-ubyte.gz");
    }

    @Test
    void aLabelThatIsNoDigit_isNamed() throws IOException {
        IdxFiles.mnist(folder, 3, 2);
        Files.write(
                folder.resolve("train-labels-idx1-ubyte"),
                IdxFiles.bytes(0x0801, new int[] {3}, (byte) 1, (byte) 10, (byte) 2));

        assertThatThrownBy(() -> new Data(conditions(Problem.MNIST_CLASSIFIER, 3), folder).corpus())
                .hasMessageContaining("Label 1 of MNIST is 10");
    }
}
