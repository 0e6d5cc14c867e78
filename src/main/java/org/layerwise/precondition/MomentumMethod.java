package org.layerwise.precondition;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Momentum, then the steepest direction of the result in some norm: Muon and Scion.
 *
 * @param momentum of the gradient
 * @param direction of the step
 */
public record MomentumMethod(Momentum momentum, SteepestDirection direction) implements MatrixMethod {
    @Override
    public long stateLength(int rows, int columns) {
        return momentum.stateLength((long) rows * columns);
    }

    @Override
    public String layout(int rows, int columns) {
        return momentum.layout();
    }

    @Override
    public long flops(int rows, int columns) {
        return direction.flops(rows, columns);
    }

    @Override
    public void step(INDArray matrix, Memory memory) {
        momentum.apply(matrix, memory.state(), memory.kernels());
        direction.apply(matrix, memory.kernels(), memory.scratch());
    }
}
