package org.layerwise.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Kernels.Block;
import org.layerwise.linalg.NumericalException;
import org.layerwise.linalg.NumericalException.Reason;
import org.layerwise.precondition.Diagnostics.Event;
import org.layerwise.precondition.EigenbasisState.Side;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Eigenbases in states that are averaged over replicas, as {@code ParallelWrapper} and Spark do, or replaced. */
class AveragedBasisTest {
    private static final int ROWS = 9;
    private static final int COLUMNS = 6;
    private static final int BLOCKS = 6;
    /** Steps before the average: in the middle of a refresh period. */
    private static final int STEPS = 13;
    /** What the guard lets pass, 1e-4 on average over the columns, may lie in one of four. */
    private static final double ORTHONORMAL = 4e-4;

    private enum Variant {
        SOAP,
        ESHAMPOO,
        ESHAMPOO_QR;

        MatrixMethod method(SoapMethod.Rules rules) {
            return this == SOAP ? new SoapMethod(rules) : new EigenvalueCorrectedMethod(rules, this == ESHAMPOO_QR);
        }
    }

    private static SoapMethod.Rules rules(long period) {
        return new SoapMethod.Rules(.9, .95, .95, 1e-8, 4, true, true, last -> last + 1, last -> last + period, true);
    }

    /** A matrix with its method and state. */
    private static final class Replica {
        final DataType type;
        final SoapMethod.Rules rules;
        final Diagnostics diagnostics = new Diagnostics();
        final MatrixMethod method;
        final INDArray state;
        final boolean strict;
        long steps;

        Replica(Variant variant, DataType type, SoapMethod.Rules rules, boolean strict) {
            this.type = type;
            this.rules = rules;
            this.method = variant.method(rules);
            this.state = Nd4j.create(type, method.stateLength(ROWS, COLUMNS));
            this.strict = strict;
        }

        double[][] step(double[][] gradient) {
            INDArray matrix = Loops.array(gradient, type, 'f');
            Failures failures = new Failures("Layer hidden, parameter W", strict, diagnostics);
            method.step(
                    matrix, new MatrixMethod.Memory(Kernels.forBackend(), new Scratch(type), state, steps, failures));
            steps++;
            return Loops.of(matrix);
        }

        Replica train(long seed, int count) {
            RandomMatrices random = new RandomMatrices(seed);
            for (int i = 0; i < count; i++) {
                step(random.gaussian(ROWS, COLUMNS));
            }
            return this;
        }

        List<double[][]> bases() {
            EigenbasisState plan = rules.plan(ROWS, COLUMNS);
            List<double[][]> bases = new ArrayList<>();
            for (int i = 0; i < plan.tiles().size(); i++) {
                for (Side side : plan.sides(state, i)) {
                    Block basis = side.basis();
                    INDArray copy = Nd4j.create(type, new long[] {basis.rows(), basis.columns()}, 'f');
                    Kernels.forBackend().transfer(basis, 1, Block.of(copy), false);
                    bases.add(Loops.of(copy));
                }
            }
            return bases;
        }

        void requireOrthonormal() {
            for (double[][] q : bases()) {
                assertThatArray(Loops.gramian(q)).isWithin(Loops.identity(q.length), ORTHONORMAL);
            }
        }
    }

    private static void average(Replica one, Replica other) {
        INDArray mean = one.state.add(other.state).divi(2);
        one.state.assign(mean);
        other.state.assign(mean);
    }

    private static double rms(double[][] update) {
        return Math.sqrt(Loops.dot(update, update) / (ROWS * COLUMNS));
    }

