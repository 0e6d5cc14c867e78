package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.Capture;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.internal.Require;
import org.layerwise.internal.dl4j.LayerBlocks.Block;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.internal.step.StepHost;
import org.layerwise.method.Coverage;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.Decision;
import org.layerwise.settings.Plan.LayerPlan;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Binds one layer: every updater block whose configured updater is ours gets a copy of it that knows the block, its fallback
 * inside. What the user asked for stays as it is, so that binding again gives the same.
 */
final class Binding {
    private final StepHost host;
    private final DataType type;
    private final List<BoundBlock> blocks = new ArrayList<>();
    private final List<LayerPlan> rows = new ArrayList<>();

    Binding(StepHost host, DataType type) {
        this.host = host;
        this.type = type;
    }

    List<BoundBlock> blocks() {
        return blocks;
    }

    List<LayerPlan> rows() {
        return rows;
    }

    /** Binds a layer whose configuration is the network's own. */
    void bind(LayerSlot slot) {
        long parameters = slot.running().numParams();
        if (parameters == 0) {
            rows.add(row(slot, 0, "none", new Decision.WithoutParameters()));
            return;
        }
        boolean frozen = Frozen.is(slot.running());
        List<Block> found = LayerBlocks.of(slot);
        if (found.isEmpty()) {
            rows.add(plain(slot, parameters, configured(slot, frozen), frozen));
            return;
        }
        Diagnostics diagnostics = new Diagnostics();
        LayerPlan row = null;
        for (Block block : found) {
            LayerPlan bound = bind(slot, block, parameters, diagnostics);
            row = row == null || bound.covered() > row.covered() ? merge(bound, row) : merge(row, bound);
        }
        rows.add(frozen ? plain(slot, parameters, "none", true) : Objects.requireNonNull(row));
    }

    private static String configured(LayerSlot slot, boolean frozen) {
        if (frozen) {
            return "none";
        }
        String first = slot.running().paramTable(false).keySet().iterator().next();
        IUpdater updater = slot.running().getConfig().getUpdaterByParam(first);
        return updater == null ? "none" : updater.getClass().getSimpleName();
    }

    private LayerPlan bind(LayerSlot slot, Block block, long parameters, Diagnostics diagnostics) {
        BlockConfiguration requested = block.requested();
        UpdaterSettings settings = requested.settings();
        String obstacle = Frozen.is(slot.running()) ? "frozen" : obstacle(slot, settings, block);
        List<Matrix> matrices = obstacle == null ? block.matrices(slot, settings.needsSamples()) : List.of();
        List<Matrix> served = matrices.stream()
                .filter(matrix -> settings.method(matrix) != null)
                .toList();
        if (obstacle == null && served.isEmpty()) {
            String role =
                    matrices.isEmpty() ? "these" : matrices.get(0).role().name().toLowerCase(Locale.ROOT);
            obstacle = role + " parameters are not preconditioned by this method";
        }
        ParameterLayout layout =
                new ParameterLayout(slot.name(), block.length(), obstacle == null ? matrices : List.of());
        BlockConfiguration bound = requested.bind(layout, host);
        requireViewSize(slot, bound, block.length());
        block.install(bound);
        Capture capture = obstacle == null && settings.needsSamples() ? capture(slot) : null;
        blocks.add(new BoundBlock(slot, bound, diagnostics, capture, type));
        return obstacle == null
                ? preconditioned(slot, block, bound, served, parameters)
                : row(
                        slot,
                        parameters,
                        settings.fallback().updater().getClass().getSimpleName(),
                        new Decision.ByFallback(obstacle));
    }

    private static Capture capture(LayerSlot slot) {
        LayerKind kind = Objects.requireNonNull(LayerBlocks.kind(slot));
        Capture special = kind.capture(slot);
        return special != null ? special : slot.output() ? new LossCapture() : new ActivationCapture();
    }

