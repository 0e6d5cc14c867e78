package org.layerwise.examples.benchmark;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A file of unsigned bytes in the IDX format of MNIST: two zero bytes, the type 8, the number of dimensions, the
 * dimensions as big-endian integers, the values with the last dimension varying fastest.
 *
 * @param shape the dimensions, at least one
 * @param values their product of values
 */
record IdxFile(List<Integer> shape, byte[] values) {
    private static final int UNSIGNED_BYTES = 8;
    private static final int GZIP_MAGIC = 0x1f8b;

    /**
     * Reads a file, gzipped or not.
     *
     * @throws IOException if it cannot be read, is no IDX file of unsigned bytes or ends too early, with the file's name
     */
    static IdxFile read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(open(file))) {
            List<Integer> shape = shape(in, file);
            return new IdxFile(shape, values(in, shape, file));
        } catch (EOFException e) {
            throw new IOException(file + " ends within its header or is a damaged gzip file: get it again", e);
        }
    }

    /** Number of entries along the first dimension. */
    int count() {
        return shape.get(0);
    }

    /** Values per entry. */
    int size() {
        return shape.stream().skip(1).reduce(1, Math::multiplyExact);
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        in.mark(2);
        int magic = in.read() << 8 | in.read();
        in.reset();
        return magic == GZIP_MAGIC ? new GZIPInputStream(in, 1 << 16) : in;
    }

    private static List<Integer> shape(DataInputStream in, Path file) throws IOException {
        int magic = in.readInt();
        int dimensions = magic & 0xff;
        if (magic >>> 8 != UNSIGNED_BYTES || dimensions == 0) {
            throw new IOException(String.format(
                    "%s begins with 0x%08x: an IDX file of unsigned bytes begins with 0x000008 and the number of"
                            + " dimensions, at least 1",
                    file, magic));
        }
        Integer[] shape = new Integer[dimensions];
        for (int i = 0; i < dimensions; i++) {
            shape[i] = in.readInt();
        }
        return List.copyOf(Arrays.asList(shape));
    }

    private static byte[] values(DataInputStream in, List<Integer> shape, Path file) throws IOException {
        long expected = shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
        if (shape.stream().anyMatch(n -> n < 1) || expected > Integer.MAX_VALUE) {
            throw new IOException(file + " has the dimensions " + shape + ": each must be positive");
        }
        byte[] values = in.readNBytes((int) expected);
        if (values.length < expected) {
            throw new IOException(file + " has " + values.length + " values: its dimensions " + shape + " need "
                    + expected + ". It is truncated: get it again");
        }
        return values;
    }
}
