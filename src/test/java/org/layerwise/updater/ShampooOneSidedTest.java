package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.InverseRoot.Solver;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;

/** Shampoo on one side of a matrix: embeddings, and sides that are too wide. */
class ShampooOneSidedTest {
    /** Every step up to date, and no blocks. */
    private static Shampoo.Builder exact() {
        return Shampoo.builder()
                .learningRate(.01)
                .factorDecay(.999)
                .withoutBlocks()
                .statistics(Period.every(1))
                .refresh(Period.every(1));
    }

    /**
     * U = c M B^-1/2 makes U B U' = c^2 M M', whatever B; the first word has no gradient after the first step, the last none
     * at all.
     */
    @Test
    void step_embedding_isOneSidedWithTheSquareRoot() {
        RandomMatrices random = new RandomMatrices(4);
        Shampoo shampoo = exact().blockSize(4)
                .grafting(Grafting.sgd())
                .root(InverseRoot.relative(1e-14))
                .build();
        MatrixSteps steps = new MatrixSteps(shampoo, Role.EMBEDDING, new double[9][4], DataType.DOUBLE);
        double[][] m = new double[9][4];
        double[][] b = new double[4][4];
        for (int i = 0; i < 5; i++) {
            double[][] gradient = random.gaussian(9, 4);
            gradient[8] = new double[4];
            if (i > 0) {
                gradient[0] = new double[4];
            }
            m = Loops.combine(.9, m, .1, gradient);
            b = Loops.combine(.999, b, .001, Loops.multiply(Loops.transpose(gradient), gradient));
            double[][] update = steps.step(gradient);
            double[][] weighted = Loops.multiply(Loops.multiply(update, b), Loops.transpose(update));
            double[][] expected = Loops.multiply(m, Loops.transpose(m));
            double scale = Loops.trace(weighted) / Loops.trace(expected);
            assertThatArray(weighted).isCloseTo(Loops.scaled(scale, expected), 1e-8);
            assertThat(update[0]).doesNotContain(0);
            assertThat(update[8]).containsOnly(0);
        }
    }

    /** One factor of the fan-out and its root, however many words there are. */
    @Test
    void stateSize_embedding_hasNoFactorOfTheWords() {
        MatrixSteps steps = new MatrixSteps(new Shampoo(), Role.EMBEDDING, new double[1000][8], DataType.FLOAT);
        // Mark, momentum and squares, factor and root.
        assertThat(steps.sectionElements()).isEqualTo(1 + 2 * 8000 + 2 * 64);
        assertThat(steps.flops()).isEqualTo(2 * 8 * 8000);
    }

    /** Exponents that the coupled iteration has on both sides are not added for one side. */
    @Test
    void step_embeddingByCoupledIteration_equalsTheEigenvalues() {
        RandomMatrices random = new RandomMatrices(4);
        Shampoo.Builder builder = exact().inputExponent(.25).outputExponent(.5).root(InverseRoot.relative(1e-9));
        MatrixSteps eigen = new MatrixSteps(builder.build(), Role.EMBEDDING, new double[9][4], DataType.DOUBLE);
        builder.root(InverseRoot.relative(1e-9).by(Solver.COUPLED_NEWTON));
        MatrixSteps coupled = new MatrixSteps(builder.build(), Role.EMBEDDING, new double[9][4], DataType.DOUBLE);
        for (int i = 0; i < 3; i++) {
            double[][] gradient = random.gaussian(9, 4);
            assertThatArray(coupled.step(gradient)).isCloseTo(eigen.step(gradient), 1e-6);
        }
    }

    @Test
    void step_embeddingWithoutOutputExponent_isTheGraft() {
        RandomMatrices random = new RandomMatrices(4);
        MatrixSteps steps =
                new MatrixSteps(exact().outputExponent(0).build(), Role.EMBEDDING, new double[5][3], DataType.DOUBLE);
        MatrixSteps graft = new MatrixSteps(exact().exponent(0).build(), new double[5][3], DataType.DOUBLE);
        for (int i = 0; i < 3; i++) {
            double[][] gradient = random.gaussian(5, 3);
            assertThatArray(steps.step(gradient)).isCloseTo(graft.step(gradient), Tolerance.EXACT);
        }
    }

    @Test
    void step_sideWiderThanTheLimit_isLeftToTheOther() {
        Shampoo limited = exact().maxDimension(5).build();
        Shampoo oneSided = exact().inputExponent(0).outputExponent(.5).build();
        Shampoo neither = exact().maxDimension(3).build();
        RandomMatrices random = new RandomMatrices(8);
        MatrixSteps steps = new MatrixSteps(limited, new double[9][4], DataType.DOUBLE);
        MatrixSteps expected = new MatrixSteps(oneSided, new double[9][4], DataType.DOUBLE);
        MatrixSteps graft = new MatrixSteps(exact().exponent(0).build(), new double[9][4], DataType.DOUBLE);
        MatrixSteps none = new MatrixSteps(neither, new double[9][4], DataType.DOUBLE);
        for (int i = 0; i < 4; i++) {
            double[][] gradient = random.gaussian(9, 4);
            assertThatArray(steps.step(gradient)).isCloseTo(expected.step(gradient), Tolerance.EXACT);
            assertThatArray(none.step(gradient)).isCloseTo(graft.step(gradient), Tolerance.EXACT);
        }
    }
}
