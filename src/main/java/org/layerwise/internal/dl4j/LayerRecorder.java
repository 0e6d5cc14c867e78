package org.layerwise.internal.dl4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.Capture;
import org.layerwise.method.Method;
import org.layerwise.method.Samples;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Turns what a capture sees into samples. Live only while armed, and only on the thread that armed it: a cloned network
 * carries the taps of its original, and must not record there.
 */
final class LayerRecorder implements Capture.Recorder {
    private final Layer layer;
    private final boolean output;
    private final boolean homogeneous;
    private volatile @Nullable Thread armedBy;
    private Method.@Nullable Statistics target;
    private Pass pass = new Pass(1, 1, 1, true, null);

    /**
     * How a backward pass is recorded.
     *
     * @param scale factor from DL4J's output gradients to canonical ones
     * @param samples how many draws share an example's weight
     * @param copies how often the batch is stacked
     * @param inputs whether this pass records the inputs too
     * @param rows indices of the examples that count; null for all
     */
    record Pass(double scale, int samples, int copies, boolean inputs, int @Nullable [] rows) {}

    /**
     * Creates a recorder.
     *
     * @param layer whose input is read
     * @param output whether the loss has applied the layer's mask
     * @param homogeneous whether the layer's matrix has a bias row
     */
    LayerRecorder(Layer layer, boolean output, boolean homogeneous) {
        this.layer = layer;
        this.output = output;
        this.homogeneous = homogeneous;
    }

    void arm(Method.Statistics statistics, Pass newPass) {
        this.target = statistics;
        this.pass = newPass;
        this.armedBy = Thread.currentThread();
    }

    void disarm() {
        this.armedBy = null;
    }

    /** A hidden layer's own mask, which DL4J applies after the activation, zeroes rows. */
    @Override
    public void record(INDArray gradient) {
        Method.Statistics statistics = target;
        if (statistics == null || armedBy != Thread.currentThread()) {
            return;
        }
        INDArray mask = output ? null : layer.getMaskArray();
        record(statistics, mask == null ? gradient : gradient.mulColumnVector(mask.castTo(gradient.dataType())));
    }

    private void record(Method.Statistics statistics, INDArray gradient) {
        try (MemoryWorkspace ws = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray x = layer.input();
            int[] rows = pass.rows;
            if (rows != null && rows.length == 0) { // every example is masked
                return;
            }
            int examples = gradient.rows() / pass.copies;
            INDArray g = rows == null ? gradient : gradient.getRows(repeated(rows, examples));
            INDArray in = rows == null ? x : x.getRows(repeated(rows, examples));
            int n = in.rows() / pass.copies;
            double square = pass.scale * pass.scale / ((double) n * pass.samples);
            statistics.add(new Samples(in, g, homogeneous, pass.inputs ? n : 0, 1.0 / n, square));
        }
    }

    /** The rows of every copy. */
    private int[] repeated(int[] rows, int examples) {
        return IntStream.range(0, pass.copies)
                .flatMap(copy -> Arrays.stream(rows).map(row -> copy * examples + row))
                .toArray();
    }
}
