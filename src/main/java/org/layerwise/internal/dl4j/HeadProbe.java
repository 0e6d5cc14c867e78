package org.layerwise.internal.dl4j;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LossKind.Head;
import org.layerwise.method.OutputModel;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossUtil;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What a probe pass starts from at an output layer. */
final class HeadProbe {
    private HeadProbe() {}

    /** Gets a vector per example from network output or probabilities. */
    interface Draw {
        INDArray from(OutputModel model, INDArray output);
    }

    /**
     * A probe with respect to the pre-activation.
     *
     * @param head whose loss is probed; it has a model
     * @param preOutput z, [n, k]; read
     * @param activation of the output layer
     * @param mask of the labels, if any
     * @param scale multiple of DL4J's loss whose Hessian is probed
     * @param draw sample or Hessian column
     * @return [n, k], a new array
     */
    static INDArray of(
            Head head, INDArray preOutput, IActivation activation, @Nullable INDArray mask, double scale, Draw draw) {
        OutputModel model = Objects.requireNonNull(head.model());
        INDArray output = activation.getActivation(preOutput.dup(), true);
        INDArray vector = draw.from(model, output).muli(Math.sqrt(scale / head.reduction()));
        if (!model.fused()) {
            INDArray weights = head.weights();
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
