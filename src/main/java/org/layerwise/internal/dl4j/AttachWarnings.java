package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.api.Trainable;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.settings.Decision;
import org.layerwise.settings.Plan;
import org.layerwise.settings.Plan.LayerPlan;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a user should hear at once, rather than find in a plan that is not read. */
final class AttachWarnings {
    private static final Logger log = LoggerFactory.getLogger(AttachWarnings.class);

    /** Below this part of the parameters an updater hardly matters. */
    private static final double LEAST_COVERAGE = 0.1;

    private AttachWarnings() {}

    static void say(Plan plan, List<BoundBlock> blocks, List<LayerSlot> slots) {
        List<String> served = fallbacks(plan, blocks);
        if (plan.coverage() < LEAST_COVERAGE && !served.isEmpty()) {
            log.warn(
                    "Only {} % of the parameters are preconditioned. Served by the fallback: {}. Use an updater that"
                            + " supports these layers; Attachment.plan() has the reasons.",
                    String.format(Locale.ROOT, "%.1f", 100 * plan.coverage()), String.join("; ", served));
        }
        List<String> twice = decayedTwice(slots);
        if (!twice.isEmpty()) {
            log.warn(
                    "Weight decay that is set on the whole network is applied twice by DL4J 1.0.0-M2.1, here to {}. Set it"
                            + " on the layers instead.",
                    String.join(", ", twice));
        }
    }

    private static List<String> fallbacks(Plan plan, List<BoundBlock> blocks) {
        List<String> words = new ArrayList<>();
        for (LayerPlan row : plan.layers()) {
            if (row.decision() instanceof Decision.ByFallback decision) {
                blocks.stream()
                        .filter(block -> block.slot().name().equals(row.layer()))
                        .findFirst()
                        .ifPresent(block -> words.add(row.layer() + " (" + row.kind() + ") by " + fallback(block) + ": "
                                + decision.reason()));
            }
        }
        return words;
    }

    /** Name and rate of a block's fallback. */
    private static String fallback(BoundBlock block) {
        IUpdater updater = ((LayerwiseUpdater<?>) block.configuration()).fallback();
        String name = updater.getClass().getSimpleName();
        return updater.hasLearningRate() ? name + " at learning rate " + updater.getLearningRate(0, 0) : name;
    }

    private static List<String> decayedTwice(List<LayerSlot> slots) {
        List<String> names = new ArrayList<>();
        for (LayerSlot slot : slots) {
            Trainable layer = slot.running();
            if (layer.numParams() > 0 && !Frozen.is(layer) && decays(layer) > 1) {
                names.add(slot.name());
            }
        }
        return names;
    }

    private static long decays(Trainable layer) {
        long most = 0;
        for (String parameter : layer.paramTable(false).keySet()) {
            List<Regularization> all = layer.getConfig().getRegularizationByParam(parameter);
            if (all != null) {
                most = Math.max(
                        most, all.stream().filter(WeightDecay.class::isInstance).count());
            }
        }
        return most;
    }
}
