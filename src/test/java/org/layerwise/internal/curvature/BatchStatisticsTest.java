package org.layerwise.internal.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.SymmetricEigen;
import org.layerwise.settings.Sides;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

@ParameterizedClass
@EnumSource(names = {"FLOAT", "DOUBLE"})
class BatchStatisticsTest {
    private static final int EXAMPLES = 12;
    private static final int INPUTS = 5;
    private static final int OUTPUTS = 3;

    private final DataType type;
    private final double[][] x;
    private final double[][] g;

    BatchStatisticsTest(DataType type) {
        this.type = type;
        this.x = Loops.rounded(new RandomMatrices(1).gaussian(EXAMPLES, INPUTS), type);
        this.g = Loops.rounded(new RandomMatrices(2).gaussian(EXAMPLES, OUTPUTS), type);
    }

    private BatchStatistics statistics(Sides sides, boolean squares) {
        return new BatchStatistics(
                Kernels.forBackend(),
                type,
                sides,
                Partition.dense(INPUTS + 1),
                Partition.dense(OUTPUTS),
                true,
                squares);
    }

    private INDArray array(double[][] rows) {
        return Loops.array(rows, type, 'c');
    }

    private void add(BatchStatistics statistics, double[][] inputs, double[][] gradients, double weight) {
        statistics.addInput(array(inputs), weight);
        statistics.addOutput(array(gradients), weight);
        statistics.addSquares(array(inputs), array(gradients), weight);
    }

    private void setBasis(BatchStatistics statistics, double[][] input, double[][] output) {
        statistics.setBasis(basis(input), basis(output));
    }

    private SymmetricEigen basis(double[][] vectors) {
        return new SymmetricEigen(array(new double[1][vectors.length]), Loops.array(vectors, type, 'f'));
    }

    private void assertSame(BatchStatistics actual, BatchStatistics expected) {
        assertThatArray(Loops.ofLower(actual.input()))
                .isCloseTo(Loops.ofLower(expected.input()), Tolerance.rounding(type));
        assertThatArray(Loops.ofLower(actual.output()))
                .isCloseTo(Loops.ofLower(expected.output()), Tolerance.rounding(type));
        assertThatArray(actual.squares()).isCloseTo(expected.squares(), Tolerance.rounding(type));
    }

    private BatchStatistics whole() {
        BatchStatistics statistics = statistics(Sides.BOTH, true);
        setBasis(statistics, new RandomMatrices(3).orthogonal(INPUTS + 1), new RandomMatrices(4).orthogonal(OUTPUTS));
        add(statistics, x, g, 1.0 / EXAMPLES);
        return statistics;
    }

    @Test
    void addInputAndOutput_oneBatch_areMeansOfOuterProducts() {
        BatchStatistics statistics = whole();

        assertThatArray(Loops.ofLower(statistics.input()))
                .isCloseTo(Loops.scaled(1.0 / EXAMPLES, Loops.gramian(Loops.homogeneous(x))), Tolerance.rounding(type));
        assertThatArray(Loops.ofLower(statistics.output()))
                .isCloseTo(Loops.scaled(1.0 / EXAMPLES, Loops.gramian(g)), Tolerance.rounding(type));
    }

    @Test
    void goldenBatch_denseSoftmax_givesThePrintedFactor() {
        BatchStatistics statistics = new BatchStatistics(
                Kernels.forBackend(), type, Sides.INPUT, Partition.dense(3), Partition.dense(3), true, false);

        statistics.addInput(array(new double[][] {{1, 2}, {-1, 0.5}}), 0.5);

        assertThatArray(Loops.ofLower(statistics.input()))
                .isCloseTo(new double[][] {{1, 0.75, 0}, {0.75, 2.125, 1.25}, {0, 1.25, 1}}, Tolerance.EXACT);
    }

    @Test
    void blocks_ofALargerFactor_areThoseOnItsDiagonal() {
        double[][] x = new RandomMatrices(6).gaussian(5, 6);
        double[][] g = new RandomMatrices(7).gaussian(5, 4);
        BatchStatistics dense = statistics(Partition.dense(7), Partition.dense(4));
        BatchStatistics cut = statistics(new Partition(7, 3), new Partition(4, 2));
        add(dense, x, g, .2);
        add(cut, x, g, .2);

        assertBlocks(Loops.ofLower(dense.input()), cut.inputBlocks(), 3, 3, 1);
        assertBlocks(Loops.ofLower(dense.output()), cut.outputBlocks(), 2, 2);
    }

    private BatchStatistics statistics(Partition inputs, Partition outputs) {
        return new BatchStatistics(Kernels.forBackend(), type, Sides.BOTH, inputs, outputs, true, false);
    }

    private void assertBlocks(double[][] whole, List<INDArray> blocks, int... sizes) {
        assertThat(blocks).hasSize(sizes.length);
        int at = 0;
        for (int b = 0; b < sizes.length; b++) {
            double[][] expected = new double[sizes[b]][];
            for (int i = 0; i < sizes[b]; i++) {
                expected[i] = Arrays.copyOfRange(whole[at + i], at, at + sizes[b]);
            }
            assertThatArray(Loops.ofLower(blocks.get(b))).isCloseTo(expected, Tolerance.rounding(type));
            at += sizes[b];
        }
    }

    @Test
    void duplicatedBatch_sameMean_changesNothing() {
        BatchStatistics duplicated = statistics(Sides.BOTH, true);
        setBasis(duplicated, new RandomMatrices(3).orthogonal(INPUTS + 1), new RandomMatrices(4).orthogonal(OUTPUTS));

        add(duplicated, threefold(x), threefold(g), 1.0 / (3 * EXAMPLES));

        assertSame(duplicated, whole());
    }

