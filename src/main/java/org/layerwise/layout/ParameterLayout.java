package org.layerwise.layout;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.layerwise.linalg.Require;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Which matrices make up the flat vector of parameters that one updater serves, without gaps: the weights, biases and
 * gains of a layer, or one SameDiff variable.
 *
 * @param layer name of the layer, for messages
 * @param segments in the order of their offsets, at least one
 */
public record ParameterLayout(
        @JsonProperty("layer") String layer,
        @JsonProperty("segments") List<Segment> segments) implements Serializable {
    /**
     * Checks that the segments cover the vector.
     *
     * @param layer name of the layer
     * @param segments all, in any order
     */
    public ParameterLayout {
        segments = segments.stream()
                .sorted(Comparator.comparingLong(Segment::offset))
                .toList();
        long end = 0;
        for (Segment segment : segments) {
            Require.argument(
                    segment.offset() == end,
                    "Layer %s: parameter %s begins at %s, expected %s",
                    layer,
                    segment.name(),
                    segment.offset(),
                    end);
            end = segment.end();
        }
        Require.argument(end > 0, "Layer %s has no parameters", layer);
    }

    /**
     * The layout of one SameDiff variable: its last axis is the fan-out, as in a product of inputs and weights and in
     * convolution kernels [height, width, in, out]; all other axes together are the fan-in. A variable does not say what it is
     * for, so that every matrix counts as a hidden layer's, those of output layers and embeddings too.
     *
     * @param name of the variable
     * @param shape of the variable
     * @return one matrix; a vector if the variable has a rank below two, a fan-in of one, or the shape [n, 1]
     */
    public static ParameterLayout ofVariable(String name, long... shape) {
        long length = 1;
        for (long size : shape) {
            length *= size;
        }
        long fanOut = shape.length < 2 ? length : shape[shape.length - 1];
        int fanIn = (int) (length / fanOut);
        if (fanIn == 1 || (shape.length == 2 && fanOut == 1)) {
            return new ParameterLayout(name, List.of(new Segment(name, 0, 1, (int) length, Role.VECTOR)));
        }
        int area = 1;
        for (int axis = 0; axis < shape.length - 2; axis++) {
            area *= (int) shape[axis];
        }
        Role role = shape.length > 2 ? Role.CONVOLUTION : Role.HIDDEN;
        Segment segment = new Segment(name, 0, fanIn, (int) fanOut, role, area);
        return new ParameterLayout(name, List.of(segment));
    }

    /**
     * Number of parameters.
     *
     * @return at least 1
     */
    public long length() {
        return segments.get(segments.size() - 1).end();
    }

    /**
     * Checks that a gradient has as many elements as the layout.
     *
     * @param flat the gradient
     */
    public void check(INDArray flat) {
        Require.argument(
                flat.length() == length(),
                "Layer %s has %s parameters in %s, but the gradient has %s elements. If the layer's size was changed, call"
                        + " Layerwise.attach(net) again.",
                layer,
                length(),
                shapes(segments),
                flat.length());
    }

    /**
     * Shapes in words.
     *
     * @param segments some matrices
     * @return such as "20 x 32" or "4 (10 x 20) + 4 (20 x 20)"; empty if there are none
     */
    public static String shapes(List<Segment> segments) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < segments.size()) {
            Segment first = segments.get(at);
            int next = at + 1;
            while (next < segments.size()
                    && segments.get(next).fanIn() == first.fanIn()
                    && segments.get(next).fanOut() == first.fanOut()) {
                next++;
            }
            String shape = first.fanIn() + " x " + first.fanOut();
            words.add(next == at + 1 ? shape : (next - at) + " (" + shape + ")");
            at = next;
        }
        return String.join(" + ", words);
    }
}
