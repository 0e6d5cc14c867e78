package org.layerwise.layout;

import java.io.Serializable;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * One matrix inside a flat vector of parameters: {@code fanIn * fanOut} contiguous elements, column-major, so that row i and
 * column j join input i to output j. That is DL4J's [nIn, nOut] orientation, the transpose of PyTorch's.
 *
 * @param name of the parameter, for messages, such as "W" or "RW gate 2"
 * @param offset of the first element
 * @param fanIn rows, at least 1; 1 for a vector
 * @param fanOut columns, at least 1
 * @param role in the layer
 * @param kernelArea positions of a convolution's kernel; 1 for anything else
 */
public record Segment(
        @JsonProperty("name") String name,
        @JsonProperty("offset") long offset,
        @JsonProperty("fanIn") int fanIn,
        @JsonProperty("fanOut") int fanOut,
        @JsonProperty("role") Role role,
        @JsonProperty("kernelArea") int kernelArea)
        implements Serializable {
    /**
     * Checks the shape.
     *
     * @param name of the parameter
     * @param offset of the first element
     * @param fanIn rows
     * @param fanOut columns
     * @param role in the layer
     * @param kernelArea positions of a convolution's kernel
     */
    public Segment {
        Require.argument(
                offset >= 0 && fanIn > 0 && fanOut > 0 && kernelArea > 0 && fanIn % kernelArea == 0,
                "Parameter %s: %s by %s elements from %s with kernel area %s are no matrix",
                name,
                fanIn,
                fanOut,
                offset,
                kernelArea);
    }

    /**
     * A matrix that is no convolution.
     *
     * @param name of the parameter
     * @param offset of the first element
     * @param fanIn rows
     * @param fanOut columns
     * @param role in the layer
     */
    public Segment(String name, long offset, int fanIn, int fanOut, Role role) {
        this(name, offset, fanIn, fanOut, role, 1);
    }

    /**
     * Number of elements.
     *
     * @return fanIn fanOut
     */
    public long length() {
        return (long) fanIn * fanOut;
    }

    /**
     * The index after the last element.
     *
     * @return offset + length
     */
    public long end() {
        return offset + length();
    }

    /**
     * The matrix inside a flat vector, without a copy.
     *
     * @param flat dense, one-dimensional
     * @return view [fanIn, fanOut] in 'f' order
     */
    public INDArray matrix(INDArray flat) {
        return flat.get(NDArrayIndex.interval(offset, end())).reshape('f', fanIn, fanOut);
    }
}
