package org.layerwise.examples.benchmark;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes small IDX files. */
final class IdxFiles {
    /** Between the first pixels of neighbouring classes. */
    static final int SHIFT = 25;

    private IdxFiles() {}

    static byte[] bytes(int magic, int[] shape, byte... values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(magic);
        for (int dimension : shape) {
            out.writeInt(dimension);
        }
        out.write(values);
        return bytes.toByteArray();
    }

    static void gzip(Path file, byte[] bytes) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(bytes);
        }
    }

    /** MNIST's four files with {@code train} and {@code test} images: pixels count up from a start that belongs to the label. */
    static void mnist(Path folder, int train, int test) throws IOException {
        part(folder, "train", train);
        part(folder, "t10k", test);
    }

    private static void part(Path folder, String name, int count) throws IOException {
        byte[] pixels = new byte[count * CurveImages.PIXELS];
        for (int i = 0; i < pixels.length; i++) {
            int image = i / CurveImages.PIXELS;
            pixels[i] = (byte) (i % CurveImages.PIXELS + SHIFT * (image % Mnist.CLASSES));
        }
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % Mnist.CLASSES);
        }
        int[] shape = {count, CurveImages.SIDE, CurveImages.SIDE};
        gzip(folder.resolve(name + "-images-idx3-ubyte.gz"), bytes(0x0803, shape, pixels));
        Files.write(folder.resolve(name + "-labels-idx1-ubyte"), bytes(0x0801, new int[] {count}, labels));
    }
}
