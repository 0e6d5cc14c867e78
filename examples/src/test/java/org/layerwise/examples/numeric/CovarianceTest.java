package org.layerwise.examples.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.internal.linalg.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class CovarianceTest {
    @ParameterizedTest
    @ValueSource(doubles = {1, 100, 1000})
    void hasTheAskedConditionNumberAndTrace(double kappa) {
        INDArray matrix =
                Covariance.logSpaced(30, kappa, new SplittableRandom(3)).matrix();

        INDArray eigenvalues = SymmetricEigen.of(matrix).values();

        assertThat(eigenvalues.getDouble(29) / eigenvalues.getDouble(0)).isCloseTo(kappa, within(1e-9 * kappa));
        assertThat(eigenvalues.sumNumber().doubleValue()).isCloseTo(30, within(1e-10));
    }

    @Test
    void rootAndInverseBelongToTheMatrix() {
        Covariance covariance = Covariance.logSpaced(12, 50, new SplittableRandom(4));

        INDArray squared = covariance.root().mmul(covariance.root());
        INDArray identity = covariance.matrix().mmul(covariance.inverse());

        assertThat(squared.distance2(covariance.matrix())).isLessThan(1e-12);
        assertThat(identity.distance2(Nd4j.eye(12).castTo(identity.dataType()))).isLessThan(1e-12);
    }
}
