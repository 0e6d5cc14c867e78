package org.layerwise.internal.precondition;

import java.util.List;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.SoapState.RotatedSide;
import org.layerwise.method.StepContext;

/** Rotates the blocks of a matrix into their eigenbases and back. */
final class BlockRotation {
    private final SoapState state;
    private final Kernels kernels;
    private final StepContext context;

    BlockRotation(SoapState state, Kernels kernels, StepContext context) {
        this.state = state;
        this.kernels = kernels;
        this.context = context;
    }

    /** to = Q_L' from Q_R. */
    void rotate(int tile, Block from, Block to) {
        rotate(tile, from, to, false);
    }

    /** to = Q_L from Q_R'. */
    void rotateBack(int tile, Block from, Block to) {
        rotate(tile, from, to, true);
    }

    private void rotate(int tile, Block from, Block to, boolean back) {
        List<RotatedSide> sides = state.sides(tile);
        if (sides.isEmpty()) {
            kernels.transfer(from, 1, to, false);
        } else if (sides.size() == 1) {
            rotate(sides.get(0), from, to, back);
        } else {
            Block half = Block.of(context.scratch("half", from.rows(), from.columns()));
            rotate(sides.get(0), from, half, back);
            rotate(sides.get(1), half, to, back);
        }
    }

    private void rotate(RotatedSide side, Block from, Block to, boolean back) {
        if (side.ofColumns()) {
            kernels.multiply(1, from, false, side.basis(), back, 0, to);
        } else {
            kernels.multiply(1, side.basis(), !back, from, false, 0, to);
        }
    }
}
