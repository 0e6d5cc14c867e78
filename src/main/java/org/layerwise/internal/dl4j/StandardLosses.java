package org.layerwise.internal.dl4j;

import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LossKind;
import org.layerwise.internal.curvature.OutputModels;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMAPE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossMSLE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/** DL4J's losses. */
public final class StandardLosses implements LossKind {
    /** Creates the kind, for the service loader. */
    public StandardLosses() {}

    @Override
    public @Nullable Head head(ILossFunction loss, IActivation activation, long nOut) {
        Class<?> type = loss.getClass();
        if (type == LossMSE.class || type == LossL2.class) {
            return new Head(OutputModels.GAUSSIAN, type == LossMSE.class ? nOut : 1, ((LossL2) loss).getWeights());
        }
        boolean crossEntropy = type == LossMCXENT.class || type == LossNegativeLogLikelihood.class;
        if (crossEntropy && activation instanceof ActivationSoftmax && ((LossMCXENT) loss).getWeights() == null) {
            return new Head(OutputModels.SOFTMAX, 1, null);
        }
        if (type == LossBinaryXENT.class
                && activation instanceof ActivationSigmoid
                && ((LossBinaryXENT) loss).getWeights() == null) {
            return new Head(OutputModels.BERNOULLI, 1, null);
        }
        boolean mean = loss instanceof LossMAE || loss instanceof LossMAPE || loss instanceof LossMSLE;
        return mean ? new Head(null, nOut, null) : null;
    }
}
