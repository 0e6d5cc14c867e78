package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.Role;
import org.layerwise.layout.Segment;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.EigenvalueCorrectedMethod;
import org.layerwise.precondition.MatrixMethod;
import org.layerwise.precondition.SoapMethod;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Everything about {@link Soap} but its learning rate; immutable and checked. See {@link Soap.Builder} for the meaning of each
 * value.
 *
 * @param variant order of operations
 * @param beta1 decay of the first moments
 * @param beta2 decay of the second moments
 * @param factorDecay decay of the factors
 * @param epsilon added to the root of the second moments
 * @param blockSize largest side of a block
 * @param maxDimension largest side of a matrix that is rotated
 * @param statistics when the factors are averaged
 * @param refresh when eigenbases are refreshed
 * @param spreadRefreshes whether the blocks of a matrix are refreshed in turn
 * @param strict whether numerical failures are thrown
 * @param fallback updater of all other parameters
 */
public record SoapSettings(
        @JsonProperty("variant") Soap.Variant variant,
        @JsonProperty("beta1") double beta1,
        @JsonProperty("beta2") double beta2,
        @JsonProperty("factorDecay") double factorDecay,
        @JsonProperty("epsilon") double epsilon,
        @JsonProperty("blockSize") int blockSize,
        @JsonProperty("maxDimension") int maxDimension,
        @JsonProperty("statistics") Period statistics,
        @JsonProperty("refresh") Period refresh,
        @JsonProperty("spreadRefreshes") boolean spreadRefreshes,
        @JsonProperty("strict") boolean strict,
        @JsonProperty("fallback") Fallback fallback)
        implements GradientOnlySettings, Serializable {
    /**
     * Checks every value.
     *
     * @param variant order of operations
     * @param beta1 decay of the first moments
     * @param beta2 decay of the second moments
     * @param factorDecay decay of the factors
     * @param epsilon added to the root of the second moments
     * @param blockSize largest side of a block
     * @param maxDimension largest side of a matrix that is rotated
     * @param statistics when the factors are averaged
     * @param refresh when eigenbases are refreshed
     * @param spreadRefreshes whether the blocks of a matrix are refreshed in turn
     * @param strict whether numerical failures are thrown
     * @param fallback updater of all other parameters
     */
    public SoapSettings {
        Require.present(variant, "variant");
        Require.present(statistics, "statistics");
        Require.present(refresh, "refresh");
        Require.present(fallback, "fallback");
        requireDecay(beta1, "beta1");
        requireDecay(beta2, "beta2");
        requireDecay(factorDecay, "factorDecay");
        Require.positive(epsilon, "epsilon");
        Require.argument(blockSize >= 1, "blockSize must be at least 1, but is %s", blockSize);
        Require.argument(maxDimension >= 0, "maxDimension must be at least 0, but is %s", maxDimension);
    }

    private static void requireDecay(double value, String name) {
        Require.argument(value >= 0 && value < 1, "%s must be in [0, 1), but is %s", name, value);
    }

    @Override
    public int methodId() {
        return switch (variant) {
            case SOAP -> 3;
            case ESHAMPOO -> 6;
            case ESHAMPOO_QR -> 7;
        };
    }

    @Override
    public @Nullable MatrixMethod method(Segment segment) {
        if (segment.role() == Role.VECTOR) {
            return null;
        }
        SoapMethod.Rules rules = new SoapMethod.Rules(
                beta1,
                beta2,
                factorDecay,
                epsilon,
                blockSize,
                segment.role() != Role.EMBEDDING && segment.fanIn() <= maxDimension,
                segment.fanOut() <= maxDimension,
                statistics,
                refresh,
                spreadRefreshes);
        return switch (variant) {
            case SOAP -> new SoapMethod(rules);
            case ESHAMPOO -> new EigenvalueCorrectedMethod(rules, false);
            case ESHAMPOO_QR -> new EigenvalueCorrectedMethod(rules, true);
        };
    }

    @Override
    public MatrixSides sides(Segment segment) {
        return MatrixSides.within(segment, maxDimension, blockSize);
    }
}
