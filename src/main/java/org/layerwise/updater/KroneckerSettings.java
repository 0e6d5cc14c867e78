package org.layerwise.updater;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.layerwise.internal.precondition.KroneckerMethod;
import org.layerwise.method.Coverage;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.settings.Sides;
import org.layerwise.settings.StepRule;
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
 * @param directionMomentum momentum on the preconditioned gradient
 * @param stepRule bound of the step over the whole network
 * @param eigenvalueCorrected whether E-KFAC scales are used
 * @param largestBlock of a factor, at least 1; a longer side has a block-diagonal factor, but where eigenbases are used
 * @param failures what happens when numbers fail
 * @param fallback updater of the parameters that cannot be preconditioned
 */
public record KroneckerSettings(
        @JsonProperty("sides") Sides sides,
        @JsonProperty("fisher") FisherEstimator fisher,
        @JsonProperty("damping") Damping damping,

        @JsonProperty(value = "movingAverage", required = true) @RequiredInJson
        double movingAverage,

        @JsonProperty("statistics") Period statistics,
        @JsonProperty("refresh") Period refresh,
        @JsonProperty("directionMomentum") Momentum directionMomentum,
        @JsonProperty("stepRule") StepRule stepRule,

        @JsonProperty(value = "eigenvalueCorrected", required = true) @RequiredInJson
        boolean eigenvalueCorrected,

        @JsonProperty(value = "largestBlock", required = true) @RequiredInJson
        int largestBlock,

        @JsonProperty("failures") FailureHandling failures,
        @JsonProperty("fallback") Fallback fallback)
        implements UpdaterSettings, Serializable {
    /** Checks every value and their combination. {@inheritDoc} */
    public KroneckerSettings {
        Require.present(sides, "sides");
        Require.present(fisher, "fisher");
        Require.present(damping, "damping");
        Require.present(statistics, "statistics");
        Require.present(refresh, "refresh");
        Require.present(directionMomentum, "directionMomentum");
        Require.present(stepRule, "stepRule");
        Require.present(failures, "failures");
        Require.present(fallback, "fallback");
        Require.argument(
                movingAverage >= 0 && movingAverage < 1, "movingAverage must be in [0, 1), but is %s", movingAverage);
        Require.argument(largestBlock >= 1, "largestBlock must be at least 1, but is %s", largestBlock);
        Require.argument(
                !eigenvalueCorrected || sides == Sides.BOTH, "E-KFAC needs both sides, but sides is %s", sides);
        Require.argument(
                !eigenvalueCorrected || damping instanceof Damping.Exact || damping instanceof Damping.RelativeToTrace,
                "E-KFAC is damped in its eigenbasis: use Damping.exact(lambda) or Damping.relativeToTrace(c), not %s",
                damping);
    }

    @Override
    public String methodName() {
        return "kronecker";
    }

    @Override
    public @Nullable Method method(Matrix matrix) {
        if (matrix.role() == Role.VECTOR) {
            return null;
        }
        return new KroneckerMethod(rules(), matrix);
    }

    private KroneckerMethod.Rules rules() {
        return new KroneckerMethod.Rules(
                sides, damping, movingAverage, statistics, refresh, eigenvalueCorrected, largestBlock);
    }

    @Override
    public Coverage coverage(Matrix matrix) {
        Coverage covered = Coverage.of(sides.usesInput(), sides.usesOutput(), "");
        List<String> remarks = new ArrayList<>();
        if (!covered.remark().isEmpty()) {
            remarks.add(covered.remark());
        }
        if (rules().inputBlocks(matrix) > 1) {
            remarks.add("inputs' factor in " + rules().inputBlocks(matrix) + " blocks");
        }
        if (rules().outputBlocks(matrix) > 1) {
            remarks.add("outputs' factor in " + rules().outputBlocks(matrix) + " blocks");
        }
        return new Coverage(covered.inputs(), covered.outputs(), String.join(", ", remarks));
    }

    @Override
    public boolean needsSamples() {
        return true;
    }
}
