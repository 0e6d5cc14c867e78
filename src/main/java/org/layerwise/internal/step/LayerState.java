package org.layerwise.internal.step;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Section;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The state of one updater block, a view of the array that DL4J saves with the network: a header, the sections of each
 * matrix, the fallback's state. The only place that knows where what lies.
 *
 * <p>The header names what decides the layout, so that a state of other settings is refused rather than misread, and holds
 * the counters. Large numbers are written in limbs of 2^20, which single precision holds. DL4J does not signal that it has
 * overwritten the view: the header is read once a step, and where it is not as last written, everything is checked.
 */
final class LayerState {
    /** The largest count that the header holds. */
    static final long LARGEST_COUNT = (1L << 40) - 1;

    private static final int MAGIC = 20_011;
    private static final int VERSION = 3;
    private static final int LIMB_BITS = 20;
    private static final int HASH_BITS = 16;
    private static final int AT_VERSION = 1;
    private static final int AT_METHOD = 2; // two limbs of a hash
    private static final int AT_MATRICES = 4;
    private static final int AT_FALLBACK = 5; // two limbs of a hash
    private static final int AT_STAMP = 7;
    private static final int AT_SCALE = 8;
    static final int FIXED = 9;
    private static final int AT_LAYOUT = 2; // in a matrix's part: rows, columns, hash (two limbs), counters
    static final int AT_COUNTERS = 4;

    private final Kernels kernels;
    private final StateContents contents;
    private final INDArray view;
    private final double[] expected;
    private double[] written = new double[0];
    private boolean changed = true;
    private boolean stepping;
    private final List<MatrixState> matrices = new ArrayList<>();
    private final @Nullable INDArray rest;

    /**
     * Opens a state.
     *
     * @param kernels kernels of the backend
     * @param contents what it holds
     * @param view at least {@code contents.length()} elements
     * @param initialize whether to begin anew instead of keeping what the view holds
     */
    LayerState(Kernels kernels, StateContents contents, INDArray view, boolean initialize) {
        this.kernels = kernels;
        this.contents = contents;
        this.view = view.isEmpty() ? view : view.reshape(view.length());
        this.expected = expectedHeader(contents);
        long at = contents.header();
        int counters = FIXED;
        for (StateContents.Part part : contents.parts()) {
            MatrixState state = new MatrixState(counters);
            for (Section section : part.sections()) {
                state.add(section, interval(at, section.length()));
                at += section.length();
            }
            part.tasks().forEach(state::add);
            matrices.add(state);
            counters += AT_COUNTERS + part.counters();
        }
        this.rest = contents.fallbackLength() == 0 ? null : interval(at, contents.fallbackLength());
        if (initialize && !view.isEmpty()) {
            this.view.assign(0);
            double[] header = expected.clone();
            matrices.forEach(matrix -> matrix.write(header));
            putAll(header);
        }
    }

    private INDArray interval(long at, long length) {
        return length == 0 ? Nd4j.empty(view.dataType()) : view.get(NDArrayIndex.interval(at, at + length));
    }

    private static double[] expectedHeader(StateContents contents) {
        double[] header = new double[contents.header()];
        if (header.length == 0) {
            return header;
        }
        header[0] = MAGIC;
        header[AT_VERSION] = VERSION;
        putHash(header, AT_METHOD, contents.method());
        header[AT_MATRICES] = contents.parts().size();
        putHash(header, AT_FALLBACK, contents.fallbackLength() + contents.fallback());
        header[AT_SCALE] = 1;
        int at = FIXED;
        for (StateContents.Part part : contents.parts()) {
            header[at] = part.rows();
            header[at + 1] = part.columns();
            putHash(header, at + AT_LAYOUT, part.layout());
            at += AT_COUNTERS + part.counters();
        }
        return header;
    }

    private static void putHash(double[] header, int at, String text) {
        int hash = text.hashCode();
        header[at] = hash & ((1 << HASH_BITS) - 1);
        header[at + 1] = hash >>> HASH_BITS;
    }

    static long count(double[] header, int at) {
        return Math.round(header[at]) + (Math.round(header[at + 1]) << LIMB_BITS);
    }

    static void putCount(double[] header, int at, long value) {
        header[at] = value & ((1 << LIMB_BITS) - 1);
        header[at + 1] = value >>> LIMB_BITS;
    }

