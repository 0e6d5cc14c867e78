package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.InverseRoot.Solver;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.Period;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;

/** What Shampoo does when roots cannot be computed. */
class ShampooFailureTest {
    private static final double[][] G1 = {{1, 2}, {-1, .5}, {-1.5, 3}};
    private static final double[][] G2 = {{-2, .25}, {1.5, 1}, {1, -.5}};

    private final Diagnostics diagnostics = new Diagnostics();

    /** Factors are sums, so that what is broken stays broken; two blocks, [2, 2] and [1, 2]. */
    private static Shampoo.Builder builder() {
        return Shampoo.builder()
                .learningRate(1)
                .momentum(0)
                .factorDecay(1)
                .blockSize(2)
                .grafting(Grafting.sgd())
                .statistics(Period.every(1))
                .refresh(Period.every(1));
    }

    private MatrixSteps steps(Shampoo shampoo, double[][] start, DataType type) {
        return new MatrixSteps(shampoo, start, type).countingIn(diagnostics);
    }

    /** Overwrites the first element of the first block's input factor. */
    private static void breakFactor(MatrixSteps steps) {
        steps.section("factors").putScalar(0, Double.NaN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT", "DOUBLE"})
    void refresh_brokenFactor_keepsTheBlocksRoots(DataType type) {
        MatrixSteps broken = steps(builder().build(), new double[3][2], type);
        MatrixSteps once = new MatrixSteps(builder().refresh(Period.at(1)).build(), new double[3][2], type);
        MatrixSteps healthy = new MatrixSteps(builder().build(), new double[3][2], type);
        for (MatrixSteps each : new MatrixSteps[] {broken, once, healthy}) {
            each.step(G1);
        }
        breakFactor(broken);
        double[][] update = broken.step(G2);
        assertThat(diagnostics.count(Event.INVERSE_KEPT)).isEqualTo(1);
        assertThat(diagnostics).hasToString("inverse kept 1");
        double[][] old = once.step(G2);
        double[][] fresh = healthy.step(G2);
        assertThatArray(new double[][] {update[0], update[1]})
                .isCloseTo(new double[][] {old[0], old[1]}, Tolerance.EXACT);
        assertThatArray(new double[][] {update[2]}).isCloseTo(new double[][] {fresh[2]}, Tolerance.EXACT);
    }

    @Test
    void refresh_brokenFromTheStart_stepsAlongTheGraft() {
        MatrixSteps broken = steps(builder().startStep(2).build(), new double[3][2], DataType.DOUBLE);
        broken.step(G1);
        breakFactor(broken);
        double[][] update = broken.step(G2);
        assertThat(diagnostics.count(Event.PLAIN_GRADIENT)).isEqualTo(1);
        assertThatArray(new double[][] {update[0], update[1]})
                .isCloseTo(new double[][] {G2[0], G2[1]}, Tolerance.EXACT);
        broken.step(G1);
        assertThat(diagnostics.count(Event.PLAIN_GRADIENT)).isEqualTo(2);
    }

    @Test
    void refresh_brokenFactor_throwsInStrictMode() {
        MatrixSteps broken = steps(builder().strict(true).build(), new double[3][2], DataType.DOUBLE);
        broken.step(G1);
        breakFactor(broken);
        assertThatThrownBy(() -> broken.step(G2))
                .isInstanceOf(NumericalException.class)
                .hasMessageContaining("layer0")
                .hasMessageContaining("parameter W")
                .hasMessageContaining("[0, 0]")
                .hasMessageContaining("epsilon");
    }

    /** The smallest eigenvalue of G G' is near the rounding of single precision, where the iteration breaks down. */
    @Test
    void refresh_hardFactor_isTriedInDoublePrecision() {
        Shampoo shampoo = builder()
                .withoutBlocks()
                .exponent(.5)
                .root(InverseRoot.absolute(0).by(Solver.COUPLED_NEWTON))
                .build();
        for (int seed = 1; seed <= 3; seed++) {
            double[][] q = new RandomMatrices(seed).orthogonal(6);
            double[][] spectrum = Loops.identity(6);
            spectrum[5][5] = 3e-4;
            double[][] gradient = Loops.multiply(Loops.multiply(q, spectrum), Loops.transpose(q));
            double[][] update = steps(shampoo, new double[6][6], DataType.FLOAT).step(gradient);
            assertThatArray(Loops.scaled(0, update)).isWithin(new double[6][6], 0);
        }
        assertThat(diagnostics.count(Event.DOUBLE_PRECISION)).isPositive();
        assertThat(diagnostics.count(Event.PLAIN_GRADIENT)).isZero();
    }
}
