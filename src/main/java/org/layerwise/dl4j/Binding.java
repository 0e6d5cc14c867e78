package org.layerwise.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.jspecify.annotations.Nullable;
import org.layerwise.curvature.FisherEstimator;
import org.layerwise.layout.MatrixLayout;
import org.layerwise.layout.ParameterLayout;
import org.layerwise.layout.Role;
import org.layerwise.layout.Segment;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.Diagnostics;
import org.layerwise.precondition.Scratch;
import org.layerwise.updater.GradientOnlyUpdater;
import org.layerwise.updater.KroneckerSettings;
import org.layerwise.updater.KroneckerUpdater;
import org.layerwise.updater.LayerSession;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.StepCoordinator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which layer of a network got which bound updater, and the sessions of those that are preconditioned. */
final class Binding {
    private static final Logger log = LoggerFactory.getLogger(Binding.class);

    private final Map<String, LayerSession> sessions = new LinkedHashMap<>();
    private final Map<String, Diagnostics> diagnostics = new LinkedHashMap<>();
    private final List<LayerPlan> rows = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final StepCoordinator coordinator = new StepCoordinator();
    private final Scratch scratch;
    private final DataType type;
    private final double reduction;
    private @Nullable FisherEstimator fisher;

    private Binding(NetworkAdapter network, DataType type) {
        this.type = type;
        this.scratch = new Scratch(type);
        this.reduction = reduction(network);
    }

    /** Binds every layer of a network whose configuration is its own. */
    static Binding of(NetworkAdapter network, DataType type) {
        Binding binding = new Binding(network, type);
        for (NetworkAdapter.Slot slot : network.slots()) {
            binding.bind(slot, network.defaultConfiguration().isMiniBatch());
        }
        Require.argument(
                !binding.rows.isEmpty() && binding.asked(),
                "No layer of the network uses a layer-wise updater. Configure it with .updater(new Kfac(...)).");
        binding.chooseEstimator(network);
        return binding;
    }

    private boolean asked() {
        return !diagnostics.isEmpty()
                || rows.stream().anyMatch(row -> row.note().startsWith("fallback"));
    }

    private void bind(NetworkAdapter.Slot slot, boolean miniBatch) {
        Layer layer = slot.layer().conf().getLayer();
        long parameters = slot.layer().numParams();
        if (slot.layer() instanceof FrozenLayer) {
            rows.add(plain(slot, layer, parameters, "none", "frozen"));
            return;
        }
        IUpdater configured = LayerSupport.updater(layer);
        if (!(configured instanceof LayerwiseUpdater wanted)) {
            String method = configured == null ? "none" : configured.getClass().getSimpleName();
            rows.add(plain(slot, layer, parameters, method, parameters > 0 ? "as configured" : ""));
            return;
        }
        if (wanted instanceof KroneckerUpdater kronecker) {
            bind(slot, layer, kronecker, miniBatch);
        } else if (wanted instanceof GradientOnlyUpdater gradientOnly) {
            bind(slot, layer, gradientOnly);
        }
    }

    private void bind(NetworkAdapter.Slot slot, Layer layer, KroneckerUpdater wanted, boolean miniBatch) {
        String obstacle = slot.layer() instanceof BaseWrapperLayer
                ? "wrapped layers are not supported yet"
                : LayerSupport.obstacle(layer, slot.preProcessor());
        if (obstacle != null) {
            fallBack(slot, layer, wanted, obstacle);
            return;
        }
        KroneckerUpdater bound = wanted.bind(LayerSupport.layout(slot.name(), layer));
        install(slot, layer, bound);
        LayerSession session = new LayerSession(bound, type, coordinator, scratch, reduction, miniBatch);
        sessions.put(slot.name(), session);
        diagnostics.put(slot.name(), session.diagnostics());
        rows.add(preconditioned(slot, layer, bound));
    }

