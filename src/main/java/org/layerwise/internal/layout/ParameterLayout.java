package org.layerwise.internal.layout;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.layerwise.method.Matrix;
import org.layerwise.method.Matrix.Band;
import org.layerwise.settings.Role;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Which matrices lie in the flat vector of parameters that one updater serves: a layer's, or one SameDiff variable's.
 * Elements that belong to no matrix are the fallback's.
 *
 * @param layer name of the layer, for messages
 * @param length number of parameters
 * @param matrices without common elements
 */
public record ParameterLayout(
        @JsonProperty("layer") String layer,

        @JsonProperty(value = "length", required = true) @RequiredInJson
        long length,

        @JsonProperty("matrices") List<Matrix> matrices)
        implements Serializable {
    /**
     * Consecutive elements of the flat vector.
     *
     * @param begin first index
     * @param end index after the last
     */
    public record Span(long begin, long end) {
        /**
         * Number of elements.
         *
         * @return at least 1
         */
        public long length() {
            return end - begin;
        }
    }

    /** Checks that no element belongs to two matrices. {@inheritDoc} */
    public ParameterLayout {
        matrices = List.copyOf(matrices);
        Require.argument(length > 0, "Layer %s has no parameters", layer);
        long end = 0;
        for (Span span : covered(matrices, matrix -> true)) {
            Require.argument(
                    span.begin >= end && span.end <= length,
                    "Layer %s: the matrices %s do not lie side by side in %s parameters",
                    layer,
                    matrices,
                    length);
            end = span.end;
        }
    }

    /**
     * A layout without elements beyond its matrices.
     *
     * @param layer name of the layer
     * @param matrices that cover the vector
     * @return the layout
     */
    public static ParameterLayout of(String layer, List<Matrix> matrices) {
        long length = matrices.stream()
                .flatMap(matrix -> matrix.bands().stream())
                .mapToLong(Band::end)
                .max()
                .orElse(0);
        return new ParameterLayout(layer, length, matrices);
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
            return of(name, List.of(Matrix.contiguous(name, 0, 1, (int) length, Role.VECTOR, 1)));
        }
        int area = 1;
        for (int axis = 0; axis < shape.length - 2; axis++) {
            area *= (int) shape[axis];
        }
        Role role = shape.length > 2 ? Role.CONVOLUTION : Role.HIDDEN;
        return of(name, List.of(Matrix.contiguous(name, 0, fanIn, (int) fanOut, role, area)));
    }

    /**
     * The elements that some matrices leave over.
     *
     * @param served which matrices count
     * @return ascending, none empty
     */
    public List<Span> unserved(Predicate<Matrix> served) {
        List<Span> rest = new ArrayList<>();
        long at = 0;
        for (Span span : covered(matrices, served)) {
            if (span.begin > at) {
                rest.add(new Span(at, span.begin));
            }
            at = span.end;
        }
        if (at < length) {
            rest.add(new Span(at, length));
        }
        return rest;
    }

    private static List<Span> covered(List<Matrix> matrices, Predicate<Matrix> served) {
        List<Span> spans = new ArrayList<>();
        for (Matrix matrix : matrices) {
            if (served.test(matrix)) {
                for (Band band : matrix.bands()) {
                    addSpans(band, spans);
                }
            }
        }
        spans.sort(Comparator.comparingLong(Span::begin));
        return spans;
    }

    private static void addSpans(Band band, List<Span> spans) {
        if (band.leadingDimension() == band.run()) {
            spans.add(new Span(band.offset(), band.end()));
            return;
        }
        for (int run = 0; run < band.runs(); run++) {
            long begin = band.offset() + (long) run * band.leadingDimension();
            spans.add(new Span(begin, begin + band.run()));
        }
    }

    /**
     * Checks that a gradient has as many elements as the layout.
     *
     * @param flat the gradient
     */
    public void check(INDArray flat) {
        Require.argument(
                flat.length() == length,
                "Layer %s has %s parameters%s, but the gradient has %s elements. If the layer's size was changed, call"
                        + " Layerwise.attach(net) again.",
                layer,
                length,
                matrices.isEmpty() ? "" : " in " + shapes(matrices),
                flat.length());
    }

    /**
     * Shapes in words.
     *
     * @param matrices some matrices
     * @return such as "20 x 32" or "4 (10 x 20) + 4 (20 x 20)"; empty if there are none
     */
    public static String shapes(List<Matrix> matrices) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < matrices.size()) {
            String shape = shape(matrices.get(at));
            int next = at + 1;
            while (next < matrices.size() && shape(matrices.get(next)).equals(shape)) {
                next++;
            }
            words.add(next == at + 1 ? shape : (next - at) + " (" + shape + ")");
            at = next;
        }
        return String.join(" + ", words);
    }

    private static String shape(Matrix matrix) {
        return matrix.rows() + " x " + matrix.columns();
    }
}
