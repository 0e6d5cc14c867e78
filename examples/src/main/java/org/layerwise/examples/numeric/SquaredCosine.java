package org.layerwise.examples.numeric;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Squared cosine of the angle between two directions, in [0, 1]. */
public final class SquaredCosine {
    private SquaredCosine() {}

    /** {@code (u^T v)^2 / (u^T u v^T v)} of two vectors of equal length. */
    public static double of(INDArray u, INDArray v) {
        double product = dot(u, v);
        return product * product / (dot(u, u) * dot(v, v));
    }

    /**
     * The same in the metric {@code u^T A v}.
     *
     * @param metric A, symmetric and positive definite, [n, n]
     */
    public static double of(INDArray u, INDArray v, INDArray metric) {
        INDArray image = metric.mmul(v.reshape(v.length(), 1)).reshape(v.length());
        INDArray other = metric.mmul(u.reshape(u.length(), 1)).reshape(u.length());
        double product = dot(u, image);
        return product * product / (dot(u, other) * dot(v, image));
    }

    private static double dot(INDArray u, INDArray v) {
        return u.mul(v).sumNumber().doubleValue();
    }
}
