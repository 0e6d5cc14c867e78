package org.layerwise.examples.linear;

import org.layerwise.internal.linalg.Cholesky;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Heads that are optimal for given features. */
public final class LeastSquares {
    private LeastSquares() {}

    /** {@code argmin_F ||X G^T F^T - Y||_F}, [dY, dh], by the normal equations (dh is small). */
    public static INDArray head(INDArray features, Batch batch) {
        return headOn(batch.inputs().mmul(features.transpose()), batch);
    }

    /** {@code argmin_F ||Z F^T - Y||_F}, [dY, dh], for given activations Z [n, dh] of the batch. */
    public static INDArray headOn(INDArray activations, Batch batch) {
        INDArray moment = activations.transpose().mmul(activations);
        INDArray cross = activations.transpose().mmul(batch.targets());
        return Cholesky.factor(moment).solve(cross).transpose();
    }

    /** Population version, {@code F* G* Sigma G^T (G Sigma G^T)^-1}, [dY, dh]. */
    public static INDArray head(INDArray features, INDArray map, INDArray covariance) {
        INDArray weighted = covariance.mmul(features.transpose());
        INDArray cross = map.mmul(weighted);
        return Cholesky.factor(features.mmul(weighted)).solve(cross.transpose()).transpose();
    }
}
