package org.layerwise.precondition;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.layerwise.curvature.Sides;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Require;
import org.layerwise.linalg.TrianglePair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One layer's state inside DL4J's updater-state view, in this order: a header of {@value #HEADER} numbers, the triangle
 * pair of A (running average and the snapshot that the current inverse belongs to), that of G, the eigenbasis scales S
 * [dA, dG] of E-KFAC, the velocity [dA, dG]. Everything is a sum, a mean or a positive semidefinite matrix, so views of
 * replicas may be averaged element by element; inverses and eigenbases are derived and live outside.
 */
public final class KroneckerState {
    /** Length of the header. */
    static final int HEADER = 16;

    private static final int MAGIC = 19_937;
    private static final int VERSION = 1;
    private static final int AT_MAGIC = 0;
    private static final int AT_VERSION = 1;
    private static final int AT_SHAPE = 2; // dA, dG, contents
    private static final int AT_STEP = 5; // two limbs each
    private static final int AT_STATISTICS = 7;
    private static final int AT_LAST_STATISTICS = 9;
    private static final int AT_LAST_REFRESH = 11;
    private static final int AT_SNAPSHOT = 13;

    private final Kernels kernels;
    private final Contents contents;
    private final INDArray view;
    private final @Nullable TrianglePair input;
    private final @Nullable TrianglePair output;
    private final @Nullable INDArray scales;
    private final @Nullable INDArray velocity;

    /**
     * What a layer's state holds.
     *
     * @param sides which factors
     * @param inputDimension dA
     * @param outputDimension dG
     * @param scales whether E-KFAC scales are kept
     * @param velocity whether momentum is used
     */
    public record Contents(Sides sides, int inputDimension, int outputDimension, boolean scales, boolean velocity) {
        /**
         * Number of elements.
         *
         * @return length of the state
         */
        public long length() {
            long matrix = (long) inputDimension * outputDimension;
            return HEADER
                    + (sides.usesInput() ? TrianglePair.length(inputDimension) : 0)
                    + (sides.usesOutput() ? TrianglePair.length(outputDimension) : 0)
                    + (scales ? matrix : 0)
                    + (velocity ? matrix : 0);
        }

        private int code() {
            return (sides.usesInput() ? 1 : 0) + (sides.usesOutput() ? 2 : 0) + (scales ? 4 : 0) + (velocity ? 8 : 0);
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
    public KroneckerState(Kernels kernels, Contents contents, INDArray view, boolean initialize) {
        Require.argument(
                view.length() >= contents.length(),
                "The updater state has %s elements, but %s needs %s",
                view.length(),
                contents,
                contents.length());
        this.kernels = kernels;
        this.contents = contents;
        this.view = view.reshape(view.length());
        long matrix = (long) contents.inputDimension * contents.outputDimension;
        long at = HEADER;
        input = contents.sides.usesInput() ? pair(at, contents.inputDimension) : null;
        at += input == null ? 0 : input.array().length();
        output = contents.sides.usesOutput() ? pair(at, contents.outputDimension) : null;
        at += output == null ? 0 : output.array().length();
        scales = contents.scales ? part(at, matrix, contents.inputDimension, contents.outputDimension) : null;
        at += scales == null ? 0 : matrix;
        velocity = contents.velocity ? part(at, matrix, contents.inputDimension, contents.outputDimension) : null;
        if (initialize) {
            initialize();
        }
    }

    private TrianglePair pair(long at, int d) {
        return new TrianglePair(part(at, TrianglePair.length(d), d + 1, d));
    }

    private INDArray part(long at, long length, long... shape) {
        return view.get(NDArrayIndex.interval(at, at + length)).reshape('f', shape);
    }

    private void initialize() {
        view.assign(0);
        view.putScalar(AT_MAGIC, MAGIC);
        view.putScalar(AT_VERSION, VERSION);
        view.putScalar(AT_SHAPE, contents.inputDimension);
        view.putScalar(AT_SHAPE + 1, contents.outputDimension);
        view.putScalar(AT_SHAPE + 2, contents.code());
    }

    /**
     * Checks that the view holds this layer's state.
     *
     * @param layer name for the message
     * @throws IllegalStateException if it holds something else
     */
    public void requireValid(String layer) {
        double[] header = kernels.diagonal(view, 0, HEADER, 1);
        boolean valid = header[AT_MAGIC] == MAGIC
                && header[AT_VERSION] == VERSION
                && header[AT_SHAPE] == contents.inputDimension
                && header[AT_SHAPE + 1] == contents.outputDimension
                && header[AT_SHAPE + 2] == contents.code();
        Require.state(
                valid,
                "The updater state of layer %s is not that of %s: its header reads %s. It was saved by another version or"
                        + " with other settings; load the model without its updater and call Layerwise.attach(net).",
                layer,
                contents,
                Arrays.toString(header));
    }

    /**
     * What the state holds.
     *
     * @return the contents
     */
    public Contents contents() {
        return contents;
    }

    /**
     * The input factor's pair.
     *
     * @return running and snapshot A; null if the side is not used
     */
    public @Nullable TrianglePair input() {
        return input;
    }

    /**
     * The output factor's pair.
     *
     * @return running and snapshot G; null if the side is not used
     */
    public @Nullable TrianglePair output() {
        return output;
    }

    /**
     * The E-KFAC scales.
     *
     * @return S, [dA, dG]; null without E-KFAC
     */
    public @Nullable INDArray scales() {
        return scales;
    }

    /**
     * The momentum buffer, learning rate included.
     *
     * @return [dA, dG]; null without momentum
     */
    public @Nullable INDArray velocity() {
        return velocity;
    }

    /**
     * Steps taken.
     *
     * @return at least 0
     */
    public long step() {
        return counter(AT_STEP);
    }

    /** Counts a step. */
    public void advance() {
        setCounter(AT_STEP, step() + 1);
    }

    /**
     * Statistics absorbed.
     *
     * @return at least 0
     */
    public long statistics() {
        return counter(AT_STATISTICS);
    }

    /**
     * The step whose statistics were absorbed last.
     *
     * @return -1 if none
     */
    public long lastStatistics() {
        return counter(AT_LAST_STATISTICS) - 1;
    }

    /** Notes that this step's statistics were absorbed. */
    void countStatistics() {
        setCounter(AT_STATISTICS, statistics() + 1);
        setCounter(AT_LAST_STATISTICS, step() + 1);
    }

    /**
     * The step at which the inverse was refreshed last.
     *
     * @return -1 if never
     */
    public long lastRefresh() {
        return counter(AT_LAST_REFRESH) - 1;
    }

    /** Notes that this step refreshed, or tried to. */
    void countRefresh() {
        setCounter(AT_LAST_REFRESH, step() + 1);
    }

    /**
     * Whether the snapshots belong to a usable inverse.
     *
     * @return false before the first success
     */
    public boolean hasSnapshot() {
        return view.getDouble(AT_SNAPSHOT) > 0;
    }

    /** Makes the running factors the snapshot. */
    void promote() {
        if (input != null) {
            kernels.promote(input);
        }
        if (output != null) {
            kernels.promote(output);
        }
        view.putScalar(AT_SNAPSHOT, 1);
    }

    /** The snapshots' diagonals: changes whenever somebody writes other factors into the view. */
    double[] fingerprint() {
        double[] a = input == null ? new double[0] : diagonal(input, 0);
        double[] g = output == null ? new double[0] : diagonal(output, 0);
        double[] both = Arrays.copyOf(a, a.length + g.length + 1);
        System.arraycopy(g, 0, both, a.length, g.length);
        both[both.length - 1] = view.getDouble(AT_SNAPSHOT);
        return both;
    }

    /** Trace of a pair's running matrix. */
    double runningTrace(TrianglePair pair) {
        return Arrays.stream(diagonal(pair, 1)).sum();
    }

    /** Trace of a pair's snapshot. */
    double snapshotTrace(TrianglePair pair) {
        return Arrays.stream(diagonal(pair, 0)).sum();
    }

    private double[] diagonal(TrianglePair pair, int row) {
        int d = pair.dimension();
        return kernels.diagonal(pair.array(), row, d, d + 2);
    }

    private long counter(int at) {
        return Counter.read(new double[] {view.getDouble(at), view.getDouble(at + 1)}, 0);
    }

    private void setCounter(int at, long value) {
        Counter.write(view, at, value);
    }
}
