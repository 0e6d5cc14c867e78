package org.layerwise.dl4j;

import org.jspecify.annotations.Nullable;
import org.layerwise.curvature.OutputModel;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossUtil;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMAPE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossMSLE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * An output layer's loss as a predictive distribution.
 *
 * @param model the distribution; null if the loss has none that is known
 * @param reduction what DL4J divides an example's summed loss by: nOut for means over outputs, else 1
 * @param weights per-output weights of a squared error, [1, nOut]; null for none
 */
record OutputHead(
        @Nullable OutputModel model,
        double reduction,
        @Nullable INDArray weights) {
    /** Reads the head off an output layer's configuration. */
    static OutputHead of(ILossFunction loss, IActivation activation, long nOut) {
        Class<?> type = loss.getClass();
        if (type == LossMSE.class || type == LossL2.class) {
            return new OutputHead(OutputModel.GAUSSIAN, type == LossMSE.class ? nOut : 1, ((LossL2) loss).getWeights());
        }
        boolean crossEntropy = type == LossMCXENT.class || type == LossNegativeLogLikelihood.class;
        if (crossEntropy && activation instanceof ActivationSoftmax && ((LossMCXENT) loss).getWeights() == null) {
            return new OutputHead(OutputModel.SOFTMAX, 1, null);
        }
        if (type == LossBinaryXENT.class
                && activation instanceof ActivationSigmoid
                && ((LossBinaryXENT) loss).getWeights() == null) {
            return new OutputHead(OutputModel.BERNOULLI, 1, null);
        }
        boolean mean = loss instanceof LossMAE || loss instanceof LossMAPE || loss instanceof LossMSLE;
        return new OutputHead(null, mean ? nOut : 1, null);
    }

    /** Gets a vector per example from network output or probabilities. */
    interface Draw {
        INDArray from(OutputModel model, INDArray output);
    }

    /**
     * A probe with respect to the pre-activation.
     *
     * @param preOutput z, [n, k]; read
     * @param activation of the output layer
     * @param mask of the labels, if any
     * @param scale multiple of DL4J's loss whose Hessian is probed
     * @param draw sample or Hessian column
     * @return [n, k], a new array
     */
    INDArray probe(INDArray preOutput, IActivation activation, @Nullable INDArray mask, double scale, Draw draw) {
        OutputModel known = java.util.Objects.requireNonNull(model);
        INDArray output = activation.getActivation(preOutput.dup(), true);
        INDArray vector = draw.from(known, output).muli(Math.sqrt(scale / reduction));
        if (known == OutputModel.GAUSSIAN) {
            if (weights != null) {
                vector.muliRowVector(Transforms.sqrt(weights.castTo(vector.dataType()), true));
            }
            if (mask != null && LossUtil.isPerOutputMasking(vector, mask)) {
                LossUtil.applyMask(vector, mask);
            }
            vector = activation.backprop(preOutput.dup(), vector).getFirst();
        }
        if (mask != null) {
            LossUtil.applyMask(vector, mask);
        }
        return vector;
    }
}
