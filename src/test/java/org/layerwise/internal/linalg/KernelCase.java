package org.layerwise.internal.linalg;

import java.util.stream.Stream;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.RandomMatrices.Storage;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One implementation of the kernels with one element type; the contract tests run for each. */
record KernelCase(Kernels kernels, DataType type) {
    /** Rows and columns: degenerate, odd, and beyond the blocking of small kernels. */
    static final int[][] SHAPES = {{1, 1}, {1, 7}, {7, 1}, {3, 2}, {5, 5}, {33, 17}, {60, 60}};

    static Stream<KernelCase> all() {
        return Stream.of(HostKernels.INSTANCE, DeviceKernels.INSTANCE)
                .flatMap(kernels ->
                        Stream.of(DataType.DOUBLE, DataType.FLOAT).map(type -> new KernelCase(kernels, type)));
    }

    boolean host() {
        return kernels == HostKernels.INSTANCE;
    }

    double rounding() {
        return Tolerance.rounding(type);
    }

    /** Standard normal numbers that both the oracle and the array hold exactly. */
    double[][] gaussian(long seed, int rows, int columns) {
        return Loops.rounded(new RandomMatrices(seed).gaussian(rows, columns), type);
    }

    /** A symmetric argument: full for the portable kernels, NaN below the diagonal for those that must not look there. */
    INDArray upper(double[][] a) {
        return host() ? Loops.upper(a, type) : Loops.array(a, type, 'f');
    }

    /** A dense 'f' array at an offset inside its buffer. */
    INDArray dense(double[][] a) {
        return RandomMatrices.stored(a, type, Storage.OFFSET);
    }

    @Override
    public String toString() {
        return kernels.getClass().getSimpleName() + " " + type;
    }
}
