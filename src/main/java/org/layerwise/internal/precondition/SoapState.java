package org.layerwise.internal.precondition;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.method.StepContext;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The state of a method in eigenbases, as it is before a step. */
final class SoapState {
    private final SoapLayout layout;
    private final INDArray firstMoments;
    private final INDArray secondMoments;
    private final INDArray factors;
    private final INDArray bases;
    private final BlockAges ages;

    /**
     * One side of a block.
     *
     * @param ofColumns whether it acts from the right
     * @param factor averaged Gramian, upper
     * @param basis Q, an eigenvector a column
     */
    record RotatedSide(boolean ofColumns, Block factor, Block basis) {}

    SoapState(SoapLayout layout, Kernels kernels, StepContext context) {
        this.layout = layout;
        this.firstMoments = context.state(SoapLayout.FIRST_MOMENTS);
        this.secondMoments = context.state(SoapLayout.SECOND_MOMENTS);
        this.factors = context.state(SoapLayout.FACTORS);
        this.bases = context.state(SoapLayout.BASES);
        this.ages = new BlockAges(context.state(SoapLayout.AGES), context.steps(), kernels);
    }

    SoapLayout layout() {
        return layout;
    }

    BlockAges ages() {
        return ages;
    }

    /** m of all blocks, block after block. */
    INDArray firstMoments() {
        return firstMoments;
    }

    /** v of all blocks, block after block. */
    INDArray secondMoments() {
        return secondMoments;
    }

    /** Sets both moments of a block to zero. */
    void clearMoments(int tile) {
        long from = layout.start(tile);
        long to = from + layout.tiles().get(tile).length();
        firstMoments.get(NDArrayIndex.interval(from, to)).assign(0);
        secondMoments.get(NDArrayIndex.interval(from, to)).assign(0);
    }

    /** The sides of a block that are rotated, left first; none to two. */
    List<RotatedSide> sides(int tile) {
        List<RotatedSide> sides = new ArrayList<>(2);
        for (boolean ofColumns : new boolean[] {false, true}) {
            if (layout.isRotated(tile, ofColumns)) {
                Block factor = layout.square(factors, tile, ofColumns);
                sides.add(new RotatedSide(ofColumns, factor, layout.square(bases, tile, ofColumns)));
            }
        }
        return sides;
    }
}
