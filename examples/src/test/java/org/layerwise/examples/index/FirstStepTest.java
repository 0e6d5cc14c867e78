package org.layerwise.examples.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.examples.index.IndexTask.Orientation;
import org.layerwise.examples.numeric.Draws;
import org.layerwise.examples.numeric.RightSingular;
import org.nd4j.linalg.api.ndarray.INDArray;

class FirstStepTest {
    private static final int INPUTS = 6;
    private static final int HIDDEN = 8;
    private static final int EXAMPLES = 40;
    private static final double DAMPING = .2;

    /** Double precision through the network and the factorisation. */
    /** Eight steps of Polar Express leave this much of the smallest singular values. */
    private static final double POLAR = 1e-4;

    private static final double ROUNDING = 1e-9;

    private final IndexTask task = IndexTask.random(INPUTS, 10, Orientation.ROTATED, Teacher.QUADRATIC, .3, 1);
    private final Student.Start start = Student.Start.random(HIDDEN, INPUTS, 1);
    private final Examples examples = task.sample(EXAMPLES, new SplittableRandom(2));
    private final RealMatrix inputs = matrix(examples.inputs());
    private final RealMatrix gradient = gradient();

    @Test
    void sgd_isTheNegativeGradient() {
        assertEqual(FirstStep.SGD.update(start, examples, DAMPING), gradient.scalarMultiply(-1));
    }

    @Test
    void kfac_isTheGradientTimesTheInverseOfTheBatchesSecondMoment() {
        RealMatrix factor =
                moment().add(MatrixUtils.createRealIdentityMatrix(INPUTS).scalarMultiply(DAMPING));
        assertEqual(
                FirstStep.KFAC.update(start, examples, DAMPING),
                gradient.multiply(MatrixUtils.inverse(factor)).scalarMultiply(-1));
    }

    @Test
    void adam_isTheSignOfTheGradient() {
        INDArray update = FirstStep.ADAM.update(start, examples, DAMPING);
        double[][] actual = update.toDoubleMatrix();
        for (int i = 0; i < HIDDEN; i++) {
            for (int j = 0; j < INPUTS; j++) {
                double expected = -Math.signum(gradient.getEntry(i, j));
                assertThat(actual[i][j]).isCloseTo(expected, within(ROUNDING));
            }
        }
    }

    @Test
    void diagonal_dividesByTheInputsMeanSquares() {
        RealMatrix expected = gradient.scalarMultiply(-1);
        for (int j = 0; j < INPUTS; j++) {
            expected.setColumnVector(j, expected.getColumnVector(j).mapDivide(moment().getEntry(j, j) + DAMPING));
        }
        assertEqual(FirstStep.DIAGONAL.update(start, examples, DAMPING), expected);
    }

    @ParameterizedTest
    @EnumSource
    void update_leavesItsArgumentsAlone(FirstStep method) {
        INDArray features = start.features().dup();
        INDArray batch = examples.inputs().dup();
        method.update(start, examples, DAMPING);
        assertThat(start.features()).isEqualTo(features);
        assertThat(examples.inputs()).isEqualTo(batch);
        assertThat(FirstStep.of(method.id())).isSameAs(method);
    }

    @ParameterizedTest
    @CsvSource({"5, 9", "9, 5", "7, 7", "1, 4", "4, 1"})
    void leadingDirection_isTheFirstRightSingularVector(int rows, int columns) {
        INDArray m = Draws.normal(rows, columns, 1, new SplittableRandom(4));
        double[] expected = new SingularValueDecomposition(matrix(m)).getV().getColumn(0);
        double[] actual = Draws.values(RightSingular.of(m).vector(0));
        double dot = 0;
        double square = 0;
        for (int i = 0; i < columns; i++) {
            dot += expected[i] * actual[i];
            square += actual[i] * actual[i];
        }
        assertThat(dot * dot / square).isCloseTo(1, within(ROUNDING));
    }

    @Test
    void balancedStart_hasNoOutputAndNeedsQuadruples() {
        Student.Start balanced = Student.Start.balanced(HIDDEN, INPUTS, 1);
        RealMatrix hidden = inputs.multiply(matrix(balanced.features()).transpose());
        double[] head = Draws.values(balanced.head());
        for (int i = 0; i < EXAMPLES; i++) {
            double output = 0;
            for (int j = 0; j < HIDDEN; j++) {
                output += head[j] * Math.max(0, hidden.getEntry(i, j));
            }
            assertThat(output).isCloseTo(0, within(ROUNDING));
        }
        assertThatThrownBy(() -> Student.Start.balanced(6, INPUTS, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("hidden is 6: must be a multiple of 4");
    }

    @Test
    void alignment_isOneOnlyAlongTheIndex() {
        Alignment along = Alignment.of(task.direction().mul(-3), task);
        assertThat(along.identity()).isCloseTo(1, within(ROUNDING));
        assertThat(along.covariance()).isCloseTo(1, within(ROUNDING));
        Alignment other = Alignment.of(Draws.normal(1, INPUTS, 1, new SplittableRandom(8)), task);
        assertThat(other.identity()).isBetween(0.0, .99);
        assertThat(other.covariance()).isBetween(0.0, .99);
    }

    /** {@code -(1/n) sum_i (y_i - f(x_i)) a_j 1[g_j x_i > 0] x_i}, by hand. */
    private RealMatrix gradient() {
        RealMatrix features = matrix(start.features());
        double[] head = Draws.values(start.head());
        double[] labels = Draws.values(examples.labels());
        RealMatrix hidden = inputs.multiply(features.transpose());
        RealMatrix sum = MatrixUtils.createRealMatrix(HIDDEN, INPUTS);
        for (int i = 0; i < EXAMPLES; i++) {
            double output = 0;
            for (int j = 0; j < HIDDEN; j++) {
                output += head[j] * Math.max(0, hidden.getEntry(i, j));
            }
            for (int j = 0; j < HIDDEN; j++) {
                if (hidden.getEntry(i, j) > 0) {
                    double weight = (output - labels[i]) * head[j] / EXAMPLES;
                    sum.setRowVector(
                            j, sum.getRowVector(j).add(inputs.getRowVector(i).mapMultiply(weight)));
                }
            }
        }
        return sum;
    }

    private RealMatrix moment() {
        return inputs.transpose().multiply(inputs).scalarMultiply(1.0 / EXAMPLES);
    }

    private static RealMatrix matrix(INDArray array) {
        return MatrixUtils.createRealMatrix(array.toDoubleMatrix());
    }

    private static void assertEqual(INDArray actual, RealMatrix expected) {
        double scale = expected.getFrobeniusNorm();
        assertThat(matrix(actual).subtract(expected).getFrobeniusNorm()).isLessThan(ROUNDING * scale);
    }

    /** Both are minus the polar factor of the gradient, by different routes. */
    @Test
    void update_muonAndShampoo_haveEqualSingularValues() {
        INDArray muon = FirstStep.MUON.update(start, examples, 0);
        INDArray shampoo = FirstStep.SHAMPOO.update(start, examples, 0);
        assertThat(muon.distance2(shampoo) / muon.norm2Number().doubleValue()).isLessThan(POLAR);
        RightSingular singular = RightSingular.of(shampoo);
        int rank = Math.min(shampoo.rows(), shampoo.columns());
        assertThat(singular.value(0)).isCloseTo(1, within(POLAR));
        assertThat(singular.value(rank - 1)).isCloseTo(1, within(POLAR));
    }
}
