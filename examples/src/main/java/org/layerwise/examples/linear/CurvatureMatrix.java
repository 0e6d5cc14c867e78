package org.layerwise.examples.linear;

import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Curvature of {@code 1/2 E||F G x - y||^2} over all parameters, [p, p], rows of G first, then rows of F. */
public enum CurvatureMatrix {
    /** Exact Fisher = Gauss-Newton matrix {@code E[J^T J]}; made of four Kronecker blocks. */
    GAUSS_NEWTON {
        @Override
        public INDArray of(TwoLayerNetwork network, Batch batch) {
            INDArray moment = batch.secondMoment();
            INDArray features = network.features();
            INDArray head = network.head();
            INDArray cross = moment.mmul(features.transpose());
            KroneckerBlocks blocks = new KroneckerBlocks(features.rows(), features.columns(), head.rows());
            blocks.features(Draws.values(head.transpose().mmul(head)), Draws.values(moment));
            blocks.mixed(Draws.values(head), Draws.values(cross));
            blocks.head(Draws.values(features.mmul(cross)));
            return blocks.matrix();
        }
    },

    /** Empirical Fisher {@code E[g_i g_i^T]}: per-example gradients at the labels of the batch. */
    EMPIRICAL_FISHER {
        @Override
        public INDArray of(TwoLayerNetwork network, Batch batch) {
            INDArray activations = batch.inputs().mmul(network.features().transpose());
            INDArray residual = activations.mmul(network.head().transpose()).subi(batch.targets());
            INDArray backpropagated = residual.mmul(network.head());
            try (INDArray gradients =
                    KroneckerBlocks.perExample(backpropagated, batch.inputs(), residual, activations)) {
                return Nd4j.gemm(gradients, gradients, true, false).divi(batch.size());
            }
        }
    };

    /** The matrix at the network's parameters, [p, p], a new array. */
    public abstract INDArray of(TwoLayerNetwork network, Batch batch);

    /** The matrix plus {@code damping I}. */
    public final INDArray damped(TwoLayerNetwork network, Batch batch, double damping) {
        INDArray matrix = of(network, batch);
        long size = matrix.rows();
        matrix.reshape(size * size)
                .get(NDArrayIndex.interval(0, size + 1, size * size))
                .addi(damping);
        return matrix;
    }
}
