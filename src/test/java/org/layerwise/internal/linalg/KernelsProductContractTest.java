package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.RandomMatrices.Storage;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Products, sums and block copies. */
@ParameterizedClass(name = "{0}")
@MethodSource("org.layerwise.internal.linalg.KernelCase#all")
class KernelsProductContractTest {
    private final KernelCase test;
    private final Kernels kernels;

    KernelsProductContractTest(KernelCase test) {
        this.test = test;
        this.kernels = test.kernels();
    }

    @Test
    void multiplySymmetric_upperTriangles_agreesWithLoops() {
        for (int[] shape : KernelCase.SHAPES) {
            RandomMatrices random = new RandomMatrices(shape[0] * 100L + shape[1]);
            double[][] left = Loops.rounded(random.spd(shape[0]), test.type());
            double[][] right = Loops.rounded(random.spd(shape[1]), test.type());
            double[][] d = Loops.rounded(random.gaussian(shape[0], shape[1]), test.type());
            INDArray gradient = test.dense(d);
            INDArray work = RandomMatrices.offset(test.type(), shape[0], shape[1]);
            INDArray out = RandomMatrices.offset(test.type(), shape[0], shape[1]); // NaN that must be overwritten

            kernels.multiplySymmetric(test.upper(left), gradient, test.upper(right), work, out);

            assertThatArray(out)
                    .as("%s by %s", shape[0], shape[1])
                    .isCloseTo(Loops.multiply(Loops.multiply(left, d), right), test.rounding());
            assertThatArray(gradient).isCloseTo(d, Tolerance.EXACT);
        }
    }

    @Test
    void multiplyLeftAndRight_upperTriangle_agreeWithLoops() {
        for (int[] shape : KernelCase.SHAPES) {
            RandomMatrices random = new RandomMatrices(shape[0] * 100L + shape[1]);
            double[][] left = Loops.rounded(random.spd(shape[0]), test.type());
            double[][] right = Loops.rounded(random.spd(shape[1]), test.type());
            double[][] d = Loops.rounded(random.gaussian(shape[0], shape[1]), test.type());
            INDArray first = RandomMatrices.offset(test.type(), shape[0], shape[1]);
            INDArray second = RandomMatrices.offset(test.type(), shape[0], shape[1]);

            kernels.multiplyLeft(test.upper(left), test.dense(d), first);
            kernels.multiplyRight(test.dense(d), test.upper(right), second);

            assertThatArray(first).isCloseTo(Loops.multiply(left, d), test.rounding());
            assertThatArray(second).isCloseTo(Loops.multiply(d, right), test.rounding());
        }
    }

    @Test
    void multiply_everyTransposeAndStorage_agreesWithLoops() {
        int[][] sizes = {{1, 1, 1}, {1, 5, 3}, {4, 1, 3}, {4, 5, 1}, {17, 9, 31}};
        for (int[] size : sizes) {
            for (int flags = 0; flags < 4; flags++) {
                for (Storage storage : Storage.values()) {
                    checkMultiply(size, (flags & 1) != 0, (flags & 2) != 0, storage, Storage.ROW_MAJOR);
                    checkMultiply(size, (flags & 1) != 0, (flags & 2) != 0, Storage.COLUMN_MAJOR, storage);
                }
            }
        }
    }

    private void checkMultiply(int[] size, boolean transposeA, boolean transposeB, Storage storage, Storage other) {
        double[][] a = test.gaussian(1, size[0], size[2]);
        double[][] b = test.gaussian(2, size[2], size[1]);
        INDArray x = RandomMatrices.stored(transposeA ? Loops.transpose(a) : a, test.type(), storage);
        INDArray y = RandomMatrices.stored(transposeB ? Loops.transpose(b) : b, test.type(), other);
        INDArray out =
                Nd4j.create(test.type(), new long[] {size[0], size[1]}, 'f').assign(Double.NaN);

        kernels.multiply(x, transposeA, y, transposeB, out);

        assertThatArray(out)
                .as("%s %s %s %s", java.util.Arrays.toString(size), transposeA, transposeB, storage)
                .isCloseTo(Loops.multiply(a, b), test.rounding());
    }

