package org.layerwise.method;

import java.io.Serializable;
import java.util.List;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.layerwise.settings.Role;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * One matrix of parameters inside the flat vector that an updater serves: row i and column j join input i to output j, DL4J's
 * [nIn, nOut] orientation, the transpose of PyTorch's. Its rows are stacked from bands, such as weights and a bias row.
 *
 * @param name of the parameter, for messages, such as "W" or "RW gate 2"
 * @param bands from the first row to the last, at least one, all of the same number of columns
 * @param role in the layer
 * @param kernelArea positions of a convolution's kernel; 1 for anything else
 */
public record Matrix(
        @JsonProperty("name") String name,
        @JsonProperty("bands") List<Band> bands,
        @JsonProperty("role") Role role,

        @JsonProperty(value = "kernelArea", required = true) @RequiredInJson
        int kernelArea)
        implements Serializable {
    /**
     * Some rows of a matrix, where they lie in the flat vector: element (i, j) is at {@code offset + i + j leadingDimension}, or
     * at {@code offset + j + i leadingDimension} if they are stored by rows.
     *
     * @param offset of the first element, at least 0
     * @param rows at least 1
     * @param columns at least 1
     * @param leadingDimension from a column to the next, at least {@code rows}; from a row to the next, at least
     *     {@code columns}, if stored by rows
     * @param byRows whether a row's elements lie next to each other, rather than a column's
     */
    public record Band(
            @JsonProperty(value = "offset", required = true) @RequiredInJson
            long offset,

            @JsonProperty(value = "rows", required = true) @RequiredInJson
            int rows,

            @JsonProperty(value = "columns", required = true) @RequiredInJson
            int columns,

            @JsonProperty(value = "leadingDimension", required = true) @RequiredInJson
            int leadingDimension,

            @JsonProperty(value = "byRows", required = true) @RequiredInJson
            boolean byRows)
            implements Serializable {
        /** Checks the shape. {@inheritDoc} */
        public Band {
            Require.argument(
                    offset >= 0 && rows > 0 && columns > 0 && leadingDimension >= (byRows ? columns : rows),
                    "%s by %s elements from %s with leading dimension %s are no part of a matrix",
                    rows,
                    columns,
                    offset,
                    leadingDimension);
        }

        /**
         * Rows that are stored by columns.
         *
         * @param offset of the first element, at least 0
         * @param rows at least 1
         * @param columns at least 1
         * @param leadingDimension from a column to the next, at least {@code rows}
         */
        public Band(long offset, int rows, int columns, int leadingDimension) {
            this(offset, rows, columns, leadingDimension, false);
        }

        /**
         * The index after the last element.
         *
         * @return greater than the offset
         */
        public long end() {
            return offset + (long) (runs() - 1) * leadingDimension + run();
        }

        /**
         * How many elements lie next to each other.
         *
         * @return rows, or columns if stored by rows
         */
        public int run() {
            return byRows ? columns : rows;
        }

        /**
         * How many runs of such elements there are.
         *
         * @return columns, or rows if stored by rows
         */
        public int runs() {
            return byRows ? rows : columns;
        }

        boolean contiguous() {
            return leadingDimension == rows || columns == 1;
        }
    }

    /** Checks the shape. {@inheritDoc} */
    public Matrix {
        bands = List.copyOf(bands);
        Require.present(role, "role");
        Require.argument(!bands.isEmpty(), "Parameter %s has no elements", name);
        int columns = bands.get(0).columns();
        Require.argument(
                bands.stream().allMatch(band -> band.columns() == columns),
                "The rows of parameter %s have different lengths: %s",
                name,
                bands);
        Require.argument(
                kernelArea > 0 && bands.get(0).rows() % kernelArea == 0,
                "Parameter %s: %s rows are no multiple of the kernel's area %s",
                name,
                bands.get(0).rows(),
                kernelArea);
    }

    /**
     * Contiguous elements in column-major order.
     *
     * @param name of the parameter
     * @param offset of the first element
     * @param rows inputs
     * @param columns outputs
     * @param role in the layer
     * @param kernelArea positions of a convolution's kernel
     * @return the matrix
     */
    public static Matrix contiguous(String name, long offset, int rows, int columns, Role role, int kernelArea) {
        return new Matrix(name, List.of(new Band(offset, rows, columns, rows)), role, kernelArea);
    }

    /**
     * A matrix with one row more, the homogeneous coordinate of its inputs.
     *
     * @param offset of the bias's first element
     * @return rows [W; b]
     */
    public Matrix withBias(long offset) {
        List<Band> more = new java.util.ArrayList<>(bands);
        more.add(new Band(offset, 1, columns(), 1));
        return new Matrix(name + ", b", more, role, kernelArea);
    }

    /**
     * Rows: the fan-in.
     *
     * @return at least 1
     */
    public int rows() {
        return bands.stream().mapToInt(Band::rows).sum();
    }

    /**
     * Columns: the fan-out.
     *
     * @return at least 1
     */
    public int columns() {
        return bands.get(0).columns();
    }

    /**
     * Number of elements.
     *
     * @return rows columns
     */
    public long length() {
        return (long) rows() * columns();
    }

    /**
     * Whether the elements lie one after the other in column-major order, so that the matrix is a view of the flat vector.
     *
     * @return true for one band without gaps
     */
    public boolean contiguous() {
        return bands.size() == 1 && !bands.get(0).byRows() && bands.get(0).contiguous();
    }
}
