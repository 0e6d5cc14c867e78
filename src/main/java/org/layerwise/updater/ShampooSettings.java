package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.Role;
import org.layerwise.layout.Segment;
import org.layerwise.linalg.InverseRoot;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.Grafting;
import org.layerwise.precondition.MatrixMethod;
import org.layerwise.precondition.ShampooMethod;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Everything about {@link Shampoo} but its learning rate; immutable and checked. See {@link Shampoo.Builder} for the meaning
 * of each value.
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
 * @param strict whether numerical failures are thrown
 * @param fallback updater of all other parameters
 */
public record ShampooSettings(
        @JsonProperty("momentum") double momentum,
        @JsonProperty("lookAhead") double lookAhead,
        @JsonProperty("factorDecay") double factorDecay,
        @JsonProperty("grafting") Grafting grafting,
        @JsonProperty("root") InverseRoot root,
        @JsonProperty("inputExponent") double inputExponent,
        @JsonProperty("outputExponent") double outputExponent,
        @JsonProperty("traceScaling") boolean traceScaling,
        @JsonProperty("blockSize") int blockSize,
        @JsonProperty("maxDimension") int maxDimension,
        @JsonProperty("startStep") int startStep,
        @JsonProperty("statistics") Period statistics,
        @JsonProperty("refresh") Period refresh,
        @JsonProperty("strict") boolean strict,
        @JsonProperty("fallback") Fallback fallback)
        implements GradientOnlySettings, Serializable {
    /** With the identity on the other side, AdaGrad's square root is all on this one. */
    private static final double ONE_SIDED = 0.5;

    /**
     * Checks every value.
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
     * @param startStep step of the first roots
     * @param statistics when factors are updated
     * @param refresh when roots are computed
     * @param strict whether numerical failures are thrown
     * @param fallback updater of all other parameters
     */
    public ShampooSettings {
        Require.present(grafting, "grafting");
        Require.present(root, "root");
        Require.present(statistics, "statistics");
        Require.present(refresh, "refresh");
        Require.present(fallback, "fallback");
        Require.argument(momentum >= 0 && momentum < 1, "momentum must be in [0, 1), but is %s", momentum);
        Require.argument(lookAhead >= 0 && lookAhead < 1, "lookAhead must be in [0, 1), but is %s", lookAhead);
        Require.argument(
                lookAhead == 0 || momentum > 0, "lookAhead %s needs momentum > 0, but it is %s", lookAhead, momentum);
        Require.argument(factorDecay >= 0 && factorDecay <= 1, "factorDecay must be in [0, 1], but is %s", factorDecay);
        requireExponent(root, inputExponent, "inputExponent");
        requireExponent(root, outputExponent, "outputExponent");
        Require.argument(blockSize >= 1, "blockSize must be at least 1, but is %s", blockSize);
        Require.argument(maxDimension >= 0, "maxDimension must be at least 0, but is %s", maxDimension);
        Require.argument(startStep >= 0, "startStep must be at least 0, but is %s", startStep);
    }

    private static void requireExponent(InverseRoot root, double exponent, String name) {
        if (Require.nonNegative(exponent, name) > 0) {
            root.requireExponent(exponent);
        }
    }

    @Override
    public int methodId() {
        return 4;
    }

    @Override
    public @Nullable MatrixMethod method(Segment segment) {
        if (segment.role() == Role.VECTOR) {
            return null;
        }
        boolean input = segment.role() != Role.EMBEDDING && segment.fanIn() <= maxDimension;
        boolean output = segment.fanOut() <= maxDimension;
        return new ShampooMethod(new ShampooMethod.Rules(
                momentum,
                lookAhead,
                factorDecay,
                grafting,
                root,
                exponent(inputExponent, input, output),
                exponent(outputExponent, output, input),
                traceScaling,
                blockSize,
                startStep == 0 ? refresh.next(0) : startStep,
                statistics,
                refresh));
    }

    @Override
    public MatrixSides sides(Segment segment) {
        MatrixSides within = MatrixSides.within(segment, maxDimension, blockSize);
        return within.any()
                ? MatrixSides.of(
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