    @Test
    void dot_anyShape_agreesWithLoops() {
        for (int[] shape : KernelCase.SHAPES) {
            double[][] x = test.gaussian(3, shape[0], shape[1]);
            double[][] y = test.gaussian(4, shape[0], shape[1]);
            double length = (double) shape[0] * shape[1];

            assertThat(kernels.dot(test.dense(x), test.dense(y)))
                    .isCloseTo(Loops.dot(x, y), within(test.rounding() * length));
        }
    }

    @Test
    void dot_hugeElements_staysFinite() {
        double[][] x = Loops.rounded(Loops.scaled(1e20, new RandomMatrices(5).gaussian(50, 3)), test.type());
        double expected = Loops.dot(x, x);

        double actual = kernels.dot(test.dense(x), test.dense(x));

        assertThat(actual / expected).isCloseTo(1, within(test.rounding()));
    }

    @Test
    void dot_nan_isNaN() {
        double[][] x = {{1, Double.NaN, 3}};

        assertThat(kernels.dot(test.dense(x), test.dense(x))).isNaN();
    }

    @Test
    void axpby_anyScales_agreesWithLoops() {
        double[][] scales = {{1, 1}, {0.5, 1}, {0.5, 0.25}, {-2, 3}, {0, 2}};
        double[][] x = test.gaussian(6, 7, 5);
        double[][] y = test.gaussian(7, 7, 5);
        for (double[] scale : scales) {
            INDArray out = test.dense(y);

            kernels.axpby(scale[0], test.dense(x), scale[1], out);

            assertThatArray(out).isCloseTo(Loops.combine(scale[0], x, scale[1], y), test.rounding());
        }
    }

    @Test
    void axpby_betaZero_overwritesNaN() {
        double[][] x = test.gaussian(8, 4, 3);
        for (double alpha : new double[] {1, -0.5}) {
            INDArray out = RandomMatrices.offset(test.type(), 4, 3);

            kernels.axpby(alpha, test.dense(x), 0, out);

            assertThatArray(out).isCloseTo(Loops.scaled(alpha, x), test.rounding());
        }
    }

    @Test
    void transfer_everyBlock_touchesThatBlockOnly() {
        int[][] blocks = {{4, 3}, {1, 3}, {4, 1}, {1, 1}, {6, 5}};
        for (int[] block : blocks) {
            for (double scale : new double[] {1, -0.5}) {
                for (boolean add : new boolean[] {false, true}) {
                    checkTransfer(block[0], block[1], scale, add);
                }
            }
        }
    }

