package org.layerwise.examples.linear;

import org.layerwise.internal.linalg.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Population measures of one task: no sampling noise enters them. */
public final class Measures {
    private static final Measurement DIVERGED =
            new Measurement(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    private final INDArray truth;
    private final Side train;
    private final Side test;

    /** A task as the measures need it: true map [dY, dX] and covariance [dX, dX]. */
    private record Side(INDArray map, INDArray covariance) {
        static Side of(LinearTask.Domain domain, INDArray features) {
            return new Side(domain.map(features), domain.covariance().matrix());
        }

        /** {@code 1/2 tr(D Sigma D^T)} of the error {@code D = F G - F* G*}. */
        double excessRisk(INDArray features, INDArray head) {
            INDArray error = head.mmul(features).subi(map);
            return error.mmul(covariance).muli(error).sumNumber().doubleValue() / 2;
        }
    }

    public Measures(LinearTask task) {
        truth = task.features();
        train = Side.of(task.train(), truth);
        test = Side.of(task.test(), truth);
    }

    /** Measures features G [dh, dX] and head F [dY, dh]; both are read only. */
    public Measurement of(INDArray features, INDArray head) {
        if (!Double.isFinite(features.sumNumber().doubleValue())
                || !Double.isFinite(head.sumNumber().doubleValue())) {
            return DIVERGED;
        }
        INDArray outside = features.sub(features.mmul(truth.transpose()).mmul(truth));
        INDArray angles = principalSines(features, outside);
        return new Measurement(
                train.excessRisk(features, head),
                Math.min(1, Math.sqrt(Math.max(0, angles.maxNumber().doubleValue()))),
                transferLoss(features),
                Math.sqrt(Math.max(0, angles.sumNumber().doubleValue())),
                outside.norm2Number().doubleValue());
    }

    /** Excess risk on the test task with G frozen and the head at its optimum. */
    public double transferLoss(INDArray features) {
        INDArray head = LeastSquares.head(features, test.map(), test.covariance());
        return test.excessRisk(features, head);
    }

    /**
     * Squared sines of the angles between the rows of G and of G*: eigenvalues of
     * {@code R^-1 (G Pp)(G Pp)^T R^-T} with {@code R R^T = G G^T}. Small angles keep their relative accuracy because
     * {@code G Pp} is formed before it is squared.
     */
    private static INDArray principalSines(INDArray features, INDArray outside) {
        INDArray gram = features.mmul(features.transpose());
        SymmetricEigen eigen = SymmetricEigen.of(gram);
        INDArray scale = Transforms.pow(eigen.values(), -0.5);
        INDArray normalised = eigen.vectors().mulRowVector(scale).transpose().mmul(outside);
        return SymmetricEigen.of(normalised.mmul(normalised.transpose())).values();
    }
}
