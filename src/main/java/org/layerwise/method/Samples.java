package org.layerwise.method;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A part of the samples of a backward pass for one matrix. The arrays are DL4J's own and are valid only while the part is
 * shown; who needs rows later copies them.
 *
 * @param inputs x [n, a], without the homogeneous coordinate
 * @param outputGradients g = dL/dz of each example's own loss [n, dG], not divided by the number of examples
 * @param homogeneous whether the matrix has a last row for a constant input of 1
 * @param inputRows how many leading rows of the inputs count for the input factor; 0 where another part has shown them
 * @param inputWeight weight of x x', such as 1 / n
 * @param outputWeight weight of g g', such as 1 / n
 */
public record Samples(
        INDArray inputs,
        INDArray outputGradients,
        boolean homogeneous,
        int inputRows,
        double inputWeight,
        double outputWeight) {
    /**
     * Number of examples.
     *
     * @return n
     */
    public int batch() {
        return outputGradients.rows();
    }

    /**
     * The sum of the examples' gradients: what DL4J's backward pass leaves before regularisation.
     *
     * @return sum over n of x~_n g_n' [dA, dG], a new array
     */
    public INDArray gradient() {
        return homogeneousInputs().transpose().mmul(outputGradients);
    }

    /**
     * The examples' gradients along a direction.
     *
     * @param direction V [dA, dG]; read
     * @return x~_n' V g_n [n], a new array
     */
    public INDArray along(INDArray direction) {
        return homogeneousInputs().mmul(direction).muli(outputGradients).sum(1);
    }

    private INDArray homogeneousInputs() {
        INDArray x = inputs.castTo(outputGradients.dataType());
        return homogeneous ? Nd4j.hstack(x, Nd4j.ones(x.dataType(), x.rows(), 1)) : x;
    }
}