    /** Between a 6 by 5 and a 9 by 7 column-major matrix, each at an offset inside its buffer. */
    private void checkTransfer(int rows, int columns, double scale, boolean add) {
        double[][] source = test.gaussian(9, 6, 5);
        double[][] target = test.gaussian(10, 9, 7);
        INDArray from = test.dense(source);
        INDArray to = test.dense(target);
        int fromRow = 6 - rows;
        int fromColumn = 5 - columns;

        kernels.transfer(
                new Block(from, fromRow + 6L * fromColumn, rows, columns, 6),
                scale,
                new Block(to, 2 + 9L * 1, rows, columns, 9),
                add);

        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double old = add ? target[i + 2][j + 1] : 0;
                target[i + 2][j + 1] = old + scale * source[i + fromRow][j + fromColumn];
            }
        }
        assertThatArray(to)
                .as("%s by %s, scale %s, add %s", rows, columns, scale, add)
                .isCloseTo(target, test.rounding());
        assertThatArray(from).isCloseTo(source, Tolerance.EXACT);
    }

    @Test
    void transfer_denseBlocks_copiesAndAdds() {
        double[][] source = test.gaussian(11, 4, 3);
        double[][] target = test.gaussian(12, 4, 3);
        INDArray to = test.dense(target);
        Block from = new Block(test.dense(source), 0, 4, 3, 4);

        kernels.transfer(from, 2, new Block(to, 0, 4, 3, 4), true);
        assertThatArray(to).isCloseTo(Loops.combine(1, target, 2, source), test.rounding());

        kernels.transfer(from, 1, new Block(to, 0, 4, 3, 4), false);
        assertThatArray(to).isCloseTo(source, Tolerance.EXACT);
    }

    @Test
    void transfer_overwriting_replacesNaN() {
        double[][] source = test.gaussian(13, 2, 2);
        for (double scale : new double[] {1, 3}) {
            INDArray to = RandomMatrices.offset(test.type(), 2, 2);

            kernels.transfer(new Block(test.dense(source), 0, 2, 2, 2), scale, new Block(to, 0, 2, 2, 2), false);

            assertThatArray(to).isCloseTo(Loops.scaled(scale, source), test.rounding());
        }
    }

    @Test
    void transfer_nanInTheSource_isCopiedWithItsNeighbours() {
        double[][] source = {{1, Double.NaN}, {3, 4}};
        for (double scale : new double[] {1, 3}) {
            INDArray to = Loops.array(new double[2][2], test.type(), 'f');

            kernels.transfer(new Block(test.dense(source), 0, 2, 2, 2), scale, new Block(to, 0, 2, 2, 2), false);

            assertThat(to.getDouble(0, 1)).isNaN();
            to.putScalar(0, 1, 0);
            assertThatArray(to).isCloseTo(Loops.scaled(scale, new double[][] {{1, 0}, {3, 4}}), test.rounding());
        }
    }

    @Test
    void forBackend_cpu_isTheHostImplementation() {
        assertThat(Kernels.forBackend())
                .isSameAs(Environment.backend().equals("CPU") ? HostKernels.INSTANCE : DeviceKernels.INSTANCE);
        assertThat(Blas.of(DataType.FLOAT)).isSameAs(FloatBlas.INSTANCE);
        assertThat(Blas.of(DataType.DOUBLE)).isSameAs(DoubleBlas.INSTANCE);
    }

    @Test
    void multiply_scaledAndAdded_equalsTheSumInLoops() {
        double[][] a = test.gaussian(41, 5, 3);
        double[][] b = test.gaussian(42, 3, 4);
        double[][] c = test.gaussian(43, 5, 4);
        for (boolean transposeA : new boolean[] {false, true}) {
            for (boolean transposeB : new boolean[] {false, true}) {
                INDArray out = test.dense(c);
                INDArray x = test.dense(transposeA ? Loops.transpose(a) : a);
                INDArray y = test.dense(transposeB ? Loops.transpose(b) : b);

                kernels.multiply(-2, x, transposeA, y, transposeB, .5, out);

                assertThatArray(out).isCloseTo(Loops.combine(-2, Loops.multiply(a, b), .5, c), test.rounding());
            }
        }
    }

    @Test
    void norm_anyScale_neitherOverflowsNorVanishes() {
        double[][] x = test.gaussian(44, 7, 5);
        double expected = Math.sqrt(Loops.dot(x, x));
        for (double scale : new double[] {1e-30, 1e-20, 1, 1e20, 1e30}) {
            assertThat(kernels.norm(test.dense(Loops.scaled(scale, x))) / scale)
                    .isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-5 * expected));
        }
        assertThat(kernels.norm(test.dense(new double[2][2]))).isZero();
    }

    @Test
    void norm_elementNotFinite_isNotFinite() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            for (int at = 0; at < 9; at++) {
                double[][] x = test.gaussian(45, 9, 1);
                x[at][0] = bad;
                assertThat(Double.isFinite(kernels.norm(test.dense(x)))).isFalse();
            }
        }
    }
}
