package org.layerwise.internal.step;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.internal.Require;
import org.layerwise.settings.StepRule;
import org.layerwise.settings.StepRule.Part;
import org.layerwise.settings.StepRule.Step;

/**
 * The part of a step that spans layers: waits for all layers whose rule couples them, then scales and finishes them. Nothing
 * of a step that ended early enters the next.
 */
public final class NetworkStep {
    private final List<Member> waiting = new ArrayList<>();
    private int members;
    private double loss = Double.NaN;
    private double lastScale = 1;

    /** A layer in the middle of its step. */
    public interface Member {
        /**
         * The layer in words.
         *
         * @return such as "layer dense"
         */
        String place();

        /**
         * How long its step is.
         *
         * @return the rule
         */
        StepRule rule();

        /**
         * What the rule sees of the layer.
         *
         * @return its matrices, and the fallback's part if there is one
         */
        List<Part> parts();

        /**
         * Writes the update.
         *
         * @param scale factor of the preconditioned parts
         */
        void finish(double scale);
    }

    /** Creates a step without layers. */
    public NetworkStep() {}

    /**
     * Begins a step.
     *
     * @param coupled how many layers of this update wait for each other
     * @param batchLoss mean loss of the batch; NaN if there is none
     */
    public void begin(int coupled, double batchLoss) {
        waiting.clear();
        members = coupled;
        loss = batchLoss;
    }

    /**
     * A layer has its directions.
     *
     * @param member the layer
     */
    public void submit(Member member) {
        Require.state(
                !member.rule().needsLoss() || !Double.isNaN(loss),
                "The step rule %s of %s needs the batch's loss, but this gradient came without one. Use net.fit, or"
                        + " computeGradientAndScore with labels.",
                member.rule(),
                member.place());
        waiting.add(member);
        if (waiting.size() < members) {
            return;
        }
        List<Member> all = List.copyOf(waiting);
        waiting.clear();
        Step step = new Step(all.stream().flatMap(each -> each.parts().stream()).toList(), loss);
        for (Member each : all) {
            lastScale = each.rule().scale(step);
            each.finish(lastScale);
        }
    }

    /**
     * The factor of the last step.
     *
     * @return in [0, 1]; 1 before the first
     */
    public double lastScale() {
        return lastScale;
    }
}
