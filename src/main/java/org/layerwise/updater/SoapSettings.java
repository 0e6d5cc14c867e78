package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Given;
import org.layerwise.internal.Require;
import org.layerwise.internal.precondition.EigenvalueCorrectedMethod;
import org.layerwise.internal.precondition.SoapMethod;
import org.layerwise.method.Coverage;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Everything about the updater but its learning rate. See {@link Soap.Builder} for the meaning of each value.
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
 * @param failures what happens when numbers fail
 * @param fallback updater of all other parameters
 */
public record SoapSettings(
        @JsonProperty("variant") Soap.Variant variant,

        @JsonProperty(value = "beta1", required = true) @Given
        double beta1,

        @JsonProperty(value = "beta2", required = true) @Given
        double beta2,

        @JsonProperty(value = "factorDecay", required = true) @Given
        double factorDecay,

        @JsonProperty(value = "epsilon", required = true) @Given
        double epsilon,

        @JsonProperty(value = "blockSize", required = true) @Given
        int blockSize,

        @JsonProperty(value = "maxDimension", required = true) @Given
        int maxDimension,

        @JsonProperty("statistics") Period statistics,
        @JsonProperty("refresh") Period refresh,

        @JsonProperty(value = "spreadRefreshes", required = true) @Given
        boolean spreadRefreshes,

        @JsonProperty("failures") FailureHandling failures,
        @JsonProperty("fallback") Fallback fallback)
        implements UpdaterSettings, Serializable {
    /** Checks every value. {@inheritDoc} */
    public SoapSettings {
        Require.present(variant, "variant");
        Require.present(statistics, "statistics");
        Require.present(refresh, "refresh");
        Require.present(failures, "failures");
        Require.present(fallback, "fallback");
        BlockLimits.requireDecay(beta1, "beta1");
        BlockLimits.requireDecay(beta2, "beta2");
        BlockLimits.requireDecay(factorDecay, "factorDecay");
        Require.positive(epsilon, "epsilon");
        BlockLimits.requireValid(blockSize, maxDimension);
    }

    @Override
    public String methodName() {
        return switch (variant) {
            case SOAP -> "soap";
            case ESHAMPOO -> "eshampoo";
            case ESHAMPOO_QR -> "eshampoo-qr";
        };
    }

    @Override
    public @Nullable Method method(Matrix matrix) {
        if (matrix.role() == Role.VECTOR) {
            return null;
        }
        SoapMethod.Rules rules = new SoapMethod.Rules(
                beta1,
                beta2,
                factorDecay,
                epsilon,
                blockSize,
                BlockLimits.allowsInputs(matrix, maxDimension),
                matrix.columns() <= maxDimension,
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
    public Coverage coverage(Matrix matrix) {
        return BlockLimits.coverage(matrix, maxDimension, blockSize);
    }
}
