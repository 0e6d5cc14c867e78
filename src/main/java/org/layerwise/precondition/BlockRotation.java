package org.layerwise.precondition;

import java.util.List;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.layerwise.precondition.EigenbasisState.Side;
import org.layerwise.precondition.MatrixMethod.Memory;

/** Rotates the blocks of a matrix into their eigenbases and back. */
final class BlockRotation {
    private final EigenbasisState plan;
    private final Memory memory;
    private final Kernels kernels;

    BlockRotation(EigenbasisState plan, Memory memory) {
        this.plan = plan;
        this.memory = memory;
        this.kernels = memory.kernels();
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
        List<Side> sides = plan.sides(memory.state(), tile);
        if (sides.isEmpty()) {
            kernels.transfer(from, 1, to, false);
        } else if (sides.size() == 1) {
            rotate(sides.get(0), from, to, back);
        } else {
            Block half = Block.of(memory.scratch().matrix("half", from.rows(), from.columns()));
            rotate(sides.get(0), from, half, back);
            rotate(sides.get(1), half, to, back);
        }
    }

    private void rotate(Side side, Block from, Block to, boolean back) {
        if (side.ofColumns()) {
            kernels.multiply(1, from, false, side.basis(), back, 0, to);
        } else {
            kernels.multiply(1, side.basis(), !back, from, false, 0, to);
        }
    }
}
