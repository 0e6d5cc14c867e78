package org.layerwise.precondition;

import java.io.Serializable;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Momentum on the gradient, M = decay M + weight G with weight 1 - decay (average) or 1 (sum). The result is M, or with
 * Nesterov's look-ahead decay M + weight G once more. Neither is debiased.
 *
 * @param decay in [0, 1); 0 for none
 * @param average whether M is an average rather than a sum
 * @param nesterov whether to look ahead
 */
public record Momentum(
        @JsonProperty("decay") double decay,
        @JsonProperty("average") boolean average,
        @JsonProperty("nesterov") boolean nesterov)
        implements Serializable {
    /**
     * Checks the decay.
     *
     * @param decay in [0, 1)
     * @param average whether M is an average
     * @param nesterov whether to look ahead
     */
    public Momentum {
        Require.argument(decay >= 0 && decay < 1, "momentum must be in [0, 1), but is %s", decay);
        Require.argument(!nesterov || decay > 0, "Nesterov momentum needs momentum > 0, but it is %s", decay);
    }

    /**
     * Number of elements of M.
     *
     * @param elements of the gradient
     * @return {@code elements}; 0 without momentum
     */
    long stateLength(long elements) {
        return decay > 0 ? elements : 0;
    }

    /** What M is. */
    String layout() {
        return decay == 0 ? "no momentum" : average ? "momentum as a mean" : "momentum as a sum";
    }

    /**
     * Takes the gradient in.
     *
     * @param gradient dense; overwritten by the result
     * @param m same length; updated; not read without momentum
     * @param kernels kernels of the backend
     */
    void apply(INDArray gradient, INDArray m, Kernels kernels) {
        if (decay == 0) {
            return;
        }
        double weight = average ? 1 - decay : 1;
        kernels.axpby(weight, gradient, decay, m);
        if (nesterov) {
            kernels.axpby(decay, m, weight, gradient);
        } else {
            kernels.axpby(1, m, 0, gradient);
        }
    }
}
