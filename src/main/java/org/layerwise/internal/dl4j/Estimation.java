package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.internal.Require;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.updater.KroneckerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose gradients form the output factors, and the scale of the loss, for a whole network.
 *
 * @param fisher the estimator; null if no layer needs one
 * @param reduction the divisor that all outputs share, else 1: then DL4J's own loss is the canonical one
 * @param remarks why an estimator was replaced
 */
record Estimation(@Nullable FisherEstimator fisher, double reduction, List<String> remarks) {
    private static final Logger log = LoggerFactory.getLogger(Estimation.class);

    static Estimation of(List<LayerSlot> slots, List<BoundBlock> blocks) {
        List<String> remarks = new ArrayList<>();
        FisherEstimator wanted = wanted(blocks);
        FisherEstimator fisher = wanted;
        if (wanted != null && !(wanted instanceof FisherEstimator.Empirical)) {
            for (LayerSlot slot : slots) {
                if (slot.output() && LossCapture.head(slot).model() == null) {
                    String remark = !LossCapture.fits(slot)
                            ? String.format(
                                    "The empirical Fisher replaces %s: output layer %s cannot be probed, %s layers are not"
                                            + " supported yet. Use an OutputLayer.",
                                    wanted,
                                    slot.name(),
                                    slot.running().getConfig().getClass().getSimpleName())
                            : String.format(
                                    "The empirical Fisher replaces %s: the loss of output layer %s has no known predictive"
                                            + " distribution (known: MSE, L2, MCXENT or NLL with softmax, XENT with sigmoid;"
                                            + " unweighted but for squared errors).",
                                    wanted, slot.name());
                    remarks.add(remark);
                    log.warn("{}", remark);
                    fisher = FisherEstimator.empirical();
                    break;
                }
            }
        }
        return new Estimation(fisher, reduction(slots), remarks);
    }

    private static @Nullable FisherEstimator wanted(List<BoundBlock> blocks) {
        FisherEstimator fisher = null;
        for (BoundBlock block : blocks) {
            if (block.sampled() && usesOutput(block)) {
                FisherEstimator each =
                        ((KroneckerSettings) block.configuration().settings()).fisher();
                Require.argument(
                        fisher == null || fisher.equals(each),
                        "Layer %s asks for the Fisher estimator %s, an earlier layer for %s. Use one for the whole network.",
                        block.slot().name(),
                        each,
                        String.valueOf(fisher));
                fisher = each;
            }
        }
        return fisher;
    }

    private static boolean usesOutput(BoundBlock block) {
        return block.configuration().settings() instanceof KroneckerSettings settings
                && settings.sides().usesOutput();
    }

    private static double reduction(List<LayerSlot> slots) {
        TreeSet<Double> divisors = new TreeSet<>();
        for (LayerSlot slot : slots) {
            if (slot.output()) {
                divisors.add(LossCapture.head(slot).reduction());
            }
        }
        return divisors.size() == 1 ? divisors.first() : 1;
    }

    /** Whether a block's samples are taken from the training pass itself. */
    boolean fromTrainingPass(BoundBlock block) {
        return !usesOutput(block) || fisher instanceof FisherEstimator.Empirical;
    }
}
