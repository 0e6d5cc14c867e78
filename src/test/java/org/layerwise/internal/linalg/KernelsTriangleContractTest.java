package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.RandomMatrices.Storage;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Statistics kernels: Gramians, triangle pairs, diagonals. */
@ParameterizedClass(name = "{0}")
@MethodSource("org.layerwise.internal.linalg.KernelCase#all")
class KernelsTriangleContractTest {
    private final KernelCase test;
    private final Kernels kernels;

    KernelsTriangleContractTest(KernelCase test) {
        this.test = test;
        this.kernels = test.kernels();
    }

    @Test
    void addGramian_everyShapeAndStorage_accumulatesScaledProducts() {
        long seed = 0;
        for (int[] shape : KernelCase.SHAPES) {
            for (Storage storage : Storage.values()) {
                for (boolean homogeneous : new boolean[] {false, true}) {
                    checkGramian(++seed, shape, storage, homogeneous);
                }
            }
        }
    }

    private void checkGramian(long seed, int[] shape, Storage storage, boolean homogeneous) {
        double[][] x = test.gaussian(seed, shape[0], shape[1]);
        double[][] rows = homogeneous ? Loops.homogeneous(x) : x;
        double[][] gramian = Loops.gramian(rows);
        double[][] before = Loops.rounded(new RandomMatrices(seed).spd(gramian.length), test.type());
        INDArray c = test.dense(before);
        INDArray stored = RandomMatrices.stored(x, test.type(), storage);

        kernels.addGramian(stored, homogeneous, 0.75, c);

        assertThatArray(Loops.ofLower(c))
                .as("%s %s homogeneous=%s", storage, java.util.Arrays.toString(shape), homogeneous)
                .isCloseTo(Loops.combine(1, before, 0.75, gramian), test.rounding());
        assertThatArray(stored).as("rows are read only").isCloseTo(x, Tolerance.EXACT);
    }

    @Test
    void addGramian_rowsOfTheOtherType_areConverted() {
        double[][] x = {{1, 2}, {-3, 0.5}};
        DataType other = test.type() == DataType.FLOAT ? DataType.DOUBLE : DataType.FLOAT;
        INDArray c = test.dense(new double[2][2]);

        kernels.addGramian(Loops.array(x, other, 'c'), false, 1, c);

        assertThatArray(Loops.ofLower(c)).isCloseTo(Loops.gramian(x), Tolerance.EXACT);
    }

    @Test
    void addGramian_targetOfAnotherDimension_isRefused() {
        INDArray x = Loops.array(new double[4][3], test.type(), 'c');
        INDArray c = Loops.array(new double[3][3], test.type(), 'f');

        assertThatThrownBy(() -> kernels.addGramian(x, true, 1, c))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[4, 3]")
                .hasMessageContaining("3 by 3");
    }

    @Test
    void blend_anyWeight_movesTheRunningMatrixAndLeavesTheSnapshot() {
        for (int d : new int[] {1, 2, 7, 40}) {
            RandomMatrices random = new RandomMatrices(d);
            double[][] running = Loops.rounded(random.spd(d), test.type());
            double[][] snapshot = Loops.rounded(random.spd(d), test.type());
            double[][] sample = Loops.rounded(random.spd(d), test.type());
            for (double weight : new double[] {0, 0.25, 1}) {
                TrianglePair pair = pair(running, snapshot);

                kernels.blend(lower(sample), weight, pair);

                assertThatArray(running(pair))
                        .as("d=%s weight=%s", d, weight)
                        .isCloseTo(Loops.combine(1 - weight, running, weight, sample), test.rounding());
                assertThatArray(snapshot(pair)).isCloseTo(snapshot, Tolerance.EXACT);
            }
        }
    }

    @Test
    void blend_weightOne_replacesNaN() {
        double[][] sample = {{2, 1}, {1, 3}};
        double[][] snapshot = {{5, 6}, {6, 7}};
        TrianglePair pair = pair(new double[][] {{Double.NaN, Double.NaN}, {Double.NaN, Double.NaN}}, snapshot);

        kernels.blend(lower(sample), 1, pair);

        assertThatArray(running(pair)).isCloseTo(sample, Tolerance.EXACT);
        assertThatArray(snapshot(pair)).isCloseTo(snapshot, Tolerance.EXACT);
    }

    @Test
    void promote_anyDimension_copiesTheRunningMatrixOverTheSnapshot() {
        for (int d : new int[] {1, 2, 7, 40}) {
            RandomMatrices random = new RandomMatrices(d);
            double[][] running = Loops.rounded(random.spd(d), test.type());
            TrianglePair pair = pair(running, random.spd(d));

            kernels.promote(pair);

            assertThatArray(running(pair)).isCloseTo(running, Tolerance.EXACT);
            assertThatArray(snapshot(pair)).isCloseTo(running, Tolerance.EXACT);
        }
    }

