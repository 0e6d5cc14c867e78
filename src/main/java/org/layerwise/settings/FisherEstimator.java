package org.layerwise.settings;

import java.io.Serializable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.annotation.JsonSubTypes;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/**
 * Which output gradients g enter the output factor G = E[g g'] (Martens and Grosse 2015, section 2; Kunstner et al.
 * 2019 on the difference).
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FisherEstimator.MonteCarlo.class, name = "monteCarlo"),
    @JsonSubTypes.Type(value = FisherEstimator.Empirical.class, name = "empirical"),
    @JsonSubTypes.Type(value = FisherEstimator.Exact.class, name = "exact")
})
public sealed interface FisherEstimator extends Serializable {
    /**
     * Gradients for targets drawn from the model's own predictive distribution: unbiased for the Fisher matrix.
     *
     * @param samples draws per example and statistics step, at least 1; each costs a forward and backward pass
     * @param seed of the draws; the same seed and step give the same draws
     */
    record MonteCarlo(
            @JsonProperty(value = "samples", required = true) @RequiredInJson
            int samples,

            @JsonProperty(value = "seed", required = true) @RequiredInJson
            long seed)
            implements FisherEstimator {
        /** Checks the number of samples. {@inheritDoc} */
        public MonteCarlo {
            Require.argument(samples >= 1, "Monte-Carlo samples must be at least 1, but are %s", samples);
        }
    }

    /** Gradients of the training loss itself: no extra pass, but shrinks with the residuals. */
    record Empirical() implements FisherEstimator {}

    /** The generalised Gauss-Newton matrix, one backward pass per output: for small outputs and for proofs. */
    record Exact() implements FisherEstimator {}

    /**
     * The Monte-Carlo Fisher.
     *
     * @param samples draws per example and statistics step, at least 1
     * @param seed of the draws
     * @return the estimator
     */
    static FisherEstimator monteCarlo(int samples, long seed) {
        return new MonteCarlo(samples, seed);
    }

    /**
     * The empirical Fisher.
     *
     * @return the estimator
     */
    static FisherEstimator empirical() {
        return new Empirical();
    }

    /**
     * The exact generalised Gauss-Newton matrix.
     *
     * @return the estimator
     */
    static FisherEstimator exact() {
        return new Exact();
    }
}