    private void bind(NetworkAdapter.Slot slot, Layer layer, GradientOnlyUpdater wanted) {
        String obstacle = slot.layer().numParams() == 0 ? "no parameters" : LayerLayouts.obstacle(layer);
        if (obstacle != null) {
            fallBack(slot, layer, wanted, obstacle);
            return;
        }
        ParameterLayout layout = LayerLayouts.of(slot);
        List<Segment> served = wanted.served(layout);
        if (served.isEmpty()) {
            Role role = layout.segments().get(0).role();
            String reason = roleName(role) + " parameters are not preconditioned by this method";
            if (wanted.fallbackFollows()) {
                serve(slot, layer, wanted.bind(layout), reason);
            } else {
                fallBack(slot, layer, wanted, reason);
            }
            return;
        }
        GradientOnlyUpdater bound = wanted.bind(layout);
        install(slot, layer, bound);
        diagnostics.put(slot.name(), new Diagnostics());
        List<Segment> matrices =
                served.stream().filter(segment -> bound.sides(segment).any()).toList();
        rows.add(new LayerPlan(
                slot.name(),
                layer.getClass().getSimpleName(),
                slot.layer().numParams(),
                bound.getClass().getSimpleName(),
                matrices.stream().mapToLong(Segment::length).sum(),
                ParameterLayout.shapes(matrices),
                bound.stateSize(layout.length()) * type.width(),
                0,
                bound.flops(layout),
                note(layout, served, wanted)));
    }

