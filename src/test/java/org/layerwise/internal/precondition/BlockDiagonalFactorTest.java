package org.layerwise.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.layerwise.internal.curvature.BatchStatistics;
import org.layerwise.internal.precondition.KroneckerMethod.Rules;
import org.layerwise.settings.Damping;
import org.layerwise.settings.Period;
import org.layerwise.settings.Sides;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A factor in blocks is the dense factor without what lies off its diagonal blocks. */
class BlockDiagonalFactorTest {
    private static final int INPUTS = 600;
    private static final int OUTPUTS = 9;
    private static final int EXAMPLES = 12;
    private static final double DAMPING = .3;

    private static HandFed fed(Sides sides, int largestBlock) {
        Period always = Period.every(1);
        Rules rules = new Rules(sides, Damping.factored(DAMPING), 0, always, always, false, largestBlock);
        return HandFed.of(DataType.DOUBLE, sides, INPUTS, OUTPUTS, new HandFed.Setting(rules, true));
    }

    /** 600 inputs in three blocks of 200; a block is never smaller than 256 by itself, so the limit decides. */
    @ParameterizedTest
    @CsvSource({"BOTH, 200", "INPUT, 200", "OUTPUT, 4", "BOTH, 599"})
    void step_factorsInBlocks_isThatOfFactorsWithZerosBetweenBlocks(Sides sides, int largestBlock) {
        double[][] x = new RandomMatrices(1).gaussian(EXAMPLES, INPUTS);
        double[][] g = new RandomMatrices(2).gaussian(EXAMPLES, OUTPUTS);
        double[][] d = new RandomMatrices(3).gaussian(INPUTS, OUTPUTS);
        HandFed cut = fed(sides, largestBlock);
        HandFed dense = fed(sides, Integer.MAX_VALUE);
        cut.absorbExamples(x, g).refresh();
        dense.absorb(
                zeroed(gramian(x), cut.batch, true, sides.usesInput()),
                zeroed(gramian(g), cut.batch, false, sides.usesOutput()));
        dense.refresh();

        assertThatArray(cut.apply(d)).isCloseTo(dense.apply(d), Tolerance.FORMULA * 1e3);
        assertThat(cut.view.length()).isLessThan(dense.view.length());
    }

    private static double[][] gramian(double[][] rows) {
        return Loops.scaled(1.0 / rows.length, Loops.gramian(rows));
    }

    /** Without what lies between the blocks of a batch. */
    private static double[][] zeroed(double[][] whole, BatchStatistics batch, boolean input, boolean used) {
        if (!used) {
            return whole;
        }
        List<INDArray> blocks = input ? batch.inputBlocks() : batch.outputBlocks();
        double[][] zeroed = new double[whole.length][whole.length];
        int at = 0;
        for (INDArray block : blocks) {
            for (int i = at; i < at + block.rows(); i++) {
                zeroed[i] = new double[whole.length];
                System.arraycopy(whole[i], at, zeroed[i], at, block.rows());
            }
            at += block.rows();
        }
        return zeroed;
    }

    @ParameterizedTest
    @CsvSource({"BOTH, 200", "OUTPUT, 4"})
    void resume_factorsInBlocks_goesOnBitForBit(Sides sides, int largestBlock) {
        double[][] d = new RandomMatrices(3).gaussian(INPUTS, OUTPUTS);
        HandFed first = fed(sides, largestBlock);
        first.absorbExamples(
                        new RandomMatrices(1).gaussian(EXAMPLES, INPUTS),
                        new RandomMatrices(2).gaussian(EXAMPLES, OUTPUTS))
                .refresh();
        double[][] expected = first.apply(d);
        HandFed resumed = first.resumed();
        resumed.synchronize();
        assertThat(Arrays.deepEquals(resumed.apply(d), expected)).isTrue();
    }
}
