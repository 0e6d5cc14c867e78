package org.layerwise.updater;

import java.io.Serializable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.Role;
import org.layerwise.layout.Segment;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.MatrixMethod;
import org.layerwise.precondition.PsgdMethod;
import org.layerwise.precondition.PsgdSides;
import org.layerwise.precondition.Whitening;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Everything about {@link PsgdKron} but its learning rate; immutable and checked. See {@link PsgdKron.Builder} for the meaning
 * of each value.
 *
 * @param momentum largest decay of the gradient's average
 * @param whitenMomentum whether the average is whitened rather than the gradient
 * @param whitening how the factors follow the gradients
 * @param initialScale of the preconditioner's square root; 0 to take it from the first gradient
 * @param maxSkew how long a dense side may be for its block
 * @param blockSize most rows and columns of a block
 * @param maxDimension largest side of a matrix that is not diagonal
 * @param updates when factors are updated
 * @param largestRms of a block's direction
 * @param largestElement of a direction
 * @param strict whether numerical failures are thrown
 * @param fallback updater of all other parameters
 */
public record PsgdKronSettings(
        @JsonProperty("momentum") double momentum,
        @JsonProperty("whitenMomentum") boolean whitenMomentum,
        @JsonProperty("whitening") Whitening whitening,
        @JsonProperty("initialScale") double initialScale,
        @JsonProperty("maxSkew") double maxSkew,
        @JsonProperty("blockSize") int blockSize,
        @JsonProperty("maxDimension") int maxDimension,
        @JsonProperty("updates") Period updates,
        @JsonProperty("largestRms") double largestRms,
        @JsonProperty("largestElement") double largestElement,
        @JsonProperty("strict") boolean strict,
        @JsonProperty("fallback") Fallback fallback)
        implements GradientOnlySettings, Serializable {
    /**
     * Checks every value.
     *
     * @param momentum largest decay of the gradient's average
     * @param whitenMomentum whether the average is whitened
     * @param whitening how the factors follow the gradients
     * @param initialScale of the preconditioner's square root
     * @param maxSkew how long a dense side may be for its block
     * @param blockSize most rows and columns of a block
     * @param maxDimension largest side of a matrix that is not diagonal
     * @param updates when factors are updated
     * @param largestRms of a block's direction
     * @param largestElement of a direction
     * @param strict whether numerical failures are thrown
     * @param fallback updater of all other parameters
     */
    public PsgdKronSettings {
        Require.present(whitening, "whitening");
        Require.present(updates, "updates");
        Require.present(fallback, "fallback");
        Require.argument(momentum >= 0 && momentum < 1, "momentum must be in [0, 1), but is %s", momentum);
        Require.argument(!whitenMomentum || momentum > 0, "whitenMomentum needs momentum > 0, but it is %s", momentum);
        Require.nonNegative(initialScale, "initialScale");
        Require.argument(maxSkew >= 0, "maxSkew must be at least 0, but is %s", maxSkew);
        Require.argument(blockSize >= 1, "blockSize must be at least 1, but is %s", blockSize);
        Require.argument(maxDimension >= 0, "maxDimension must be at least 0, but is %s", maxDimension);
        Require.argument(largestRms > 0, "largestRms must be greater than 0, but is %s", largestRms);
        Require.argument(largestElement > 0, "largestElement must be greater than 0, but is %s", largestElement);
    }

    @Override
    public int methodId() {
        return 5;
    }

    @Override
    public @Nullable MatrixMethod method(Segment segment) {
        if (segment.role() == Role.VECTOR) {
            return null;
        }
        return new PsgdMethod(rules(segment));
    }

    private PsgdMethod.Rules rules(Segment segment) {
        return new PsgdMethod.Rules(
                momentum,
                whitenMomentum,
                whitening,
                initialScale,
                maxSkew,
                blockSize,
                segment.role() != Role.EMBEDDING && segment.fanIn() <= maxDimension,
                segment.fanOut() <= maxDimension,
                updates,
                largestRms,
                largestElement);
    }

    @Override
    public MatrixSides sides(Segment segment) {
        PsgdMethod.Rules rules = rules(segment);
        double inputs = PsgdSides.dense(rules, segment.fanIn(), segment.fanOut(), false);
        double outputs = PsgdSides.dense(rules, segment.fanIn(), segment.fanOut(), true);
        String remark = Stream.of(diagonal("inputs", inputs), diagonal("outputs", outputs))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(", "));
        if (inputs + outputs == 0) {
            boolean both = segment.fanIn() > maxDimension && segment.fanOut() > maxDimension;
            remark = both ? MatrixSides.tooLong("both sides exceed", maxDimension) : "both sides diagonal";
        }
        return new MatrixSides(inputs > 0, outputs > 0, remark);
    }

    private static String diagonal(String side, double dense) {
        return dense == 1 ? "" : side + "' side diagonal" + (dense > 0 ? " in part" : "");
    }
}