    @Test
    void promote_nanSnapshot_isReplaced() {
        double[][] running = {{2, 1}, {1, 3}};
        TrianglePair pair = pair(running, new double[][] {{Double.NaN, Double.NaN}, {Double.NaN, Double.NaN}});

        kernels.promote(pair);

        assertThatArray(running(pair)).isCloseTo(running, Tolerance.EXACT);
        assertThatArray(snapshot(pair)).isCloseTo(running, Tolerance.EXACT);
    }

    @Test
    void unpack_bothMatrices_returnsTheGivenArray() {
        for (int d : new int[] {1, 2, 7, 40}) {
            RandomMatrices random = new RandomMatrices(d);
            double[][] running = Loops.rounded(random.spd(d), test.type());
            double[][] snapshot = Loops.rounded(random.spd(d), test.type());
            TrianglePair pair = pair(running, snapshot);
            INDArray first = test.dense(random.gaussian(d, d));
            INDArray second = test.dense(random.gaussian(d, d));

            assertThat(kernels.unpackRunning(pair, first)).isSameAs(first);
            assertThat(kernels.unpackSnapshot(pair, second)).isSameAs(second);

            assertThatArray(Loops.ofUpper(first)).isCloseTo(running, Tolerance.EXACT);
            assertThatArray(Loops.ofUpper(second)).isCloseTo(snapshot, Tolerance.EXACT);
        }
    }

    @Test
    void unpack_nanInTheOtherMatrix_isIgnored() {
        double[][] good = {{2, 1}, {1, 3}};
        double[][] broken = {{Double.NaN, Double.NaN}, {Double.NaN, Double.NaN}};
        INDArray out = test.dense(new double[2][2]);

        assertThatArray(Loops.ofUpper(kernels.unpackSnapshot(pair(broken, good), out)))
                .isCloseTo(good, Tolerance.EXACT);
        assertThatArray(Loops.ofUpper(kernels.unpackRunning(pair(good, broken), out)))
                .isCloseTo(good, Tolerance.EXACT);
    }

    @Test
    void unpackSnapshot_nanInIt_isCopied() {
        double[][] broken = {{5, Double.NaN}, {Double.NaN, 7}};
        INDArray out = test.dense(new double[2][2]);

        kernels.unpackSnapshot(pair(new double[][] {{2, 1}, {1, 3}}, broken), out);

        assertThat(out.getDouble(0, 0)).isEqualTo(5);
        assertThat(out.getDouble(0, 1)).isNaN();
        assertThat(out.getDouble(1, 1)).isEqualTo(7);
    }

    @Test
    void diagonal_offsetAndStride_countFromTheArraysFirstElement() {
        double[][] a = test.gaussian(1, 6, 5);
        double[] flat = new double[30];
        double[][] vec = Loops.vec(a);
        for (int k = 0; k < 30; k++) {
            flat[k] = vec[k][0];
        }

        double[] values = kernels.diagonal(test.dense(a), 1, 5, 6);

        assertThat(values).containsExactly(flat[1], flat[7], flat[13], flat[19], flat[25]);
    }

    @Test
    void addDiagonal_anyDimension_leavesTheRest() {
        for (int d : new int[] {1, 2, 33}) {
            double[][] a = test.gaussian(d, d, d);
            INDArray array = test.dense(a);

            kernels.addDiagonal(array, 0.5);

            assertThatArray(array).isCloseTo(Loops.damped(a, 0.5), test.rounding());
        }
    }

    /** A pair inside a larger buffer with the given matrices. */
    private TrianglePair pair(double[][] running, double[][] snapshot) {
        int d = running.length;
        INDArray array = RandomMatrices.offset(test.type(), d + 1, d);
        for (int j = 0; j < d; j++) {
            for (int i = j; i < d; i++) {
                array.putScalar(i + 1, j, running[i][j]);
                array.putScalar(j, i, snapshot[j][i]);
            }
        }
        return new TrianglePair(array);
    }

    private INDArray lower(double[][] a) {
        return test.host() ? Loops.upper(a, test.type()).transpose().dup('f') : Loops.array(a, test.type(), 'f');
    }

    private static double[][] running(TrianglePair pair) {
        double[][] all = Loops.of(pair.array());
        double[][] out = new double[pair.dimension()][pair.dimension()];
        for (int i = 0; i < out.length; i++) {
            for (int j = 0; j < out.length; j++) {
                out[i][j] = all[Math.max(i, j) + 1][Math.min(i, j)];
            }
        }
        return out;
    }

    private static double[][] snapshot(TrianglePair pair) {
        double[][] all = Loops.of(pair.array());
        double[][] out = new double[pair.dimension()][pair.dimension()];
        for (int i = 0; i < out.length; i++) {
            for (int j = 0; j < out.length; j++) {
                out[i][j] = all[Math.min(i, j)][Math.max(i, j)];
            }
        }
        return out;
    }
}
