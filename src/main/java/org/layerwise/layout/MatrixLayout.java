package org.layerwise.layout;

import java.io.Serializable;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A dense layer's parameters as one matrix. DL4J flattens the weights [nIn, nOut] in 'f' order and appends the bias
 * [nOut]; the <em>canonical matrix</em> D has shape [dA, dG] with dG = nOut and dA = nIn, or nIn + 1 with the bias as its
 * last row (the homogeneous coordinate of the layer's input).
 *
 * @param layer name of the layer, for messages
 * @param nIn inputs, at least 1
 * @param nOut outputs, at least 1
 * @param bias whether the bias is part of the matrix
 */
public record MatrixLayout(
        @JsonProperty("layer") String layer,
        @JsonProperty("nIn") int nIn,
        @JsonProperty("nOut") int nOut,
        @JsonProperty("bias") boolean bias)
        implements Serializable {
    /**
     * Checks the shape.
     *
     * @param layer name of the layer
     * @param nIn inputs
     * @param nOut outputs
     * @param bias whether the bias is part of the matrix
     */
    public MatrixLayout {
        Require.argument(
                nIn > 0 && nOut > 0,
                "Layer %s must have at least one input and output, but has %s and %s",
                layer,
                nIn,
                nOut);
    }

    /**
     * Rows of the canonical matrix: the dimension of the input factor A.
     *
     * @return dA
     */
    public int inputDimension() {
        return bias ? nIn + 1 : nIn;
    }

    /**
     * Columns of the canonical matrix: the dimension of the output factor G.
     *
     * @return dG
     */
    public int outputDimension() {
        return nOut;
    }

    /**
     * Number of parameters.
     *
     * @return dA dG
     */
    public int length() {
        return inputDimension() * nOut;
    }

    /**
     * D = scale * matrix(flat).
     *
     * @param kernels kernels of the backend
     * @param flat the flat vector, length dA dG, dense; read
     * @param scale factor
     * @param d [dA, dG] in 'f' order; overwritten
     */
    public void toCanonical(Kernels kernels, INDArray flat, double scale, INDArray d) {
        check(flat);
        int ld = inputDimension();
        kernels.transfer(new Block(flat, 0, nIn, nOut, nIn), scale, new Block(d, 0, nIn, nOut, ld), false);
        if (bias) {
            kernels.transfer(
                    new Block(flat, (long) nIn * nOut, 1, nOut, 1), scale, new Block(d, nIn, 1, nOut, ld), false);
        }
    }

    /**
     * flat += scale * flatten(D): the adjoint of {@link #toCanonical}.
     *
     * @param kernels kernels of the backend
     * @param d [dA, dG] in 'f' order; read
     * @param scale factor
     * @param flat the flat vector, length dA dG, dense; updated
     */
    public void addFromCanonical(Kernels kernels, INDArray d, double scale, INDArray flat) {
        check(flat);
        int ld = inputDimension();
        kernels.transfer(new Block(d, 0, nIn, nOut, ld), scale, new Block(flat, 0, nIn, nOut, nIn), true);
        if (bias) {
            kernels.transfer(
                    new Block(d, nIn, 1, nOut, ld), scale, new Block(flat, (long) nIn * nOut, 1, nOut, 1), true);
        }
    }

    private void check(INDArray flat) {
        Require.argument(
                flat.length() == length(),
                "Layer %s has %s parameters [%s, %s]%s, but the gradient has %s elements. If the layer's size was changed,"
                        + " call Layerwise.attach(net) again.",
                layer,
                length(),
                nIn,
                nOut,
                bias ? " with bias" : "",
                flat.length());
    }
}
