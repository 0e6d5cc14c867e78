package org.layerwise.dl4j;

import org.jspecify.annotations.Nullable;
import org.layerwise.method.OutputModel;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * What a loss function of DL4J is to the Fisher matrix. Kinds of one's own are named in
 * {@code META-INF/services/org.layerwise.dl4j.LossKind}, have a public constructor without arguments, and go before ours.
 */
public interface LossKind {
    /**
     * A loss as a predictive distribution.
     *
     * @param model the distribution; null if the loss has none that is known
     * @param reduction what DL4J divides an example's summed loss by: nOut for means over outputs, else 1
     * @param weights per-output weights of a squared error [1, nOut]; null for none
     */
    record Head(
            @Nullable OutputModel model,
            double reduction,
            @Nullable INDArray weights) {}

    /**
     * Reads a loss.
     *
     * @param loss of the output layer
     * @param activation of the output layer
     * @param nOut its outputs
     * @return null if this kind does not serve the loss
     */
    @Nullable
    Head head(ILossFunction loss, IActivation activation, long nOut);
}
