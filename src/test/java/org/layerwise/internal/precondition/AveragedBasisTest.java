package org.layerwise.internal.precondition;

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
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.SoapState.RotatedSide;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.Method;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.settings.Period;
import org.layerwise.testing.Loops;
import org.layerwise.testing.MethodSteps;
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

        Method method(SoapMethod.Rules rules) {
            return this == SOAP ? new SoapMethod(rules) : new EigenvalueCorrectedMethod(rules, this == ESHAMPOO_QR);
        }
    }

    private static SoapMethod.Rules rules(int period) {
        return new SoapMethod.Rules(.9, .95, .95, 1e-8, 4, true, true, Period.every(1), Period.every(period), true);
    }

    /** A matrix with its method and state. */
    private static final class Replica {
        final DataType type;
        final SoapMethod.Rules rules;
        final MethodSteps matrix;

        Replica(Variant variant, DataType type, SoapMethod.Rules rules, boolean strict) {
            this.type = type;
            this.rules = rules;
            this.matrix = MethodSteps.start(variant.method(rules), ROWS, COLUMNS, type, strict);
        }

        double[][] step(double[][] gradient) {
            return matrix.step(gradient);
        }

        SoapState state() {
            return new SoapState(rules.layout(ROWS, COLUMNS), Kernels.forBackend(), matrix);
        }

        List<INDArray> copy() {
            return matrix.sections().stream().map(INDArray::dup).toList();
        }

        Replica train(long seed, int count) {
            RandomMatrices random = new RandomMatrices(seed);
            for (int i = 0; i < count; i++) {
                step(random.gaussian(ROWS, COLUMNS));
            }
            return this;
        }

        List<double[][]> bases() {
            List<double[][]> bases = new ArrayList<>();
            for (int i = 0; i < BLOCKS; i++) {
                for (RotatedSide side : state().sides(i)) {
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
        List<INDArray> mean = one.copy();
        for (int i = 0; i < mean.size(); i++) {
            mean.get(i).addi(other.matrix.sections().get(i)).divi(2);
        }
        one.matrix.assign(mean, one.matrix.steps());
        other.matrix.assign(mean, other.matrix.steps());
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
        assertThat(one.matrix.diagnostics()).hasToString("inverse rebuilt " + BLOCKS);
        for (int i = 0; i < one.matrix.sections().size(); i++) {
            INDArray expected = one.matrix.sections().get(i);
            assertThatArray(other.matrix.sections().get(i))
                    .isCloseTo(Loops.of(expected.reshape(1, expected.length())), Tolerance.EXACT);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void step_differentBasesAveragedInStrictMode_saysWhereAndWhatHelps(Variant variant, DataType type) {
        Replica one = new Replica(variant, type, rules(4), true).train(1, STEPS);
        average(one, new Replica(variant, type, rules(4), true).train(2, STEPS));
        assertThatThrownBy(() -> one.train(3, 1))
                .isInstanceOf(NumericalException.class)
                .hasMessageContaining(MethodSteps.PLACE)
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
            one.matrix.assign(one.copy(), one.matrix.steps() / 2);
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
        other.matrix.assign(one.copy(), one.matrix.steps());
        one.train(2, 1);
        other.train(3, 1);
        average(one, other);
        List<double[][]> before = one.bases();
        assertThat(rms(one.step(new RandomMatrices(4).gaussian(ROWS, COLUMNS)))).isBetween(.1, 1.2);
        assertThat(one.matrix.diagnostics()).hasToString("no failures");
        assertThat(one.bases().get(0)).isEqualTo(before.get(0));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void step_earlierStateAssigned_continuesBitForBit(Variant variant, DataType type) {
        Replica one = new Replica(variant, type, rules(4), false).train(1, STEPS);
        List<INDArray> saved = one.copy();
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
            one.matrix.assign(saved, STEPS);
        }
        assertThat(one.matrix.diagnostics()).hasToString("no failures");
    }

    /** The sign of one column, with nothing but zeros on the diagonal. */
    @Test
    void seal_oneColumnTurned_isAnother() {
        Replica one = new Replica(Variant.SOAP, DataType.FLOAT, rules(4), false).train(1, STEPS);
        double[][] permutation = {{0, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 1, 0}};
        double checksum = checksumOf(one, permutation);
        permutation[1][0] = -1;
        assertThat(checksumOf(one, permutation)).isNotEqualTo(checksum).isBetween(0.0, (double) (1 << 20));
    }

    private static double checksumOf(Replica replica, double[][] basis) {
        Kernels kernels = Kernels.forBackend();
        Block target = replica.state().sides(0).get(0).basis();
        kernels.transfer(Block.of(Loops.array(basis, replica.type, 'f')), 1, target, false);
        new BasisGuard(kernels, false).recordChecksum(replica.state(), 0, replica.matrix);
        return replica.state().ages().checksum(0);
    }

    @Test
    void step_basisNotFinite_isRebuilt() {
        Replica one = new Replica(Variant.SOAP, DataType.FLOAT, rules(4), false).train(1, STEPS);
        Replica resumed = new Replica(Variant.SOAP, DataType.FLOAT, rules(4), false);
        resumed.matrix.assign(one.copy(), STEPS);
        Block basis = resumed.state().sides(0).get(0).basis();
        basis.array().putScalar(basis.offset(), Double.NaN);
        assertThat(rms(resumed.step(new RandomMatrices(2).gaussian(ROWS, COLUMNS))))
                .isBetween(.1, 1.2);
        assertThat(resumed.matrix.diagnostics().count(Event.INVERSE_REBUILT)).isEqualTo(1);
        resumed.requireOrthonormal();
    }
}
