package org.layerwise.examples.index.risk;

import org.layerwise.examples.numeric.Draws;
import org.layerwise.internal.linalg.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Ridge regression with an intercept, {@code min_(a,b) 1/n ||y - Z a - b||^2 + lambda ||a||^2}, for any number of
 * penalties lambda: one eigendecomposition of the centred Gram matrix serves them all.
 */
final class RidgeRegression {
    private final SymmetricEigen moment;
    private final INDArray cross;
    private final INDArray featureMean;
    private final double labelMean;

    private RidgeRegression(SymmetricEigen moment, INDArray cross, INDArray featureMean, double labelMean) {
        this.moment = moment;
        this.cross = cross;
        this.featureMean = featureMean;
        this.labelMean = labelMean;
    }

    /**
     * The problem of these examples.
     *
     * @param features Z, [n, p]
     * @param labels y, [n, 1]
     */
    static RidgeRegression of(INDArray features, INDArray labels) {
        double n = features.rows();
        INDArray mean = features.mean(true, 0);
        try (INDArray centred = features.subRowVector(mean);
                INDArray moment = centred.transpose().mmul(centred).divi(n)) {
            SymmetricEigen eigen = SymmetricEigen.of(moment);
            INDArray cross = centred.transpose().mmul(labels).divi(n);
            return new RidgeRegression(
                    eigen,
                    eigen.vectors().transpose().mmul(cross),
                    mean,
                    labels.meanNumber().doubleValue());
        }
    }

    /**
     * Mean squared error on other examples.
     *
     * @param features [m, p]
     * @param targets [m, 1]
     * @param penalties lambda, at least 0
     * @return one error per penalty
     */
    double[] errors(INDArray features, INDArray targets, double... penalties) {
        INDArray heads = heads(penalties);
        try (INDArray residuals = features.mmul(heads)) {
            residuals.addiRowVector(featureMean.mmul(heads).rsubi(labelMean)).subiColumnVector(targets);
            return Draws.values(residuals.muli(residuals).mean(0));
        }
    }

    /** The heads a, one a column, [p, penalties]. */
    INDArray heads(double... penalties) {
        INDArray scaled = Nd4j.create(cross.dataType(), cross.rows(), penalties.length);
        for (int i = 0; i < penalties.length; i++) {
            INDArray shrunk = moment.values().add(penalties[i]).reshape(cross.rows(), 1);
            scaled.putColumn(i, cross.div(shrunk));
        }
        return moment.vectors().mmul(scaled);
    }
}
