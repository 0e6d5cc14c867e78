package org.layerwise.internal.dl4j;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.Capture;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.settings.Role;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * An updater block that one of our updaters serves, and the samples of its step. A step may have several passes, whose
 * statistics are averaged by their numbers of examples.
 */
final class BoundBlock {
    private final LayerSlot slot;
    private final BlockConfiguration configuration;
    private final Diagnostics diagnostics;
    private final @Nullable Capture capture;
    private final DataType type;
    private Method.@Nullable Statistics pass;
    private Method.@Nullable Statistics earlier;
    private long earlierExamples;
    private long passExamples;

    /**
     * Creates a block.
     *
     * @param slot its layer
     * @param configuration bound to the block
     * @param diagnostics the layer's counters
     * @param capture how samples are read; null if the updater needs none
     * @param type of the parameters
     */
    BoundBlock(
            LayerSlot slot,
            BlockConfiguration configuration,
            Diagnostics diagnostics,
            @Nullable Capture capture,
            DataType type) {
        this.slot = slot;
        this.configuration = configuration;
        this.diagnostics = diagnostics;
        this.capture = capture;
        this.type = type;
    }

    LayerSlot slot() {
        return slot;
    }

    BlockConfiguration configuration() {
        return configuration;
    }

    Diagnostics diagnostics() {
        return diagnostics;
    }

    /** Whether the block's matrix needs samples. */
    boolean sampled() {
        return capture != null;
    }

    Capture capture() {
        return Objects.requireNonNull(capture);
    }

    /** A recorder of the block's layer, or of the same layer of a twin. */
    LayerRecorder recorder(LayerSlot at) {
        return new LayerRecorder(
                Objects.requireNonNull(LayerBlocks.kind(at)),
                at,
                matrix().bands().size() > 1);
    }

    private ParameterLayout layout() {
        return Objects.requireNonNull(configuration.layout());
    }

    /** The one matrix that gives samples. */
    private Matrix matrix() {
        return layout().matrices().stream()
                .filter(each -> each.role() != Role.VECTOR)
                .findFirst()
                .orElseThrow();
    }

    /** The statistics of the pass in progress. */
    Method.Statistics pass() {
        Method.Statistics known = pass;
        if (known == null) {
            known = newStatistics();
            pass = known;
        }
        return known;
    }

    private Method.Statistics newStatistics() {
        Matrix matrix = matrix();
        Method method = Objects.requireNonNull(configuration.settings().method(matrix));
        return Objects.requireNonNull(method.statistics(matrix, type));
    }

    /** Forgets the pass in progress. */
    void discardPass() {
        if (pass != null) {
            pass.clear();
        }
        passExamples = 0;
    }

    /** The pass is over. */
    void commitPass(long examples) {
        passExamples = examples;
    }

    /** Averages the last pass with those before, and begins another. */
    void nextPass() {
        if (passExamples > 0) {
            Method.Statistics sum = earlier;
            if (sum == null) {
                sum = newStatistics();
                earlier = sum;
            }
            sum.blend(pass(), (double) passExamples / (earlierExamples + passExamples));
            earlierExamples += passExamples;
        }
        discardPass();
    }

    /** Forgets all passes but the last. */
    void dropEarlier() {
        if (earlier != null) {
            earlier.clear();
        }
        earlierExamples = 0;
    }

    /** Forgets all passes. */
    void clear() {
        discardPass();
        dropEarlier();
    }

    /** The statistics of all passes of the step. */
    Method.@Nullable Statistics statistics() {
        if (!sampled()) {
            return null;
        }
        Method.Statistics sum = earlier;
        if (earlierExamples == 0 || sum == null) {
            return pass();
        }
        nextPass();
        return sum;
    }
}
