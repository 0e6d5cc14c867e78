package org.layerwise.examples.linear;

import org.layerwise.Attachment;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The alternating layer-wise scheme of arXiv 2502.01763, eq. (5): the features step with their preconditioned updater
 * at the current head, then the head moves at the new features,
 * {@code F+ = F - eta_F grad_F (Z^T Z / n)^-1 = (1 - eta_F) F + eta_F F_LS(G+)}. Both on the same batch. The reference
 * values of the experiment hold for {@code eta_F = eta_G}.
 *
 * @param network the network in training; its head has a zero learning rate
 * @param attachment what binds the features' updater to the network
 * @param headRate eta_F in (0, 1]; 1 is exact least squares
 */
record LayerwiseTrainer(TwoLayerNetwork network, Attachment attachment, double headRate) implements Trainer {
    @Override
    public void step(Batch batch) {
        network.fit(batch);
        INDArray target = LeastSquares.head(network.features(), batch);
        network.setHead(network.head().mul(1 - headRate).addi(target.muli(headRate)));
    }

    @Override
    public void close() {
        attachment.close();
    }
}
