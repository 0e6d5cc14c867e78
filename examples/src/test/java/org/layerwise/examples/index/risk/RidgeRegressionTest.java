package org.layerwise.examples.index.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.layerwise.examples.numeric.Draws;
import org.layerwise.internal.linalg.Cholesky;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class RidgeRegressionTest {
    private static final int EXAMPLES = 40;
    private static final int FEATURES = 6;

    private final SplittableRandom random = new SplittableRandom(1);
    private final INDArray features =
            Draws.normal(EXAMPLES, FEATURES, 1, random).addi(3);
    private final INDArray labels = Draws.normal(EXAMPLES, 1, 1, random).addi(5);

    /** The normal equations of features and intercept together, the intercept without penalty. */
    private double directError(double penalty, INDArray fresh, INDArray targets) {
        INDArray design = Nd4j.hstack(features, Nd4j.ones(features.dataType(), EXAMPLES, 1));
        INDArray gram = design.transpose().mmul(design).divi(EXAMPLES);
        for (int i = 0; i < FEATURES; i++) {
            gram.putScalar(i, i, gram.getDouble(i, i) + penalty);
        }
        INDArray head =
                Cholesky.factor(gram).solve(design.transpose().mmul(labels).divi(EXAMPLES));
        INDArray padded = Nd4j.hstack(fresh, Nd4j.ones(fresh.dataType(), fresh.rows(), 1));
        INDArray residual = padded.mmul(head).subi(targets);
        return residual.mul(residual).meanNumber().doubleValue();
    }

    @Test
    void everyPenalty_solvesItsNormalEquations() {
        INDArray fresh = Draws.normal(11, FEATURES, 2, random);
        INDArray targets = Draws.normal(11, 1, 1, random);
        double[] penalties = {0, .1, 10};

        double[] errors = RidgeRegression.of(features, labels).errors(fresh, targets, penalties);

        for (int i = 0; i < penalties.length; i++) {
            assertThat(errors[i]).isCloseTo(directError(penalties[i], fresh, targets), within(1e-10 * errors[i]));
        }
    }

    @Test
    void labelsLinearInTheFeatures_arePredictedExactly() {
        INDArray linear = features.mmul(Draws.normal(FEATURES, 1, 1, random)).addi(2);

        assertThat(RidgeRegression.of(features, linear).errors(features, linear, 0)[0])
                .isCloseTo(0, within(1e-20));
    }

    @Test
    void largePenalty_leavesTheMean() {
        double[] error = RidgeRegression.of(features, labels).errors(features, labels, 1e12);

        assertThat(error[0]).isCloseTo(labels.var(false).getDouble(0), within(1e-9));
    }

    @Test
    void deadFeature_doesNotMatter() {
        INDArray dead = Nd4j.hstack(features, Nd4j.zeros(features.dataType(), EXAMPLES, 1));

        double with = RidgeRegression.of(dead, labels).errors(dead, labels, .1)[0];

        assertThat(with).isCloseTo(RidgeRegression.of(features, labels).errors(features, labels, .1)[0], within(1e-12));
    }
}
