package org.layerwise.precondition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The state of an updater that needs gradients alone, inside DL4J's updater-state view: a header (magic number, version,
 * method, number of matrices, hash of the fallback updater's layout; then rows, columns, steps and hash of the layout of each
 * matrix), the matrices' own states in order, and the state of the fallback updater. All of it is the same in replicas that are
 * averaged, and limbs are short, so that their sums over 256 replicas are exact.
 */
public final class MatrixState {
    private static final int MAGIC = 20_011;
    private static final int VERSION = 2;
    private static final int AT_VERSION = 1;
    private static final int AT_REST = 4;
    private static final int FIXED = 6;
    private static final int PER_MATRIX = 6; // rows, columns, steps (two limbs), layout (two limbs)
    private static final int AT_STEPS = 2;
    private static final int AT_LAYOUT = 4;
    private static final int LIMB_BITS = 16;

    private final Kernels kernels;
    private final Contents contents;
    private final double[] expected;
    private final INDArray view;
    private final List<INDArray> parts = new ArrayList<>();
    private final @Nullable INDArray rest;

    /**
     * One matrix's part.
     *
     * @param rows of the matrix
     * @param columns of the matrix
     * @param length elements of its state, at least 0
     * @param layout what decides where they lie and what they mean, in words
     */
    public record Part(int rows, int columns, long length, String layout) {}

    /**
     * What a state holds.
     *
     * @param method number of the method, for the header
     * @param parts one for each matrix
     * @param rest elements of the fallback updater's state, at least 0
     * @param restLayout name of the fallback updater
     */
    public record Contents(int method, List<Part> parts, long rest, String restLayout) {
        /**
         * Copies the list.
         *
         * @param method number of the method
         * @param parts one for each matrix
         * @param rest elements of the fallback updater's state
         * @param restLayout name of the fallback updater
         */
        public Contents {
            parts = List.copyOf(parts);
        }

        /**
         * Number of elements.
         *
         * @return length of the state
         */
        public long length() {
            return header() + parts.stream().mapToLong(Part::length).sum() + rest;
        }

        /** Without matrices there is none: the state is the fallback's, as long as DL4J would have it. */
        private int header() {
            return parts.isEmpty() ? 0 : FIXED + PER_MATRIX * parts.size();
        }
    }

    /**
     * Lays the state over a view.
     *
     * @param kernels kernels of the backend
     * @param contents what it holds
     * @param view dense, FLOAT or DOUBLE, at least {@link Contents#length} elements
     * @param initialize whether to start anew; otherwise the view keeps what it holds
     */
    public MatrixState(Kernels kernels, Contents contents, INDArray view, boolean initialize) {
        Require.argument(
                view.length() >= contents.length(),
                "The updater state has %s elements, but %s needs %s",
                view.length(),
                contents,
                contents.length());
        this.kernels = kernels;
        this.contents = contents;
        this.expected = expectedHeader(contents);
        this.view = view.reshape(view.length());
        long at = contents.header();
        for (Part part : contents.parts) {
            parts.add(interval(at, part.length));
            at += part.length;
        }
        this.rest = contents.rest == 0 ? null : interval(at, contents.rest);
        if (initialize) {
            this.view.assign(0);
            for (int i = 0; i < expected.length; i++) {
                this.view.putScalar(i, expected[i]);
            }
        }
    }

    private INDArray interval(long at, long length) {
        return length == 0 ? Nd4j.empty(view.dataType()) : view.get(NDArrayIndex.interval(at, at + length));
    }

    private static double[] expectedHeader(Contents contents) {
        double[] header = new double[contents.header()];
        if (header.length == 0) {
            return header;
        }
        header[0] = MAGIC;
        header[AT_VERSION] = VERSION;
        header[2] = contents.method;
        header[3] = contents.parts.size();
        putHash(header, AT_REST, contents.rest, contents.restLayout);
        for (int i = 0; i < contents.parts.size(); i++) {
            Part part = contents.parts.get(i);
            int at = FIXED + PER_MATRIX * i;
            header[at] = part.rows;
            header[at + 1] = part.columns;
            putHash(header, at + AT_LAYOUT, part.length, part.layout);
        }
        return header;
    }

    /** Both hash functions are specified, so that a state can be loaded anywhere. */
    private static void putHash(double[] header, int at, long length, String layout) {
        int hash = 31 * Long.hashCode(length) + layout.hashCode();
        header[at] = hash & ((1 << LIMB_BITS) - 1);
        header[at + 1] = hash >>> LIMB_BITS;
    }

    /**
     * Checks that the view holds this layer's state and reads the matrices' step counters.
     *
     * @param layer name for the message
     * @return steps of each matrix
     * @throws IllegalStateException if it holds something else
     */
    public long[] requireValid(String layer) {
        if (expected.length == 0) {
            return new long[0];
        }
        double[] header = kernels.diagonal(view, 0, contents.header(), 1);
        long[] steps = new long[contents.parts.size()];
        double[] identity = header.clone();
        for (int i = 0; i < steps.length; i++) {
            int at = FIXED + PER_MATRIX * i + AT_STEPS;
            steps[i] = Counter.read(header, at);
            identity[at] = 0;
            identity[at + 1] = 0;
        }
        int first = Arrays.mismatch(identity, expected);
        Require.state(
                first < 0,
                "The updater state of layer %s is not that of %s: its header reads %s. It was saved %s, or load the model"
                        + " without its updater and call Layerwise.attach(net).",
                layer,
                contents,
                Arrays.toString(header),
                first < 0 ? "" : origin(first));
        return steps;
    }

    /** Where a state comes from whose header differs, and what to do. */
    private static String origin(int first) {
        if (first <= AT_VERSION) {
            return "by another version or is no state of this library: load it with that version";
        }
        if (first >= AT_REST && first < FIXED) {
            return "with another fallback updater: restore it";
        }
        if (first < AT_REST || (first - FIXED) % PER_MATRIX < AT_STEPS) {
            return "by another updater or for other matrices: restore the updater and the shapes";
        }
        return "with other settings: restore the block size, the largest dimension or skew, and the kind of momentum, graft,"
                + " exponents or factors";
    }

    /**
     * A matrix's own state.
     *
     * @param matrix index
     * @return one-dimensional view; an empty array if the method has no state
     */
    public INDArray part(int matrix) {
        return parts.get(matrix);
    }

    /**
     * The fallback updater's state.
     *
     * @return one-dimensional view; null if it has none
     */
    public @Nullable INDArray rest() {
        return rest;
    }

    /**
     * Sets a matrix's step counter.
     *
     * @param matrix index
     * @param steps at least 0
     */
    public void setSteps(int matrix, long steps) {
        Counter.write(view, FIXED + PER_MATRIX * matrix + AT_STEPS, steps);
    }
}
