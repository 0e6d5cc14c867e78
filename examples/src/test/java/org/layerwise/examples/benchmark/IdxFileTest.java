package org.layerwise.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdxFileTest {
    private static final int[] SHAPE = {2, 1, 3};
    private static final byte[] VALUES = {0, 1, 127, -128, -1, 5};

    @TempDir
    private Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("images");
    }

    @Test
    void aPlainFile_isRead() throws IOException {
        Files.write(file, IdxFiles.bytes(0x0803, SHAPE, VALUES));

        IdxFile read = IdxFile.read(file);

        assertThat(read.shape()).containsExactly(2, 1, 3);
        assertThat(read.count()).isEqualTo(2);
        assertThat(read.size()).isEqualTo(3);
        assertThat(read.values()).containsExactly(VALUES);
    }

    @Test
    void aGzippedFile_isTheSame() throws IOException {
        IdxFiles.gzip(file, IdxFiles.bytes(0x0801, new int[] {6}, VALUES));

        assertThat(IdxFile.read(file).values()).containsExactly(VALUES);
        assertThat(IdxFile.read(file).size()).isEqualTo(1);
    }

    @Test
    void aTruncatedFile_namesWhatItHasAndNeeds() throws IOException {
        Files.write(file, IdxFiles.bytes(0x0803, SHAPE, Arrays.copyOf(VALUES, 4)));

        assertThatThrownBy(() -> IdxFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + " has 4 values")
                .hasMessageContaining("need 6")
                .hasMessageContaining("truncated");
    }

    @Test
    void aFileThatEndsInItsHeader_isNamed() throws IOException {
        Files.write(file, Arrays.copyOf(IdxFiles.bytes(0x0803, SHAPE), 9));

        assertThatThrownBy(() -> IdxFile.read(file)).hasMessageContaining(file + " ends within its header");
    }

    @Test
    void aDamagedGzipFile_isNamed() throws IOException {
        IdxFiles.gzip(file, IdxFiles.bytes(0x0803, SHAPE, VALUES));
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 20));

        assertThatThrownBy(() -> IdxFile.read(file)).hasMessageContaining(file + " ends within");
    }

    @Test
    void aWrongMagicNumber_isShown() throws IOException {
        Files.write(file, IdxFiles.bytes(0x0d03, SHAPE, VALUES));

        assertThatThrownBy(() -> IdxFile.read(file))
                .hasMessageContaining(file + " begins with 0x00000d03")
                .hasMessageContaining("IDX file of unsigned bytes");
    }

    @Test
    void anEmptyDimension_isRefused() throws IOException {
        Files.write(file, IdxFiles.bytes(0x0803, new int[] {2, 0, 3}));

        assertThatThrownBy(() -> IdxFile.read(file)).hasMessageContaining("dimensions [2, 0, 3]");
    }
}
