package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.layerwise.method.Method;
import org.layerwise.settings.FisherEstimator;

/**
 * The samples of a step. A step is what lies between two updates: it may have several passes, all at the same parameters,
 * whose gradients the user has added. The solver applies its last pass alone.
 */
final class Passes {
    private final NetworkAdapter network;
    private final Estimation estimation;
    private final List<BoundBlock> sampled;
    private final Map<BoundBlock, LayerRecorder> recorders = new LinkedHashMap<>();
    private final List<Pending> pending = new ArrayList<>();
    private List<BoundBlock> due = List.of();
    private @Nullable ProbeNetwork probesInWorkspaces;
    private @Nullable ProbeNetwork probesOutside;
    private int @Nullable [] rows;
    private boolean open;
    private int count;
    private long examples;
    private long lastExamples;
    private double parameters;

    /** A pass whose probes have not been run. */
    private record Pending(NetworkAdapter.Batch batch, int @Nullable [] rows) {
        long examples() {
            return rows == null ? batch.inputs()[0].size(0) : rows.length;
        }
    }

    Passes(NetworkAdapter network, Estimation estimation, List<BoundBlock> sampled) {
        this.network = network;
        this.estimation = estimation;
        this.sampled = sampled;
        for (BoundBlock block : sampled) {
            if (estimation.fromTrainingPass(block)) {
                LayerRecorder recorder = block.recorder(block.slot());
                recorders.put(block, recorder);
                block.capture().install(block.slot(), recorder);
            }
        }
    }

    /** Stops recording and takes the captures away. */
    void close() {
        disarm();
        recorders.keySet().forEach(block -> block.capture().remove(block.slot()));
    }

    private void disarm() {
        recorders.values().forEach(LayerRecorder::disarm);
    }

    /** Passes of the step so far. */
    int count() {
        return count;
    }

    /** Examples of the step so far, masked ones included; at least 1. */
    long examples() {
        return Math.max(1, examples);
    }

    /** Forgets the step. */
    void clear() {
        disarm();
        open = false;
        count = 0;
        examples = 0;
        lastExamples = 0;
        pending.clear();
        due.forEach(BoundBlock::clear);
    }

    /**
     * A pass begins. One of a step that failed before its update leaves nothing where state or parameters have changed since.
     *
     * @param dueNow blocks that want samples at this step
     */
    void begin(List<BoundBlock> dueNow) {
        if (open) {
            due.forEach(BoundBlock::discardPass); // its backward pass never came
        }
        boolean same = due.size() == dueNow.size() && due.containsAll(dueNow);
        if (count > 0 && (!same || (!due.isEmpty() && parameters() != parameters))) {
            clear(); // gradients at other parameters are not added
        }
        if (count == 0) {
            due = dueNow;
            due.forEach(BoundBlock::clear);
            parameters = due.isEmpty() ? 0 : parameters();
        } else {
            due.forEach(BoundBlock::nextPass);
        }
        open = true;
        rows = due.isEmpty() ? null : RowMask.of(network.labelMasks(), (int) network.inputRows());
        for (BoundBlock block : due) {
            LayerRecorder recorder = recorders.get(block);
            if (recorder != null) {
                recorder.arm(
                        block.pass(),
                        new LayerRecorder.Pass(estimation.reduction(), 1, network.inputRows(), 1, true, rows));
            }
        }
    }

    private double parameters() {
        return network.model().params().norm2Number().doubleValue();
    }

    /** The pass has its gradient. */
    void end() {
        disarm();
        if (!open) {
            return;
        }
        open = false;
        count++;
        lastExamples = network.inputRows();
        examples += lastExamples;
        boolean probing = false;
        for (BoundBlock block : due) {
            if (recorders.containsKey(block)) {
                block.commitPass(rows == null ? lastExamples : rows.length);
            } else {
                probing = true;
            }
        }
        if (probing) {
            pending.add(new Pending(network.batch(), rows));
        }
    }

    /** The solver will apply the last pass alone. */
    void keepLast() {
        if (count > 1) {
            count = 1;
            examples = lastExamples;
            due.forEach(BoundBlock::dropEarlier);
            while (pending.size() > 1) {
                pending.remove(0);
            }
        }
    }

    /**
     * Runs the probes of all passes that have none.
     *
     * @param step the step's number, on which the draws depend
     * @param workspaces whether none is open in this thread
     */
    void probe(long step, boolean workspaces) {
        if (pending.isEmpty()) {
            return;
        }
        ProbeNetwork probes = probes(workspaces);
        for (int i = 0; i < pending.size(); i++) {
            Pending each = pending.get(i);
            Map<String, Method.Statistics> targets = new LinkedHashMap<>();
            for (BoundBlock block : due) {
                if (!recorders.containsKey(block)) {
                    block.nextPass();
                    targets.put(block.slot().name(), block.pass());
                }
            }
            probes.run(each.batch, targets, each.rows, step + (long) i * DRAW_STRIDE);
            for (BoundBlock block : due) {
                if (!recorders.containsKey(block)) {
                    block.commitPass(each.examples());
                }
            }
        }
        pending.clear();
    }

    /** Micro-batches of one step draw other labels. */
    private static final long DRAW_STRIDE = 1L << 40;

    private ProbeNetwork probes(boolean workspaces) {
        ProbeNetwork known = workspaces ? probesInWorkspaces : probesOutside;
        if (known == null) {
            FisherEstimator fisher = java.util.Objects.requireNonNull(estimation.fisher());
            known = new ProbeNetwork(network, workspaces, sampled, fisher, estimation.reduction());
            if (workspaces) {
                probesInWorkspaces = known;
            } else {
                probesOutside = known;
            }
        }
        return known;
    }
}
