package org.layerwise.updater;

import java.io.Serializable;
import org.layerwise.curvature.Damping;
import org.layerwise.curvature.FisherEstimator;
import org.layerwise.curvature.Sides;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Everything about a Kronecker-factored updater but its learning rate; immutable and checked. See {@link Kfac.Builder}
 * for the meaning of each value.
 *
 * @param sides which factors are used
 * @param fisher whose gradients form the output factor
 * @param damping of the curvature
 * @param movingAverage decay of the factors, in [0, 1)
 * @param statistics when statistics are taken
 * @param refresh when the inverse is computed
 * @param momentum in [0, 1); 0 for none
 * @param nesterov whether the momentum is Nesterov's
 * @param klClip bound of the step's squared length in the Fisher metric, over the whole network; 0 for none
 * @param eigenvalueCorrected whether E-KFAC scales are used
 * @param strict whether numerical failures are thrown
 * @param fallback updater of the parameters that cannot be preconditioned
 */
public record KroneckerSettings(
        @JsonProperty("sides") Sides sides,
        @JsonProperty("fisher") FisherEstimator fisher,
        @JsonProperty("damping") Damping damping,
        @JsonProperty("movingAverage") double movingAverage,
        @JsonProperty("statistics") Period statistics,
        @JsonProperty("refresh") Period refresh,
        @JsonProperty("momentum") double momentum,
        @JsonProperty("nesterov") boolean nesterov,
        @JsonProperty("klClip") double klClip,
        @JsonProperty("eigenvalueCorrected") boolean eigenvalueCorrected,
        @JsonProperty("strict") boolean strict,
        @JsonProperty("fallback") IUpdater fallback)
        implements Serializable {
    /**
     * Checks every value and their combination.
     *
     * @param sides which factors are used
     * @param fisher whose gradients form the output factor
     * @param damping of the curvature
     * @param movingAverage decay of the factors, in [0, 1)
     * @param statistics when statistics are taken
     * @param refresh when the inverse is computed
     * @param momentum in [0, 1); 0 for none
     * @param nesterov whether the momentum is Nesterov's
     * @param klClip bound over the whole network; 0 for none
     * @param eigenvalueCorrected whether E-KFAC scales are used
     * @param strict whether numerical failures are thrown
     * @param fallback updater of the other parameters
     */
    public KroneckerSettings {
        Require.present(sides, "sides");
        Require.present(fisher, "fisher");
        Require.present(damping, "damping");
        Require.present(statistics, "statistics");
        Require.present(refresh, "refresh");
        Require.present(fallback, "fallback");
        Require.argument(
                movingAverage >= 0 && movingAverage < 1, "movingAverage must be in [0, 1), but is %s", movingAverage);
        Require.argument(momentum >= 0 && momentum < 1, "momentum must be in [0, 1), but is %s", momentum);
        Require.argument(!nesterov || momentum > 0, "Nesterov momentum needs momentum > 0, but it is %s", momentum);
        Require.nonNegative(klClip, "klClip");
        Require.argument(
                !eigenvalueCorrected || sides == Sides.BOTH, "E-KFAC needs both sides, but sides is %s", sides);
        Require.argument(
                !eigenvalueCorrected || damping instanceof Damping.Exact || damping instanceof Damping.RelativeToTrace,
                "E-KFAC is damped in its eigenbasis: use Damping.exact(lambda) or Damping.relativeToTrace(c), not %s",
                damping);
        LayerwiseUpdater.requirePlain(fallback);
    }
}