    private static double[][] threefold(double[][] rows) {
        double[][] out = new double[3 * rows.length][];
        Arrays.setAll(out, i -> rows[i % rows.length]);
        return out;
    }

    @Test
    void microBatches_unevenSizes_accumulateToTheWholeBatch() {
        BatchStatistics pieces = statistics(Sides.BOTH, true);
        setBasis(pieces, new RandomMatrices(3).orthogonal(INPUTS + 1), new RandomMatrices(4).orthogonal(OUTPUTS));
        int[] cuts = {0, 1, 3, 8, EXAMPLES};
        for (int i = 1; i < cuts.length; i++) {
            add(
                    pieces,
                    Arrays.copyOfRange(x, cuts[i - 1], cuts[i]),
                    Arrays.copyOfRange(g, cuts[i - 1], cuts[i]),
                    1.0 / EXAMPLES);
        }

        assertSame(pieces, whole());
    }

    @Test
    void addSquares_unequalSides_areMeansOfSquaredRotatedGradients() {
        double[][] inputBasis = Loops.rounded(new RandomMatrices(3).orthogonal(INPUTS + 1), type);
        double[][] outputBasis = Loops.rounded(new RandomMatrices(4).orthogonal(OUTPUTS), type);
        double[][] rows = Loops.homogeneous(x);
        double[][] expected = new double[INPUTS + 1][OUTPUTS];
        for (int n = 0; n < EXAMPLES; n++) {
            double[][] gradient = Loops.multiply(Loops.transpose(new double[][] {rows[n]}), new double[][] {g[n]});
            double[][] rotated = Loops.multiply(Loops.multiply(Loops.transpose(inputBasis), gradient), outputBasis);
            for (int i = 0; i < rotated.length; i++) {
                for (int j = 0; j < OUTPUTS; j++) {
                    expected[i][j] += rotated[i][j] * rotated[i][j] / EXAMPLES;
                }
            }
        }

        assertThatArray(whole().squares()).isCloseTo(expected, Tolerance.rounding(type));
    }

    @Test
    void addSquares_noBasisYet_addsNothing() {
        BatchStatistics statistics = statistics(Sides.BOTH, true);

        statistics.addSquares(array(x), array(g), 1);

        assertThatArray(statistics.squares()).isCloseTo(new double[INPUTS + 1][OUTPUTS], Tolerance.EXACT);
    }

    @Test
    void clear_afterABatch_forgetsIt() {
        BatchStatistics statistics = whole();
        assertThat(statistics.filled()).isTrue();

        statistics.clear();

        assertThat(statistics.filled()).isFalse();
        assertThatArray(statistics.input()).isCloseTo(new double[INPUTS + 1][INPUTS + 1], Tolerance.EXACT);
        assertThatArray(statistics.output()).isCloseTo(new double[OUTPUTS][OUTPUTS], Tolerance.EXACT);
        assertThatArray(statistics.squares()).isCloseTo(new double[INPUTS + 1][OUTPUTS], Tolerance.EXACT);
    }

    @Test
    void clear_afterNaN_isFiniteAgain() {
        BatchStatistics statistics = statistics(Sides.BOTH, false);
        statistics.addInput(array(new double[][] {{1, Double.NaN, 0, 0, 0}}), 1);

        statistics.clear();

        assertThat(statistics.finite()).isTrue();
    }

    @Test
    void finite_badElementOnEitherSide_isFalse() {
        double overflowing = type == DataType.FLOAT ? 1e20 : 1e200; // its square is infinite
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, overflowing}) {
            for (int side = 0; side < 2; side++) {
                double[][] inputs = Loops.scaled(1, x);
                double[][] gradients = Loops.scaled(1, g);
                (side == 0 ? inputs : gradients)[4][2] = bad;
                BatchStatistics statistics = statistics(Sides.BOTH, false);

                add(statistics, inputs, gradients, 1.0 / EXAMPLES);

                assertThat(statistics.finite()).as("%s on side %s", bad, side).isFalse();
            }
        }
        assertThat(whole().finite()).isTrue();
    }

    @Test
    void finite_overflowOfSquaresAlone_isFalse() {
        double large = type == DataType.FLOAT ? 1e11 : 1e100; // squares fit, fourth powers do not
        BatchStatistics statistics = statistics(Sides.BOTH, true);
        setBasis(statistics, Loops.identity(INPUTS + 1), Loops.identity(OUTPUTS));

        add(statistics, Loops.scaled(large, x), Loops.scaled(large, g), 1.0 / EXAMPLES);

        assertThat(statistics.finite()).isFalse();
    }

    @Test
    void emptyBatch_noRows_isNotFilled() {
        BatchStatistics statistics = statistics(Sides.BOTH, false);

        assertThat(statistics.filled()).isFalse();
        assertThat(statistics.finite()).isTrue();
    }

    @Test
    void sides_excludedFactor_isNeitherKeptNorFilled() {
        BatchStatistics input = statistics(Sides.INPUT, false);
        BatchStatistics output = statistics(Sides.OUTPUT, false);
        input.addOutput(array(g), 1);
        output.addInput(array(x), 1);

        assertThat(input.filled()).isFalse();
        assertThat(output.filled()).isFalse();
        assertThatIllegalStateException().isThrownBy(input::output).withMessageContaining("output");
        assertThatIllegalStateException().isThrownBy(output::input).withMessageContaining("input");
        assertThatIllegalStateException().isThrownBy(input::squares).withMessageContaining("eigenbasis");
        input.addInput(array(x), 1);
        assertThat(input.filled()).isTrue();
    }
}
