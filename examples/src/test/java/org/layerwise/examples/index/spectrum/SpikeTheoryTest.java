package org.layerwise.examples.index.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.hipparchus.analysis.integration.gauss.GaussIntegratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.examples.numeric.Draws;
import org.layerwise.examples.numeric.RightSingular;
import org.layerwise.examples.numeric.SquaredCosine;
import org.nd4j.linalg.api.ndarray.INDArray;

final class SpikeTheoryTest {
    /** 600 x 300, theta 1.8: 2.618 and .622. */
    @Test
    void formulas_giveTheListedValues() {
        SpikeTheory theory = new SpikeTheory(2);

        assertThat(theory.largest(1.8)).isCloseTo(2.618, within(1e-3));
        assertThat(theory.alignment(1.8)).isCloseTo(.619, within(1e-3));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.5, 2, 4})
    void outlier_leavesTheEdgeContinuously(double ratio) {
        SpikeTheory theory = new SpikeTheory(ratio);
        double threshold = theory.threshold();

        assertThat(theory.largest(threshold * (1 + 1e-9))).isCloseTo(theory.upperEdge(), within(1e-7));
        assertThat(theory.alignment(threshold * (1 + 1e-9))).isCloseTo(0, within(1e-7));
        assertThat(theory.largest(.5 * threshold)).isEqualTo(theory.upperEdge());
        assertThat(theory.alignment(.5 * threshold)).isZero();
        assertThat(theory.alignment(1e4)).isCloseTo(1, within(1e-7));
    }

    /** Integral 1 and second moment c, the trace of G0^T G0 over dX. */
    @ParameterizedTest
    @ValueSource(doubles = {1.5, 2, 4})
    void density_hasItsMoments(double ratio) {
        SpikeTheory theory = new SpikeTheory(ratio);
        var rule = new GaussIntegratorFactory().legendre(100, theory.lowerEdge(), theory.upperEdge());

        // Square root at the edges: the rule converges slowly.
        assertThat(rule.integrate(theory::density)).isCloseTo(1, within(1e-4));
        assertThat(rule.integrate(s -> s * s * theory.density(s))).isCloseTo(ratio, within(1e-4 * ratio));
        assertThat(theory.density(theory.upperEdge() + .1)).isZero();
    }

    /** A random matrix with a planted spike; means over draws within four standard errors and O(1/dX). */
    @Test
    void plantedSpike_isWhereTheTheorySays() {
        int inputs = 150;
        int hidden = 300;
        double theta = 2.1;
        int draws = 12;
        SpikeTheory theory = new SpikeTheory(2);
        SplittableRandom random = new SplittableRandom(1);
        double value = 0;
        double alignment = 0;
        for (int draw = 0; draw < draws; draw++) {
            INDArray left = Draws.normal(hidden, 1, 1, random);
            INDArray right = Draws.normal(1, inputs, 1, random);
            left.divi(left.norm2Number());
            right.divi(right.norm2Number());
            INDArray matrix = Draws.normal(hidden, inputs, 1 / Math.sqrt(inputs), random);
            RightSingular singular =
                    RightSingular.of(matrix.addi(left.mmul(right).muli(theta)));
            value += singular.value(0) / draws;
            alignment += SquaredCosine.of(singular.vector(0), right.reshape(inputs)) / draws;
        }

        // One draw scatters by about 1/sqrt(dX) = .08 in the value and .05 in the alignment.
        assertThat(value).isCloseTo(theory.largest(theta), within(4 * .08 / Math.sqrt(draws)));
        assertThat(alignment).isCloseTo(theory.alignment(theta), within(4 * .05 / Math.sqrt(draws)));
    }

    /** Johnstone's scale in singular values for 600 x 300: relative .0055 of the edge. */
    @Test
    void edgeScale_shrinksWithTheSize() {
        SpikeTheory theory = new SpikeTheory(2);

        assertThat(theory.edgeScale(300) / theory.upperEdge()).isCloseTo(.0055, within(1e-4));
        assertThat(theory.edgeScale(2400)).isCloseTo(theory.edgeScale(300) / 4, within(1e-9));
    }

    @Test
    void wideLayer_isRefused() {
        assertThatThrownBy(() -> new SpikeTheory(.5)).hasMessage("ratio is 0.5: must be at least 1");
    }
}
