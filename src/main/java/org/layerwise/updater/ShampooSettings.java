package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Given;
import org.layerwise.internal.Require;
import org.layerwise.internal.precondition.ShampooMethod;
import org.layerwise.method.Coverage;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Everything about the updater but its learning rate. See {@link Shampoo.Builder} for the meaning of each value.
 *
 * @param momentum decay of the gradient's average
 * @param lookAhead decay with which the newest gradient is averaged in
 * @param factorDecay decay of the factors
 * @param grafting whose step length is taken over
 * @param root how the factors' roots are computed
 * @param inputExponent of the inputs' side
 * @param outputExponent of the outputs' side
 * @param traceScaling whether factors are divided by the root of their trace
 * @param blockSize most rows and columns of a block
 * @param maxDimension largest side of a matrix that is preconditioned
 * @param startStep step of the first roots; 0 for the first that {@code refresh} has
 * @param statistics when factors are updated
 * @param refresh when roots are computed
 * @param failures what happens when numbers fail
 * @param fallback updater of all other parameters
 */
public record ShampooSettings(
        @JsonProperty(value = "momentum", required = true) @Given
        double momentum,

        @JsonProperty(value = "lookAhead", required = true) @Given
        double lookAhead,

        @JsonProperty(value = "factorDecay", required = true) @Given
        double factorDecay,

        @JsonProperty("grafting") Grafting grafting,
        @JsonProperty("root") InverseRoot root,

        @JsonProperty(value = "inputExponent", required = true) @Given
        double inputExponent,

        @JsonProperty(value = "outputExponent", required = true) @Given
        double outputExponent,

        @JsonProperty(value = "traceScaling", required = true) @Given
        boolean traceScaling,

        @JsonProperty(value = "blockSize", required = true) @Given
        int blockSize,

        @JsonProperty(value = "maxDimension", required = true) @Given
        int maxDimension,

        @JsonProperty(value = "startStep", required = true) @Given
        int startStep,

        @JsonProperty("statistics") Period statistics,
        @JsonProperty("refresh") Period refresh,
        @JsonProperty("failures") FailureHandling failures,
        @JsonProperty("fallback") Fallback fallback)
        implements UpdaterSettings, Serializable {
    /** With the identity on the other side, AdaGrad's square root is all on this one. */
    private static final double ONE_SIDED = 0.5;

    /** Checks every value. {@inheritDoc} */
    public ShampooSettings {
        Require.present(grafting, "grafting");
        Require.present(root, "root");
        Require.present(statistics, "statistics");
        Require.present(refresh, "refresh");
        Require.present(failures, "failures");
        Require.present(fallback, "fallback");
        BlockLimits.requireDecay(momentum, "momentum");
        BlockLimits.requireDecay(lookAhead, "lookAhead");
        Require.argument(
                lookAhead == 0 || momentum > 0, "lookAhead %s needs momentum > 0, but it is %s", lookAhead, momentum);
        Require.argument(factorDecay >= 0 && factorDecay <= 1, "factorDecay must be in [0, 1], but is %s", factorDecay);
        requireExponent(root, inputExponent, "inputExponent");
        requireExponent(root, outputExponent, "outputExponent");
        BlockLimits.requireValid(blockSize, maxDimension);
        Require.argument(startStep >= 0, "startStep must be at least 0, but is %s", startStep);
    }

    private static void requireExponent(InverseRoot root, double exponent, String name) {
        if (Require.nonNegative(exponent, name) > 0) {
            root.requireExponent(exponent);
        }
    }

    @Override
    public String methodName() {
        return "shampoo";
    }

    @Override
    public @Nullable Method method(Matrix matrix) {
        if (matrix.role() == Role.VECTOR) {
            return null;
        }
        boolean input = BlockLimits.allowsInputs(matrix, maxDimension);
        boolean output = matrix.columns() <= maxDimension;
        return new ShampooMethod(new ShampooMethod.Rules(
                momentum,
                lookAhead,
                factorDecay,
                grafting,
                root(),
                exponent(inputExponent, input, output),
                exponent(outputExponent, output, input),
                traceScaling(),
                blockSize,
                startStep == 0 ? refresh.next(0) : startStep,
                statistics,
                refresh));
    }

    @Override
    public Coverage coverage(Matrix matrix) {
        Coverage within = BlockLimits.coverage(matrix, maxDimension, blockSize);
        return within.any()
                ? Coverage.of(
                        within.inputs() && inputExponent > 0,
                        within.outputs() && outputExponent > 0,
                        "steps by the graft alone")
                : within;
    }

    /** A side that is left alone hands its part of the root to the other. */
    private static double exponent(double asked, boolean thisSide, boolean otherSide) {
        if (!thisSide || asked == 0) {
            return 0;
        }
        return otherSide ? asked : ONE_SIDED;
    }
}
