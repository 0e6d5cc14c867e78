package org.layerwise.settings;

import java.io.Serializable;
import java.util.List;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.annotation.JsonSubTypes;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/** How long a step is, decided over all layers of a network at once. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = StepRule.Independent.class, name = "independent"),
    @JsonSubTypes.Type(value = StepRule.KlClip.class, name = "klClip")
})
public sealed interface StepRule extends Serializable {
    /**
     * One matrix, or the part of a layer that the fallback serves.
     *
     * @param product &lt;V, D&gt; of direction and gradient; 0 for a skipped step
     * @param learningRate of the layer at this step
     * @param preconditioned false for a fallback's part
     */
    record Part(double product, double learningRate, boolean preconditioned) {}

    /**
     * A step of the network.
     *
     * @param parts of all layers that take part
     * @param loss mean loss of the batch; NaN if the gradients came without one
     */
    record Step(List<Part> parts, double loss) {}

    /**
     * The network-wide factor of the preconditioned parts' updates.
     *
     * @param step all parts
     * @return in [0, 1]
     */
    double scale(Step step);

    /**
     * Whether layers must wait for each other. A layer whose rule does not steps at once.
     *
     * @return true if {@link #scale} depends on the parts
     */
    boolean couplesLayers();

    /**
     * Whether a step without a loss must be refused.
     *
     * @return true if {@link #scale} reads the loss
     */
    default boolean needsLoss() {
        return false;
    }

    /** Every layer by itself. */
    record Independent() implements StepRule {
        @Override
        public double scale(Step step) {
            return 1;
        }

        @Override
        public boolean couplesLayers() {
            return false;
        }
    }

    /**
     * Scales the whole update so that its squared length in the Fisher metric, the sum of lr^2 &lt;V, D&gt; over the
     * preconditioned parts, stays within a bound (Osawa et al. 2019, arXiv 1811.12019, as in kfac-pytorch).
     *
     * @param bound kappa in units of the canonical loss, greater than 0
     */
    record KlClip(
            @JsonProperty(value = "bound", required = true) @RequiredInJson
            double bound) implements StepRule {
        /** Checks the bound. {@inheritDoc} */
        public KlClip {
            Require.positive(bound, "klClip");
        }

        @Override
        public double scale(Step step) {
            double length = 0;
            for (Part part : step.parts()) {
                length += part.preconditioned() ? part.learningRate() * part.learningRate() * part.product() : 0;
            }
            if (length <= Double.MAX_VALUE) {
                return length > bound ? Math.sqrt(bound / length) : 1;
            }
            return scaleOfHugeRates(step);
        }

        /** The same where the squares of the rates overflow. */
        private double scaleOfHugeRates(Step step) {
            double rate =
                    step.parts().stream().mapToDouble(Part::learningRate).max().orElse(1);
            double relative = 0;
            for (Part part : step.parts()) {
                double ratio = part.learningRate() / rate;
                relative += part.preconditioned() ? ratio * ratio * part.product() : 0;
            }
            return relative > 0 ? Math.sqrt(bound / relative) / rate : 1;
        }

        @Override
        public boolean couplesLayers() {
            return true;
        }
    }

    /**
     * Every layer by itself.
     *
     * @return the rule
     */
    static StepRule independent() {
        return new Independent();
    }

    /**
     * A bound of the step's squared length in the Fisher metric over the whole network.
     *
     * @param bound greater than 0, in units of the canonical loss
     * @return the rule
     */
    static StepRule klClip(double bound) {
        return new KlClip(bound);
    }
}
