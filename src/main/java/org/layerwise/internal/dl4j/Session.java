package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.internal.Require;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.internal.step.LayerGradientUpdater;
import org.layerwise.internal.step.NetworkStep;
import org.layerwise.internal.step.StepHost;
import org.layerwise.method.Diagnostics;
import org.layerwise.settings.Plan;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * One attached network: its bound blocks, the samples of the step in progress, and the step that spans its layers. Updater
 * objects find it when they step, since DL4J makes them anew whenever a learning rate is set.
 */
public final class Session implements StepHost {
    private final NetworkAdapter network;
    private final Plan plan;
    private final IdentityHashMap<BlockConfiguration, BoundBlock> blocks = new IdentityHashMap<>();
    private final List<BoundBlock> sampled = new ArrayList<>();
    private final Map<String, Diagnostics> diagnostics = new LinkedHashMap<>();
    private final NetworkStep step = new NetworkStep();
    private final Observers observers = new Observers();
    private final SessionListener listener = new SessionListener(this);
    private final Estimation estimation;
    private final Passes passes;

    /** The updater whose blocks are known, and their order. */
    private @Nullable BaseMultiLayerUpdater<?> known;

    private final Map<LayerGradientUpdater, Integer> order = new LinkedHashMap<>();
    private int last = -1;
    private boolean updating;
    private boolean open = true;

    private Session(NetworkAdapter network, DataType type) {
        this.network = network;
        Binding binding = new Binding(this, type);
        List<LayerSlot> slots = network.slots();
        slots.forEach(binding::bind);
        Require.argument(
                !binding.blocks().isEmpty(),
                "No layer of the network uses a layer-wise updater. Configure it with .updater(new Kfac(...)).");
        for (BoundBlock block : binding.blocks()) {
            blocks.put(block.configuration(), block);
            diagnostics.put(block.slot().name(), block.diagnostics());
            if (block.sampled()) {
                sampled.add(block);
            }
        }
        this.estimation = Estimation.of(slots, binding.blocks());
        this.plan = new Plan(
                binding.rows(),
                estimation.fisher() == null ? "none" : estimation.fisher().toString(),
                estimation.remarks());
        this.passes = new Passes(network, estimation, sampled);
        AttachWarnings.say(plan, binding.blocks(), slots);
    }

    /**
     * Attaches a network, closing an earlier session of it. Updater state that still fits is kept.
     *
     * @param network initialised
     * @return its session
     */
    public static Session open(NetworkAdapter network) {
        DataType type = network.model().params().dataType();
        Require.state(
                network.listeners() != null,
                "The network has lost its listeners, as it does in Java serialisation, and DL4J cannot train it. %s",
                network instanceof MultiLayerAdapter
                        ? "Attach a clone, which has them: net = net.clone()."
                        : "Save and load the graph by ModelSerializer instead; its clone shares the loss.");
        for (TrainingListener earlier : List.copyOf(network.listeners())) {
            if (earlier instanceof SessionListener mine && mine.session().serves(network.model())) {
                mine.session().close();
            }
        }
        StateTransfer transfer = StateTransfer.of(network.existingUpdater());
        network.ownConfiguration();
        Session session = new Session(network, type);
        network.dropUpdater();
        transfer.into(network.updater());
        List<TrainingListener> listeners = new ArrayList<>(network.listeners());
        listeners.add(session.listener);
        network.setListeners(listeners);
        return session;
    }

    /**
     * What every layer gets.
     *
     * @return the plan
     */
    public Plan plan() {
        return plan;
    }

    /**
     * Counters by layer.
     *
     * @return live counters
     */
    public Map<String, Diagnostics> diagnostics() {
        return java.util.Collections.unmodifiableMap(diagnostics);
    }

    /**
     * Who watches the network.
     *
     * @return live observers
     */
    public Observers observers() {
        return observers;
    }

    /**
     * The step of the whole network.
     *
     * @return of the last update
     */
    public NetworkStep step() {
        return step;
    }

    /**
     * Whether this is the session of a network.
     *
     * @param model any network
     * @return true for the one that was attached
     */
    public boolean serves(Model model) {
        return network.model() == model;
    }

    /**
     * Whether the network is still attached by this session.
     *
     * @return false after {@link #close}
     */
    public boolean isOpen() {
        return open;
    }

