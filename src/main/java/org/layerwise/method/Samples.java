package org.layerwise.method;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A part of the samples of a backward pass for one matrix: one row for each example, or T rows where T positions or time steps
 * share the weights. Then A is the mean over all rows and G the mean over examples of the sum over their rows, so that
 * A (x) G is the expanded Fisher matrix T E[x x'] (x) E[g g'] (Eschenhagen et al. 2023, arXiv 2311.00636; for convolutions that
 * of Grosse and Martens 2016, arXiv 1602.01407). The arrays are valid only while the part is shown; who needs rows later copies
 * them.
 *
 * @param inputs x [m, a], without the homogeneous coordinate
 * @param outputGradients g = dL/dz of each example's own loss [m, dG], not divided by the number of examples
 * @param homogeneous whether the matrix has a last row for a constant input of 1
 * @param inputRows how many leading rows of the inputs count for the input factor; 0 where another part has shown them
 * @param inputWeight weight of x x', such as 1 / (n T)
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
     * Number of rows.
     *
     * @return m
     */
    public int rows() {
        return outputGradients.rows();
    }

    /**
     * The sum of the rows' gradients: what DL4J's backward pass leaves before regularisation.
     *
     * @return sum over rows of x~ g' [dA, dG], a new array
     */
    public INDArray gradient() {
        return homogeneousInputs().transpose().mmul(outputGradients);
    }

    /**
     * The rows' gradients along a direction.
     *
     * @param direction V [dA, dG]; read
     * @return x~' V g [m], a new array
     */
    public INDArray along(INDArray direction) {
        return homogeneousInputs().mmul(direction).muli(outputGradients).sum(1);
    }

    private INDArray homogeneousInputs() {
        INDArray x = inputs.castTo(outputGradients.dataType());
        return homogeneous ? Nd4j.hstack(x, Nd4j.ones(x.dataType(), x.rows(), 1)) : x;
    }
}
