package org.layerwise.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The MNIST database of handwritten digits (LeCun, Cortes and Burges), or any other in its four files.
 *
 * @param train to train on
 * @param test held out
 */
record Mnist(Digits train, Digits test) {
    /** The classes. */
    static final int CLASSES = 10;

    private static final String TRAIN = "train";
    private static final String TEST = "t10k";
    private static final List<String> ENDINGS = List.of("", ".gz");
    private static final float BRIGHTEST = 255;

    /**
     * Images and their classes.
     *
     * @param images bytes [n, rows, columns]
     * @param labels bytes [n], each in [0, 9]
     */
    record Digits(IdxFile images, IdxFile labels) {
        /**
         * The first {@code count} images, scaled to [0, 1].
         *
         * @param classes whether the targets are classes, one-hot, rather than the images themselves
         * @throws IOException if there are not so many
         */
        TrainTestData.Part part(int count, boolean classes) throws IOException {
            if (images.count() < count || labels.count() < count) {
                throw new IOException("MNIST has " + images.count() + " images and " + labels.count()
                        + " labels in a file: this preset needs " + count + "; use a smaller one");
            }
            return classes
                    ? new TrainTestData.Part(pixels(count), oneHot(count))
                    : TrainTestData.Part.autoencoder(pixels(count));
        }

        private INDArray pixels(int count) {
            int size = images.size();
            float[] values = new float[Math.multiplyExact(count, size)];
            for (int i = 0; i < values.length; i++) {
                values[i] = Byte.toUnsignedInt(images.values()[i]) / BRIGHTEST;
            }
            return Nd4j.createFromArray(values).reshape('c', count, size);
        }

        private INDArray oneHot(int count) throws IOException {
            INDArray targets = Nd4j.zeros(DataType.FLOAT, count, CLASSES);
            for (int i = 0; i < count; i++) {
                int label = Byte.toUnsignedInt(labels.values()[i]);
                if (label >= CLASSES) {
                    throw new IOException("Label " + i + " of MNIST is " + label + ": must be in [0, 9]");
                }
                targets.putScalar(i, label, 1);
            }
            return targets;
        }
    }

    /**
     * Reads the four files, gzipped or not, under the names of the original distribution.
     *
     * @throws IOException if one is missing or damaged
     */
    static Mnist in(Path folder) throws IOException {
        return new Mnist(digits(folder, TRAIN), digits(folder, TEST));
    }

    /** What keeps a folder from being read; empty if nothing does. */
    static List<String> missing(Path folder) {
        return List.of(images(TRAIN), labels(TRAIN), images(TEST), labels(TEST)).stream()
                .filter(name ->
                        ENDINGS.stream().noneMatch(ending -> Files.isRegularFile(folder.resolve(name + ending))))
                .toList();
    }

    private static Digits digits(Path folder, String part) throws IOException {
        return new Digits(read(folder, images(part)), read(folder, labels(part)));
    }

    private static IdxFile read(Path folder, String name) throws IOException {
        for (String ending : ENDINGS) {
            Path file = folder.resolve(name + ending);
            if (Files.isRegularFile(file)) {
                return IdxFile.read(file);
            }
        }
        throw new IOException(folder + " has neither " + name + " nor " + name + ".gz: put MNIST's four files there");
    }

    private static String images(String part) {
        return part + "-images-idx3-ubyte";
    }

    private static String labels(String part) {
        return part + "-labels-idx1-ubyte";
    }
}
