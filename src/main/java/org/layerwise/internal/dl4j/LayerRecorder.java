package org.layerwise.internal.dl4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.Capture;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerSlot;
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
    private final LayerKind kind;
    private final LayerSlot slot;
    private final Layer layer;
    private final boolean homogeneous;
    private volatile @Nullable Thread armedBy;
    private Method.@Nullable Statistics target;
    private Pass pass = new Pass(1, 1, 1, 1, true, null);

    /**
     * How a backward pass is recorded.
     *
     * @param scale factor from DL4J's output gradients to canonical ones
     * @param samples how many draws share an example's weight
     * @param examples of the batch
     * @param copies how often the batch is stacked
     * @param inputs whether this pass records the inputs too
     * @param counted indices of the examples that count; null for all
     */
    record Pass(double scale, int samples, long examples, int copies, boolean inputs, int @Nullable [] counted) {}

    /**
     * Creates a recorder.
     *
     * @param kind of the layer
     * @param slot the layer whose input is read
     * @param homogeneous whether the layer's matrix has a bias row
     */
    LayerRecorder(LayerKind kind, LayerSlot slot, boolean homogeneous) {
        this.kind = kind;
        this.slot = slot;
        this.layer = (Layer) slot.running();
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

    @Override
    public void record(INDArray gradient) {
        Method.Statistics statistics = target;
        if (statistics == null || armedBy != Thread.currentThread()) {
            return;
        }
        try (MemoryWorkspace ws = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            int[] counted = pass.counted;
            if (counted != null && counted.length == 0) { // every example is masked
                return;
            }
            long n = counted == null ? examples(gradient) : counted.length;
            if (gradient.rank() > 2) {
                boolean all = counted == null;
                INDArray input = layer.input();
                show(all ? input : counted(input), all ? gradient : counted(gradient), n, null, statistics);
            } else {
                int[] kept = keptRows(gradient);
                if (kept == null || kept.length > 0) {
                    show(layer.input(), masked(gradient), n, kept, statistics);
                }
            }
        }
    }

    /** A hidden layer's own mask, which DL4J applies after the activation, zeroes rows; the loss has applied that of the labels. */
    private INDArray masked(INDArray gradient) {
        INDArray mask = slot.output() ? null : layer.getMaskArray();
        return mask == null ? gradient : gradient.mulColumnVector(mask.castTo(gradient.dataType()));
    }

    /** Examples of one copy, also where a vertex has cut the batch. */
    private long examples(INDArray array) {
        long rows = array.size(0);
        return rows % (pass.examples * pass.copies) == 0 ? pass.examples : rows / pass.copies;
    }

    private void show(INDArray input, INDArray gradient, long n, int @Nullable [] kept, Method.Statistics statistics) {
        double square = pass.scale * pass.scale / ((double) n * pass.samples);
        kind.rows(slot, input, gradient, (allX, allG, count) -> {
            INDArray x = kept == null ? allX : allX.getRows(kept);
            INDArray g = kept == null ? allG : allG.getRows(kept);
            long all = kept == null ? count : kept.length;
            boolean alone =
                    all == n * pass.copies && x.size(0) == all; // one row an example: the copies follow each other
            int inputRows = !pass.inputs ? 0 : alone ? (int) n : (int) x.size(0);
            statistics.add(new Samples(x, g, homogeneous, inputRows, 1.0 / (alone ? n : all), square));
        });
    }

    /**
     * The rows that count, of every copy and time step. DL4J stacks time steps to rows with the examples of a step next to each
     * other; a step that the mask excludes is none.
     *
     * @return null for all
     */
    private int @Nullable [] keptRows(INDArray gradient) {
        int n = (int) examples(gradient);
        int rows = (int) gradient.size(0);
        int[] counted = pass.counted;
        INDArray mask = rows == n * pass.copies ? null : layer.getMaskArray();
        double[] weights =
                mask == null || mask.size(0) != rows ? null : mask.max(1).toDoubleVector();
        if (counted == null && weights == null) {
            return null;
        }
        int[] examples = counted == null ? IntStream.range(0, n).toArray() : counted;
        return IntStream.range(0, rows / n)
                .flatMap(block -> Arrays.stream(examples).map(example -> block * n + example))
                .filter(row -> weights == null || weights[row] != 0)
                .toArray();
    }

    /** The examples that count, of every copy. */
    private INDArray counted(INDArray array) {
        int n = (int) examples(array);
        int[] counted = java.util.Objects.requireNonNull(pass.counted);
        int[] rows = IntStream.range(0, pass.copies)
                .flatMap(copy -> Arrays.stream(counted).map(example -> copy * n + example))
                .toArray();
        long[] shape = array.shape();
        INDArray flat = array.dup('c').reshape('c', shape[0], array.length() / shape[0]);
        shape[0] = rows.length;
        return flat.getRows(rows).dup('c').reshape('c', shape);
    }
}
