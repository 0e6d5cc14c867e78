package org.layerwise.examples.benchmark;

import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The two losses; DL4J sums both over the outputs and averages over the examples. */
enum Loss {
    /** Cross-entropy of every pixel, behind a sigmoid. */
    PIXELS(LossFunction.XENT, Activation.SIGMOID, 100 * Kfac.DEFAULT_KL_CLIP) {
        /** Above the entropy of the targets, which no network can undercut. */
        @Override
        double sum(INDArray targets, INDArray outputs) {
            return crossEntropy(targets, outputs) - crossEntropy(targets, targets);
        }

        private double crossEntropy(INDArray targets, INDArray outputs) {
            return function().getILossFunction().computeScore(targets, outputs, new ActivationIdentity(), null, false);
        }
    },

    /** Cross-entropy of the class, behind a softmax. */
    CLASSES(LossFunction.MCXENT, Activation.SOFTMAX, Kfac.DEFAULT_KL_CLIP) {
        @Override
        double sum(INDArray targets, INDArray outputs) {
            INDArray probability = outputs.mul(targets).sum(1);
            return -Transforms.log(Transforms.max(probability, LEAST_PROBABILITY), false)
                    .sumNumber()
                    .doubleValue();
        }
    };

    /** Where DL4J's own loss cuts the logarithm. */
    private static final double LEAST_PROBABILITY = 1e-10;

    private final LossFunction function;
    private final Activation output;
    private final double klClip;

    Loss(LossFunction function, Activation output, double klClip) {
        this.function = function;
        this.output = output;
        this.klClip = klClip;
    }

    /** What the network minimises. */
    LossFunction function() {
        return function;
    }

    /** Activation of the output layer. */
    Activation output() {
        return output;
    }

    /** K-FAC's bound on a step: it is in units of the loss, and a sum over 784 pixels takes a hundred defaults. */
    double klClip() {
        return klClip;
    }

    /**
     * Sum over the examples of what is reported.
     *
     * @param targets [n, outputs], read only
     * @param outputs of the network, behind the output activation, [n, outputs], read only
     */
    abstract double sum(INDArray targets, INDArray outputs);
}