    /** Detaches: takes listener and captures away; wishes, layouts and state stay. */
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        passes.close();
        Collection<TrainingListener> remaining = new ArrayList<>(network.listeners());
        remaining.remove(listener);
        network.setListeners(remaining);
        blocks.keySet().forEach(BlockConfiguration::release);
    }

    /** A forward pass has been run. */
    void beginPass() {
        if (sampled.isEmpty()) {
            return;
        }
        if (updating) {
            endUpdate();
        }
        passes.begin(dueNow());
    }

    private void endUpdate() {
        updating = false;
        last = -1;
        passes.clear();
    }

    private List<BoundBlock> dueNow() {
        locate(network.updater());
        List<BoundBlock> due = new ArrayList<>();
        for (LayerGradientUpdater updater : order.keySet()) {
            BoundBlock block = blocks.get(updater.getConfig());
            if (block != null && block.sampled()) {
                LayerContext context = layerContext(block);
                if (updater.samplesDue(context)) {
                    updater.prepare(context);
                    due.add(block);
                }
            }
        }
        return due;
    }

    /** A backward pass has been run. */
    void endPass() {
        if (!sampled.isEmpty()) {
            passes.end();
        }
    }

    /** The solver has a gradient, which it applies next. */
    void solverPass() {
        if (!sampled.isEmpty()) {
            passes.keepLast();
            passes.probe(steps(), true);
        }
    }

    private long steps() {
        long steps = 0;
        for (LayerGradientUpdater updater : order.keySet()) {
            BoundBlock block = blocks.get(updater.getConfig());
            if (block != null && block.sampled()) {
                steps = Math.max(steps, updater.steps());
            }
        }
        return steps;
    }

    /** Finds the blocks of DL4J's updater, which is another one after every change of a rate. */
    @SuppressWarnings("ReferenceEquality") // DL4J's updaters are equal by value
    private void locate(@Nullable BaseMultiLayerUpdater<?> updater) {
        if (updater == null || updater == known) {
            return;
        }
        known = updater;
        order.clear();
        List<UpdaterBlock> all = updater.getUpdaterBlocks();
        for (int i = 0; i < all.size(); i++) {
            GradientUpdater<?> each = all.get(i).getGradientUpdater();
            boolean takesPart = !all.get(i).skipDueToPretrainConfig(false);
            if (takesPart && each instanceof LayerGradientUpdater ours && blocks.containsKey(ours.getConfig())) {
                order.put(ours, i);
            }
        }
    }

    @Override
    public boolean owns(LayerGradientUpdater updater) {
        locate(network.existingUpdater());
        return order.containsKey(updater);
    }

    @Override
    public LayerContext enter(LayerGradientUpdater updater) {
        int position = java.util.Objects.requireNonNull(order.get(updater));
        if (!updating || position <= last) {
            beginUpdate();
        }
        last = position;
        BoundBlock block = java.util.Objects.requireNonNull(blocks.get(updater.getConfig()));
        requirePass(block);
        return layerContext(block);
    }

    private void beginUpdate() {
        if (updating) {
            endUpdate(); // an update by hand without a pass, or one after an update that failed
        }
        updating = true;
        long coupled = order.keySet().stream()
                .filter(LayerGradientUpdater::couplesLayers)
                .count();
        step.begin((int) coupled, passes.count() == 0 ? Double.NaN : network.loss());
        passes.probe(steps(), false);
    }

    private LayerContext layerContext(BoundBlock block) {
        double scale = network.defaultConfiguration().isMiniBatch()
                ? estimation.reduction()
                : estimation.reduction() / passes.examples();
        return new LayerContext(step, block.diagnostics(), scale, matrix -> block.statistics(), observers);
    }

    private void requirePass(BoundBlock block) {
        if (!block.sampled() || passes.count() > 0) {
            return;
        }
        String name = block.slot().name();
        String updater = block.configuration().getClass().getSimpleName();
        Require.state(
                network.listeners().contains(listener),
                "Layer %s got a gradient but no statistics: the listener of Layerwise is gone, probably because"
                        + " net.setListeners(...) replaced it. Use net.addListeners(...), or call Layerwise.attach(net)"
                        + " after setListeners; the updater's state is kept.",
                name);
        throw new IllegalStateException(String.format(
                "Layer %s got a gradient but no statistics: no pass with a loss has been run since the last update, as with"
                        + " external errors (feedForward, backpropGradient). %s takes statistics in computeGradientAndScore"
                        + " and fit. Compute the gradient of a loss layer, or use an updater that needs gradients alone,"
                        + " such as Soap or Muon.",
                name, updater));
    }
}
