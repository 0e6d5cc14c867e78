package org.layerwise.examples.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class RightSingularTest {
    @Test
    void knownFactors_areFound() {
        SplittableRandom random = new SplittableRandom(1);
        INDArray left = Draws.orthonormalRows(3, 7, random);
        INDArray right = Draws.orthonormalRows(3, 5, random);
        INDArray values = Nd4j.createFromArray(3.0, 2.0, .5);

        RightSingular singular =
                RightSingular.of(left.transpose().mulRowVector(values).mmul(right));

        assertThat(singular.count()).isEqualTo(5);
        for (int rank = 0; rank < 3; rank++) {
            assertThat(singular.value(rank)).isCloseTo(values.getDouble(rank), within(1e-12));
            assertThat(SquaredCosine.of(singular.vector(rank), right.getRow(rank)))
                    .isCloseTo(1, within(1e-12));
        }
        assertThat(singular.alignments(right.getRow(1).mul(-3)))
                .containsExactly(new double[] {0, 1, 0, 0, 0}, within(1e-12));
        assertThat(singular.value(4)).isCloseTo(0, within(1e-7));
        assertThatThrownBy(() -> singular.value(5)).hasMessage("rank is 5: must be in [0, 4]");
    }

    @Test
    void alignment_isFreeOfScaleAndFollowsTheMetric() {
        INDArray u = Nd4j.createFromArray(1.0, 1.0);
        INDArray v = Nd4j.createFromArray(-2.0, 0.0);
        INDArray metric = Nd4j.createFromArray(new double[][] {{3, 0}, {0, 1}});

        assertThat(SquaredCosine.of(u, v)).isCloseTo(.5, within(1e-15));
        assertThat(SquaredCosine.of(u.mul(7), v, metric)).isCloseTo(.75, within(1e-15));
    }

    @Test
    void logGrid_isGeometricAndChecked() {
        assertThat(new LogGrid(.3, 30, 3).values()).containsExactly(new double[] {.3, 3, 30}, within(1e-12));
        assertThatThrownBy(() -> new LogGrid(0, 1, 3)).hasMessageContaining("[0.0, 1.0]");
        assertThatThrownBy(() -> new LogGrid(1, 2, 1)).hasMessageContaining("Grid of 1 points");
    }

    @Test
    void ratio_pairsItsSamples() {
        Estimate ratio = Estimate.ratio(new double[] {2, 8}, new double[] {1, 4});

        assertThat(ratio.value()).isCloseTo(2, within(1e-12));
        assertThat(ratio.standardError()).isCloseTo(0, within(1e-12));
        assertThatThrownBy(() -> Estimate.ratio(new double[1], new double[2])).hasMessageContaining("1 numerators");
    }
}
