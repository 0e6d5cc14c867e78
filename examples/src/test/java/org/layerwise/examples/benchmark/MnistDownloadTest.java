package org.layerwise.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.common.resources.DL4JResources;
import org.deeplearning4j.common.resources.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DL4J's folder and server, moved into a folder of the test. */
final class MnistDownloadTest {
    private final String server = DL4JResources.getBaseDownloadURL();

    @TempDir
    private Path folder;

    @BeforeEach
    void moveDl4j() {
        DL4JResources.setBaseDirectory(folder.toFile());
        DL4JResources.setBaseDownloadURL(folder.resolve("nowhere").toUri() + "/");
    }

    @AfterEach
    void moveDl4jBack() {
        DL4JResources.resetBaseDirectoryLocation();
        DL4JResources.setBaseDownloadURL(server);
    }

    @Test
    void withoutServer_theErrorSaysWhatToDo() {
        assertThatThrownBy(Tuning::downloadMnist)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("data is not given, and MNIST could not be downloaded from file:")
                .hasMessageContaining("train-images-idx3-ubyte.gz")
                .hasMessageContaining("--data")
                .hasMessageContaining("--tasks curves");
    }

    @Test
    void filesThatAreThere_areNotDownloadedAgain() throws IOException {
        Path local = DL4JResources.getDirectory(ResourceType.DATASET, "MNIST").toPath();
        for (String name :
                new String[] {"train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"}) {
            Files.createFile(local.resolve(name + "-ubyte.gz"));
        }

        assertThat(local).startsWith(folder);
        assertThat(MnistDownload.folder()).isEqualTo(local);
        assertThat(Mnist.missing(local)).isEmpty();
    }
}