    /** Why a block has no matrices for a method. */
    private static @Nullable String obstacle(LayerSlot slot, UpdaterSettings settings, Block block) {
        org.deeplearning4j.nn.conf.layers.Layer configuration = slot.configuration();
        if (configuration == null) {
            return "vertices are not supported yet";
        }
        org.deeplearning4j.nn.conf.layers.Layer inner = LayerKinds.unwrapped(configuration);
        LayerKind kind = LayerKinds.of(inner);
        if (kind == null) {
            return inner.getClass().getSimpleName() + " layers are not supported yet";
        }
        String reason = kind.obstacle(slot, inner);
        if (reason == null && settings.needsSamples()) {
            reason = LayerBlocks.isWrapped(slot)
                    ? "wrapped layers are not supported yet"
                    : kind.sampleObstacle(slot, inner);
        }
        return reason == null ? block.obstacle() : reason;
    }

    private static void requireViewSize(LayerSlot slot, BlockConfiguration bound, long parameters) {
        Require.argument(
                bound.stateSize(parameters) < Integer.MAX_VALUE,
                "The state of layer %s needs %s elements, more than an updater view holds. Use Sides.INPUT or OUTPUT, or"
                        + " another updater for this layer.",
                slot.name(),
                bound.stateSize(parameters));
    }

    private LayerPlan preconditioned(
            LayerSlot slot, Block block, BlockConfiguration bound, List<Matrix> served, long parameters) {
        UpdaterSettings settings = bound.settings();
        List<Matrix> mixed = served.stream()
                .filter(matrix -> settings.coverage(matrix).any())
                .toList();
        ParameterLayout layout = Objects.requireNonNull(bound.layout());
        int repeats = block.repeats();
        long work = 0;
        long flops = 0;
        for (Matrix matrix : served) {
            Method method = Objects.requireNonNull(settings.method(matrix));
            work += method.workElements(matrix) + (settings.stepRule().couplesLayers() ? matrix.length() : 0);
            flops += method.flops(matrix);
        }
        return new LayerPlan(
                slot.name(),
                kindName(slot),
                parameters,
                bound.getClass().getSimpleName(),
                repeats * mixed.stream().mapToLong(Matrix::length).sum(),
                ParameterLayout.shapes(mixed),
                repeats * bound.stateSize(layout.length()) * type.width(),
                repeats * work * type.width(),
                repeats * flops,
                new Decision.Preconditioned(note(bound, layout.matrices(), served, parameters)));
    }

    /** What is not preconditioned on both sides: "W: inputs' side only; b: Adam". */
    private static String note(BlockConfiguration bound, List<Matrix> matrices, List<Matrix> served, long parameters) {
        String fallback = bound.settings().fallback().updater().getClass().getSimpleName();
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (Matrix matrix : matrices) {
            Coverage coverage =
                    served.contains(matrix) ? bound.settings().coverage(matrix) : new Coverage(false, false, fallback);
            if (!coverage.remark().isEmpty()) {
                names.computeIfAbsent(coverage.remark(), key -> new ArrayList<>())
                        .add(matrix.name());
            }
        }
        List<String> remarks = new ArrayList<>();
        names.forEach((remark, which) -> remarks.add(String.join(", ", which) + ": " + remark));
        if (bound.settings().needsSamples()
                && Objects.requireNonNull(bound.layout()).length() < parameters) {
            remarks.add("the bias has an updater of its own");
        }
        return String.join("; ", remarks);
    }

    private static LayerPlan plain(LayerSlot slot, long parameters, String method, boolean frozen) {
        return row(slot, parameters, method, frozen ? new Decision.Frozen() : new Decision.AsConfigured());
    }

    private static LayerPlan row(LayerSlot slot, long parameters, String method, Decision decision) {
        return new LayerPlan(slot.name(), kindName(slot), parameters, method, 0, "", 0, 0, 0, decision);
    }

    /** One row for a layer of several blocks: that of the block which is preconditioned most, with the sums of both. */
    private static LayerPlan merge(LayerPlan first, @Nullable LayerPlan other) {
        if (other == null) {
            return first;
        }
        return new LayerPlan(
                first.layer(),
                first.kind(),
                first.parameters(),
                first.method(),
                first.covered() + other.covered(),
                first.shape(),
                first.stateBytes() + other.stateBytes(),
                first.workBytes() + other.workBytes(),
                first.stepFlops() + other.stepFlops(),
                first.decision());
    }

    private static String kindName(LayerSlot slot) {
        Object configuration = slot.configuration();
        return (configuration == null ? slot.running().getConfig() : configuration)
                .getClass()
                .getSimpleName();
    }
}