    /**
     * Begins a step. After one that was not closed the counters are those of the view, as for a new object.
     *
     * @param layer for messages
     */
    void beginStep(String layer) {
        if (stepping) {
            written = new double[0];
        }
        stepping = true;
        open(layer);
    }

    /**
     * Reads the header; where somebody has written it since, checks everything.
     *
     * @param layer for messages
     * @return whether the state is not as this object last wrote it
     * @throws IllegalStateException if it is not the state of these contents
     */
    boolean open(String layer) {
        if (expected.length == 0) {
            return false;
        }
        double[] header = kernels.diagonal(view, 0, expected.length, 1);
        changed = !Arrays.equals(header, written);
        if (changed) {
            requireValid(header, layer);
            for (MatrixState matrix : matrices) {
                matrix.roundCounters();
                matrix.read(header);
            }
            written = header;
        }
        return changed;
    }

    private void requireValid(double[] header, String layer) {
        int first = -1;
        for (int i = 0; i < header.length && first < 0; i++) {
            boolean valid = isIdentity(i)
                    ? header[i] == expected[i]
                    : i == AT_SCALE ? header[i] >= 0 && header[i] <= 1 : isLimb(header[i]);
            first = valid ? -1 : i;
        }
        Require.state(
                first < 0,
                "The updater state of layer %s is not that of %s: its header reads %s. It was saved %s, or load the model"
                        + " without its updater and call Layerwise.attach(net).",
                layer,
                contents,
                Arrays.toString(header),
                first < 0 ? "" : origin(first));
    }

    private static boolean isLimb(double value) {
        return value >= 0 && value <= 1 << LIMB_BITS;
    }

    private boolean isIdentity(int i) {
        if (i < FIXED) {
            return i < AT_STAMP;
        }
        return withinMatrix(i) < AT_COUNTERS;
    }

    private int withinMatrix(int i) {
        int at = FIXED;
        for (StateContents.Part part : contents.parts()) {
            int length = AT_COUNTERS + part.counters();
            if (i < at + length) {
                return i - at;
            }
            at += length;
        }
        return 0;
    }

    /** What went wrong, by the first number that differs, and what helps. */
    private String origin(int first) {
        if (first <= AT_VERSION) {
            return "by another version or is no state of this library: load it with that version";
        }
        if (first >= AT_FALLBACK && first < AT_STAMP) {
            return "with another fallback updater: restore it";
        }
        if (first < AT_FALLBACK || (first >= FIXED && withinMatrix(first) < AT_LAYOUT)) {
            return "by another updater or for other matrices: restore the updater and the shapes";
        }
        if (first >= FIXED && withinMatrix(first) < AT_COUNTERS) {
            return "with other settings: restore the block size, the largest dimension or skew, and the kind of momentum,"
                    + " graft, exponents or factors";
        }
        return "damaged: its counters are no whole numbers; restore an earlier copy";
    }

    /**
     * Writes the counters of a finished step.
     *
     * @param scale the network-wide factor of the step
     * @param content any number that depends on the data, by which the states of two replicas differ
     */
    void close(double scale, double content) {
        stepping = false;
        if (expected.length == 0) {
            return;
        }
        double[] header = written.length == 0 ? expected.clone() : written.clone();
        if (matrices.stream().noneMatch(MatrixState::touched)) {
            return;
        }
        matrices.forEach(matrix -> matrix.write(header));
        header[AT_SCALE] = scale;
        long bits = Double.doubleToLongBits(content) * 0x9E37_79B9_7F4A_7C15L;
        header[AT_STAMP] = bits >>> (Long.SIZE - LIMB_BITS);
        putAll(header);
    }

    private void putAll(double[] header) {
        for (int i = 0; i < header.length; i++) {
            if (i >= written.length || header[i] != written[i]) {
                view.putScalar(i, header[i]);
            }
        }
        // What the view holds, in its own precision.
        written = header.length == 0 ? header : kernels.diagonal(view, 0, header.length, 1);
    }

    /**
     * The state of one matrix.
     *
     * @param index of the matrix among those that are preconditioned
     * @return sections and counters
     */
    MatrixState matrix(int index) {
        return matrices.get(index);
    }

    /**
     * The fallback's state.
     *
     * @return view; null if it has none
     */
    @Nullable
    INDArray fallbackState() {
        return rest;
    }
}
