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
 * method, number of matrices; then rows, columns and steps of each), the matrices' own states in order, and the state of
 * the fallback updater.
 */
public final class MatrixState {
    private static final int MAGIC = 20_011;
    private static final int VERSION = 1;
    private static final int FIXED = 4;
    private static final int PER_MATRIX = 4; // rows, columns, steps (two limbs)
    private static final int AT_STEPS = 2;

    private final Kernels kernels;
    private final Contents contents;
    private final INDArray view;
    private final List<INDArray> parts = new ArrayList<>();
    private final @Nullable INDArray rest;

    /**
     * One matrix's part.
     *
     * @param rows of the matrix
     * @param columns of the matrix
     * @param length elements of its state, at least 0
     */
    public record Part(int rows, int columns, long length) {}

    /**
     * What a state holds.
     *
     * @param method number of the method, for the header
     * @param parts one for each matrix
     * @param rest elements of the fallback updater's state, at least 0
     */
    public record Contents(int method, List<Part> parts, long rest) {
        /**
         * Copies the list.
         *
         * @param method number of the method
         * @param parts one for each matrix
         * @param rest elements of the fallback updater's state
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

        private int header() {
            return FIXED + PER_MATRIX * parts.size();
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
        this.view = view.reshape(view.length());
        long at = contents.header();
        for (Part part : contents.parts) {
            parts.add(interval(at, part.length));
            at += part.length;
        }
        this.rest = contents.rest == 0 ? null : interval(at, contents.rest);
        if (initialize) {
            this.view.assign(0);
            double[] header = expectedHeader();
            for (int i = 0; i < header.length; i++) {
                this.view.putScalar(i, header[i]);
            }
        }
    }

    private INDArray interval(long at, long length) {
        return length == 0 ? Nd4j.empty(view.dataType()) : view.get(NDArrayIndex.interval(at, at + length));
    }

    private double[] expectedHeader() {
        double[] header = new double[contents.header()];
        header[0] = MAGIC;
        header[1] = VERSION;
        header[2] = contents.method;
        header[3] = contents.parts.size();
        for (int i = 0; i < contents.parts.size(); i++) {
            header[FIXED + PER_MATRIX * i] = contents.parts.get(i).rows;
            header[FIXED + PER_MATRIX * i + 1] = contents.parts.get(i).columns;
        }
        return header;
    }

    /**
     * Checks that the view holds this layer's state and reads the matrices' step counters.
     *
     * @param layer name for the message
     * @return steps of each matrix
     * @throws IllegalStateException if it holds something else
     */
    public long[] requireValid(String layer) {
        double[] header = kernels.diagonal(view, 0, contents.header(), 1);
        long[] steps = new long[contents.parts.size()];
        double[] identity = header.clone();
        for (int i = 0; i < steps.length; i++) {
            int at = FIXED + PER_MATRIX * i + AT_STEPS;
            steps[i] = Counter.read(header, at);
            identity[at] = 0;
            identity[at + 1] = 0;
        }
        Require.state(
                Arrays.equals(identity, expectedHeader()),
                "The updater state of layer %s is not that of %s: its header reads %s. It was saved by another version or"
                        + " with other settings; load the model without its updater and call Layerwise.attach(net).",
                layer,
                contents,
                Arrays.toString(header));
        return steps;
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
