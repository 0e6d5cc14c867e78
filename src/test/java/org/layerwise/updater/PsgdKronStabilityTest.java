package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;
import static org.layerwise.updater.PsgdKronTest.G1;
import static org.layerwise.updater.PsgdKronTest.G2;
import static org.layerwise.updater.PsgdKronTest.NO_LIMIT;
import static org.layerwise.updater.PsgdKronTest.exact;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.settings.Period;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;

/** Hard gradients: PSGD's steps stay bounded whatever the scale of the gradient or of what came before it. */
class PsgdKronStabilityTest {
    /** Factors that grew by their damping while there was no gradient would blow up the next one to the limit of 10. */
    @Test
    void step_smallGradientAfterManyZeros_isSmall() {
        RandomMatrices random = new RandomMatrices(15);
        MatrixSteps steps = new MatrixSteps(exact().damping(1e-9).build(), new double[4][3], DataType.DOUBLE);
        steps.step(random.gaussian(4, 3));
        for (int i = 0; i < 100; i++) {
            steps.step(new double[4][3]);
        }
        assertThatArray(steps.step(Loops.scaled(1e-4, random.gaussian(4, 3)))).isWithin(new double[4][3], 1e-3);
    }

    /** The fourth power of damping over a first gradient beyond all measure would make factors of zero, which never grow. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-90, 1e-300})
    void step_firstGradientFarBelowTheDamping_isNoDeadEnd(double scale) {
        double[][] gradient = new RandomMatrices(16).gaussian(4, 3);
        PsgdKron psgd = PsgdKron.builder().learningRate(1).momentum(0).build();
        MatrixSteps steps = new MatrixSteps(psgd, new double[4][3], DataType.DOUBLE);
        steps.step(Loops.scaled(scale, gradient));
        double[][] update = steps.step(gradient);
        assertThatArray(update).isWithin(new double[4][3], 10);
        assertThat(Loops.dot(update, update)).isGreaterThan(1);
    }

    /** Steps do not depend on the gradient's scale, since the first gradient sets the preconditioner's. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-20, 1e20})
    void step_scaledGradients_areTheSameSteps(double scale) {
        RandomMatrices random = new RandomMatrices(11);
        for (int[] shape : new int[][] {{6, 4}, {1, 5}, {5, 1}, {1, 1}}) {
            for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                PsgdKron psgd = PsgdKron.builder().learningRate(1).damping(0).build();
                MatrixSteps plain = new MatrixSteps(psgd, new double[shape[0]][shape[1]], type);
                MatrixSteps scaled = new MatrixSteps(psgd, new double[shape[0]][shape[1]], type);
                for (int i = 0; i < 5; i++) {
                    double[][] gradient = random.gaussian(shape[0], shape[1]);
                    assertThatArray(scaled.step(Loops.scaled(scale, gradient)))
                            .as("%s by %s, %s", shape[0], shape[1], type)
                            .isCloseTo(plain.step(gradient), type == DataType.DOUBLE ? 1e-9 : 1e-3);
                }
            }
        }
    }

    /** A factor that was fitted to one scale meets another: steps stay bounded, and finite for ever. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-20, 1e20, 1e30})
    void step_alternatingScales_staysBounded(double scale) {
        RandomMatrices random = new RandomMatrices(13);
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            PsgdKron psgd =
                    PsgdKron.builder().learningRate(1).updates(Period.every(1)).build();
            MatrixSteps steps = new MatrixSteps(psgd, new double[6][4], type);
            for (int i = 0; i < 60; i++) {
                double[][] gradient = Loops.scaled(i % 3 == 2 ? scale : 1, random.gaussian(6, 4));
                assertThatArray(steps.step(gradient)).isWithin(new double[6][4], 10);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_zeroGradients_areHarmless(DataType type) {
        PsgdKron psgd = PsgdKron.builder()
                .learningRate(1)
                .momentum(0)
                .updates(Period.every(1))
                .build();
        MatrixSteps steps = new MatrixSteps(psgd, new double[3][2], type);
        MatrixSteps untouched = new MatrixSteps(psgd, new double[3][2], type);
        assertThatArray(steps.step(new double[3][2])).isWithin(new double[3][2], 0);
        double[][] first = untouched.step(Loops.transpose(G1));
        assertThatArray(steps.step(Loops.transpose(G1)))
                .isCloseTo(first, type == DataType.DOUBLE ? Tolerance.FORMULA : 1e-5);
        for (int i = 0; i < 500; i++) {
            assertThatArray(steps.step(new double[3][2])).isWithin(new double[3][2], 0);
        }
        assertThatArray(steps.step(Loops.transpose(G2))).isWithin(new double[3][2], 10);
    }

    /** Without damping the preconditioner would grow without end where no gradient goes. */
    @Test
    void step_rankOneGradient_isBoundedByDamping() {
        double damping = 1e-3;
        PsgdKron psgd = exact().damping(damping)
                .maxSkew(Double.POSITIVE_INFINITY)
                .largestRms(NO_LIMIT)
                .largestElement(NO_LIMIT)
                .build();
        double[][] gradient = Loops.multiply(new double[][] {{1}, {2}, {-3}}, new double[][] {{4, 5}});
        MatrixSteps steps = new MatrixSteps(psgd, new double[3][2], DataType.DOUBLE);
        for (int i = 0; i < 3000; i++) {
            steps.step(gradient);
        }
        double[][] orthogonal = Loops.multiply(new double[][] {{2}, {-1}, {0}}, new double[][] {{5, -4}});
        double size = Math.sqrt(5 * 41);
        double amplified = 0;
        for (double[] row : steps.step(orthogonal)) {
            for (double each : row) {
                amplified = Math.hypot(amplified, each);
            }
        }
        assertThat(amplified / size).isBetween(.05 / damping, 3 / damping);
    }

    @Test
    void step_largeDirection_isCut() {
        PsgdKron psgd = exact().updates(Period.at(1)).build();
        MatrixSteps steps = new MatrixSteps(psgd, new double[30][30], DataType.DOUBLE);
        double[][] gradient = new RandomMatrices(2).gaussian(30, 30);
        steps.step(gradient);
        double[][] cut = steps.step(Loops.scaled(1e3, gradient));
        double square = 0;
        for (double[] row : cut) {
            for (double each : row) {
                square += each * each;
            }
        }
        assertThat(Math.sqrt(square / 900)).isCloseTo(2, within(1e-9));
        double[][] spike = new double[30][30];
        spike[3][4] = 1e6;
        assertThat(steps.step(spike)[3][4]).isCloseTo(10, within(1e-9));
    }
}