    static Stream<Arguments> cases() {
        return Stream.of(Variant.values())
                .flatMap(
                        variant -> Stream.of(DataType.FLOAT, DataType.DOUBLE).map(type -> Arguments.of(variant, type)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void step_differentBasesAveraged_rebuildsThemAndStepsAsUsual(Variant variant, DataType type) {
        Replica one = new Replica(variant, type, rules(4), false).train(1, STEPS);
        Replica other = new Replica(variant, type, rules(4), false).train(2, STEPS);
        average(one, other);
        RandomMatrices random = new RandomMatrices(3);
        for (int i = 0; i < 12; i++) {
            double[][] gradient = random.gaussian(ROWS, COLUMNS);
            double[][] update = one.step(gradient);
            assertThat(rms(update)).as("step %s", i).isBetween(.1, 1.2);
            assertThatArray(other.step(gradient)).as("step %s", i).isWithin(update, Tolerance.EXACT);
            one.requireOrthonormal();
        }
        assertThat(one.diagnostics).hasToString("inverse rebuilt " + BLOCKS);
        assertThatArray(other.state).isCloseTo(Loops.of(one.state.reshape(1, one.state.length())), Tolerance.EXACT);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void step_differentBasesAveragedInStrictMode_saysWhereAndWhatHelps(Variant variant, DataType type) {
        Replica one = new Replica(variant, type, rules(4), true).train(1, STEPS);
        average(one, new Replica(variant, type, rules(4), true).train(2, STEPS));
        assertThatThrownBy(() -> one.train(3, 1))
                .isInstanceOf(NumericalException.class)
                .hasMessageContaining("Layer hidden, parameter W")
                .hasMessageContaining("block at [0, 0]")
                .hasMessageContaining("averageUpdaters(false)")
                .satisfies(failure ->
                        assertThat(((NumericalException) failure).reason()).isEqualTo(Reason.NOT_ORTHONORMAL));
    }

    /** One of the replicas had no gradient yet, so that counters, bases and moments are halves. */
    @ParameterizedTest
    @MethodSource("cases")
    void step_averagedWithAFreshReplica_stepsAsUsual(Variant variant, DataType type) {
        for (int steps : new int[] {1, 2, 6}) {
            Replica one = new Replica(variant, type, rules(2), false).train(1, steps);
            Replica fresh = new Replica(variant, type, rules(2), false);
            average(one, fresh);
            one.steps /= 2;
            RandomMatrices random = new RandomMatrices(3);
            for (int i = 0; i < 8; i++) {
                assertThat(rms(one.step(random.gaussian(ROWS, COLUMNS)))).isLessThan(1.2);
            }
            one.requireOrthonormal();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void step_equalBasesAveraged_keepsThem(Variant variant, DataType type) {
        Replica one = new Replica(variant, type, rules(STEPS), false).train(1, 2 * STEPS - 5);
        Replica other = new Replica(variant, type, rules(STEPS), false);
        other.state.assign(one.state);
        other.steps = one.steps;
        one.train(2, 1);
        other.train(3, 1);
        average(one, other);
        List<double[][]> before = one.bases();
        assertThat(rms(one.step(new RandomMatrices(4).gaussian(ROWS, COLUMNS)))).isBetween(.1, 1.2);
        assertThat(one.diagnostics).hasToString("no failures");
        assertThat(one.bases().get(0)).isEqualTo(before.get(0));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void step_earlierStateAssigned_continuesBitForBit(Variant variant, DataType type) {
        Replica one = new Replica(variant, type, rules(4), false).train(1, STEPS);
        INDArray saved = one.state.dup();
        List<double[][]> updates = new ArrayList<>();
        for (int turn = 0; turn < 2; turn++) {
            RandomMatrices random = new RandomMatrices(2);
            for (int i = 0; i < 10; i++) {
                double[][] update = one.step(random.gaussian(ROWS, COLUMNS));
                if (turn == 0) {
                    updates.add(update);
                } else {
                    assertThatArray(update).as("step %s", i).isWithin(updates.get(i), Tolerance.EXACT);
                }
            }
            one.state.assign(saved);
            one.steps = STEPS;
        }
        assertThat(one.diagnostics).hasToString("no failures");
    }

    /** The sign of one column, with nothing but zeros on the diagonal. */
    @Test
    void seal_oneColumnTurned_isAnother() {
        Replica one = new Replica(Variant.SOAP, DataType.FLOAT, rules(4), false).train(1, STEPS);
        double[][] permutation = {{0, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 1, 0}};
        double seal = sealed(one, permutation);
        permutation[1][0] = -1;
        assertThat(sealed(one, permutation)).isNotEqualTo(seal).isBetween(0.0, (double) (1 << 20));
    }

    private static double sealed(Replica replica, double[][] basis) {
        EigenbasisState plan = replica.rules.plan(ROWS, COLUMNS);
        Block target = plan.sides(replica.state, 0).get(0).basis();
        Kernels kernels = Kernels.forBackend();
        kernels.transfer(Block.of(Loops.array(basis, replica.type, 'f')), 1, target, false);
        MatrixMethod.Memory memory = new MatrixMethod.Memory(
                kernels, new Scratch(replica.type), replica.state, 3, new Failures("W", true, replica.diagnostics));
        new BasisGuard(false).seal(plan, plan.ages(kernels, replica.state, 3), 0, memory);
        return plan.ages(kernels, replica.state, 3).seal(0);
    }

    @Test
    void step_basisNotFinite_isRebuilt() {
        Replica one = new Replica(Variant.SOAP, DataType.FLOAT, rules(4), false).train(1, STEPS);
        Replica resumed = new Replica(Variant.SOAP, DataType.FLOAT, rules(4), false);
        resumed.state.assign(one.state);
        resumed.steps = STEPS;
        Block basis =
                one.rules.plan(ROWS, COLUMNS).sides(resumed.state, 0).get(0).basis();
        resumed.state.putScalar(basis.offset(), Double.NaN);
        assertThat(rms(resumed.step(new RandomMatrices(2).gaussian(ROWS, COLUMNS))))
                .isBetween(.1, 1.2);
        assertThat(resumed.diagnostics.count(Event.INVERSE_REBUILT)).isEqualTo(1);
        resumed.requireOrthonormal();
    }
}
