package org.layerwise.internal.precondition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.layerwise.internal.Require;
import org.layerwise.internal.curvature.Partition;
import org.layerwise.internal.curvature.Partition.Range;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.TrianglePair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A Kronecker factor, dense or block-diagonal: of each block the running average and the snapshot that the inverse in use was
 * computed from.
 *
 * @param partition into blocks
 * @param pairs one a block
 */
record Factor(Partition partition, List<TrianglePair> pairs) {
    /** Elements of state. */
    static long length(Partition partition) {
        return partition.ranges().stream()
                .mapToLong(range -> TrianglePair.length(range.size()))
                .sum();
    }

    /** The factor in a section of state. */
    static Factor of(INDArray section, Partition partition) {
        List<TrianglePair> pairs = new ArrayList<>();
        long at = 0;
        for (Range range : partition.ranges()) {
            int d = range.size();
            INDArray part = partition.blocks() == 1
                    ? section
                    : section.get(NDArrayIndex.interval(at, at + TrianglePair.length(d)));
            pairs.add(new TrianglePair(part.reshape('f', d + 1, d)));
            at += TrianglePair.length(d);
        }
        return new Factor(partition, List.copyOf(pairs));
    }

    int dimension() {
        return partition.dimension();
    }

    /** The only block of a dense factor. */
    TrianglePair dense() {
        Require.state(pairs.size() == 1, "A factor in %s blocks is not dense", pairs.size());
        return pairs.get(0);
    }

    /** M = (1 - weight) M + weight X, block by block. */
    void blend(List<INDArray> samples, double weight, Kernels kernels) {
        for (int i = 0; i < pairs.size(); i++) {
            kernels.blend(samples.get(i), weight, pairs.get(i));
        }
    }

    /** Makes the running average the snapshot. */
    void promote(Kernels kernels) {
        pairs.forEach(kernels::promote);
    }

    boolean isFinite(Kernels kernels) {
        return pairs.stream().allMatch(pair -> kernels.norm(pair.array()) <= Double.MAX_VALUE);
    }

    /** The trace of one block's snapshot, or of its running average. */
    static double trace(TrianglePair pair, boolean ofSnapshot, Kernels kernels) {
        return Arrays.stream(diagonal(pair, ofSnapshot, kernels)).sum();
    }

    private static double[] diagonal(TrianglePair pair, boolean ofSnapshot, Kernels kernels) {
        int d = pair.dimension();
        return kernels.diagonal(pair.array(), ofSnapshot ? 0 : 1, d, d + 2);
    }

    /** The diagonal of the snapshot, or of the running average. */
    double[] diagonal(boolean ofSnapshot, Kernels kernels) {
        double[] diagonal = new double[dimension()];
        int at = 0;
        for (TrianglePair pair : pairs) {
            int d = pair.dimension();
            System.arraycopy(diagonal(pair, ofSnapshot, kernels), 0, diagonal, at, d);
            at += d;
        }
        return diagonal;
    }

    double trace(boolean ofSnapshot, Kernels kernels) {
        return Arrays.stream(diagonal(ofSnapshot, kernels)).sum();
    }
}
