package org.layerwise.dl4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.jspecify.annotations.Nullable;
import org.layerwise.curvature.BatchStatistics;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Turns what a tap sees into batch statistics. Live only while armed, and only on the thread that armed it: a cloned
 * network carries the taps of its original, and must not record there.
 */
final class LayerRecorder {
    private final Layer layer;
    private final @Nullable BatchStatistics statistics;
    private volatile @Nullable Thread armedBy;
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
     * @param statistics where to; null to record nothing
     */
    LayerRecorder(Layer layer, @Nullable BatchStatistics statistics) {
        this.layer = layer;
        this.statistics = statistics;
    }

    void arm(Pass newPass) {
        this.pass = newPass;
        this.armedBy = Thread.currentThread();
    }

    void disarm() {
        this.armedBy = null;
    }

    /** Records a hidden layer; its own mask, which DL4J applies after the activation, zeroes rows. */
    void recordHidden(INDArray gradient) {
        if (statistics == null || armedBy != Thread.currentThread()) {
            return;
        }
        INDArray mask = layer.getMaskArray();
        record(statistics, mask == null ? gradient : gradient.mulColumnVector(mask.castTo(gradient.dataType())));
    }

    /** Records an output layer, whose loss has applied its mask. */
    void recordOutput(INDArray gradient) {
        if (statistics != null && armedBy == Thread.currentThread()) {
            record(statistics, gradient);
        }
    }

    private void record(BatchStatistics target, INDArray gradient) {
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
            if (pass.inputs) {
                target.addInput(in.get(NDArrayIndex.interval(0, n), NDArrayIndex.all()), 1.0 / n);
            }
            target.addOutput(g, square);
            target.addSquares(in, g, square);
        }
    }

    /** The rows of every copy. */
    private int[] repeated(int[] rows, int examples) {
        return IntStream.range(0, pass.copies)
                .flatMap(copy -> Arrays.stream(rows).map(row -> copy * examples + row))
                .toArray();
    }
}