    /** What is not preconditioned on both sides: "W: inputs' side only; b: Adam". */
    private static String note(ParameterLayout layout, List<Segment> served, GradientOnlyUpdater updater) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (Segment segment : layout.segments()) {
            String remark = served.contains(segment)
                    ? updater.sides(segment).remark()
                    : updater.fallback().getClass().getSimpleName();
            if (!remark.isEmpty()) {
                names.computeIfAbsent(remark, key -> new ArrayList<>()).add(segment.name());
            }
        }
        return names.entrySet().stream()
                .map(entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey())
                .collect(Collectors.joining("; "));
    }

    private static String roleName(Role role) {
        return role.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Bound though nothing is preconditioned: the fallback's rate stays a multiple of the one that DL4J sets everywhere. */
    private void serve(NetworkAdapter.Slot slot, Layer layer, GradientOnlyUpdater bound, String reason) {
        install(slot, layer, bound);
        diagnostics.put(slot.name(), new Diagnostics());
        String method = bound.fallback().getClass().getSimpleName();
        rows.add(plain(slot, layer, slot.layer().numParams(), method, "fallback: " + reason));
    }

    private void fallBack(NetworkAdapter.Slot slot, Layer layer, LayerwiseUpdater wanted, String obstacle) {
        IUpdater fallback = wanted.fallback().clone();
        LayerSupport.setUpdater(layer, fallback);
        long parameters = slot.layer().numParams();
        if (parameters > 0) {
            String method = fallback.getClass().getSimpleName();
            rows.add(plain(slot, layer, parameters, method, "fallback: " + obstacle));
        }
    }

    private static void install(NetworkAdapter.Slot slot, Layer layer, LayerwiseUpdater bound) {
        LayerSupport.setUpdater(layer, bound);
        long parameters = slot.layer().numParams();
        Require.argument(
                bound.stateSize(parameters) < Integer.MAX_VALUE,
                "The state of layer %s needs %s elements, more than an updater view holds. Use Sides.INPUT or OUTPUT, or"
                        + " another updater for this layer.",
                slot.name(),
                bound.stateSize(parameters));
    }

    private static LayerPlan plain(NetworkAdapter.Slot slot, Layer layer, long parameters, String method, String note) {
        return new LayerPlan(slot.name(), layer.getClass().getSimpleName(), parameters, method, 0, "", 0, 0, 0, note);
    }

    private LayerPlan preconditioned(NetworkAdapter.Slot slot, Layer layer, KroneckerUpdater bound) {
        MatrixLayout layout = java.util.Objects.requireNonNull(bound.layout());
        KroneckerSettings settings = bound.settings();
        long a = settings.sides().usesInput() ? layout.inputDimension() : 0;
        long g = settings.sides().usesOutput() ? layout.outputDimension() : 0;
        long matrix = layout.length();
        boolean eigenbasis = settings.eigenvalueCorrected()
                || (settings.damping() instanceof org.layerwise.curvature.Damping.Exact && a > 0 && g > 0);
        long work = 2 * (a * a + g * g) + matrix + (eigenbasis ? matrix : 0);
        return new LayerPlan(
                slot.name(),
                layer.getClass().getSimpleName(),
                slot.layer().numParams(),
                bound.getClass().getSimpleName(),
                matrix,
                layout.inputDimension() + " x " + layout.outputDimension(),
                bound.stateSize(matrix) * type.width(),
                work * type.width(),
                (eigenbasis ? 4 : 2) * matrix * (a + g),
                layout.length() < slot.layer().numParams() ? "the bias has an updater of its own" : "");
    }

    /** The divisor that all outputs share, else 1: then DL4J's own loss is the canonical one. */
    private static double reduction(NetworkAdapter network) {
        TreeSet<Double> divisors = new TreeSet<>();
        for (NetworkAdapter.Slot slot : network.slots()) {
            if (slot.output()) {
                divisors.add(Taps.head(slot.layer().conf().getLayer()).reduction());
            }
        }
        return divisors.size() == 1 ? divisors.first() : 1;
    }

    private void chooseEstimator(NetworkAdapter network) {
        for (LayerSession session : sessions.values()) {
            KroneckerSettings settings = session.updater().settings();
            if (settings.sides().usesOutput()) {
                Require.argument(
                        fisher == null || fisher.equals(settings.fisher()),
                        "Layer %s asks for the Fisher estimator %s, an earlier layer for %s. Use one for the whole network.",
                        java.util.Objects.requireNonNull(session.updater().layout())
                                .layer(),
                        settings.fisher(),
                        String.valueOf(fisher));
                fisher = settings.fisher();
            }
        }
        if (fisher == null || fisher instanceof FisherEstimator.Empirical) {
            return;
        }
        for (NetworkAdapter.Slot slot : network.slots()) {
            if (slot.output() && Taps.head(slot.layer().conf().getLayer()).model() == null) {
                String remark = String.format(
                        "The empirical Fisher replaces %s: the loss of output layer %s has no known predictive distribution"
                                + " (known: MSE, L2, MCXENT or NLL with softmax, XENT with sigmoid; unweighted but for"
                                + " squared errors).",
                        fisher, slot.name());
                remarks.add(remark);
                log.warn("{}", remark);
                fisher = FisherEstimator.empirical();
                return;
            }
        }
    }

    /** Checks that no parameter is left with an updater that nothing is connected to. */
    void requireComplete(BaseMultiLayerUpdater<?> updater) {
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            Object config = block.getGradientUpdater().getConfig();
            Require.argument(
                    !(config instanceof LayerwiseUpdater unbound) || unbound.layout() != null,
                    "Parameter %s of layer %s keeps %s, which can neither precondition it nor be replaced by its fallback."
                            + " Give that layer an updater of DL4J's.",
                    block.getLayersAndVariablesInBlock().get(0).getParamName(),
                    block.getLayersAndVariablesInBlock()
                            .get(0)
                            .getLayer()
                            .getConfig()
                            .getLayerName(),
                    config);
        }
    }

    /** The failure counters of the preconditioned layers. */
    Map<String, Diagnostics> diagnostics() {
        return java.util.Collections.unmodifiableMap(diagnostics);
    }

    Map<String, LayerSession> sessions() {
        return sessions;
    }

    StepCoordinator coordinator() {
        return coordinator;
    }

    double reduction() {
        return reduction;
    }

    /** Whether a layer's statistics come from the training pass itself rather than from probe passes. */
    boolean fromTrainingPass(LayerSession session) {
        return !session.updater().settings().sides().usesOutput() || fisher instanceof FisherEstimator.Empirical;
    }

    /** The estimator of the output factors; null if no layer has one. */
    @Nullable
    FisherEstimator fisher() {
        return fisher;
    }

    Plan plan() {
        return new Plan(rows, fisher == null ? "none" : fisher.toString(), remarks);
    }
}
