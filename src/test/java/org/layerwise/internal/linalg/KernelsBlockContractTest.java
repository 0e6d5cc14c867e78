package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.settings.NumericalException;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Products and factorisations of blocks inside larger arrays. */
@ParameterizedClass(name = "{0}")
@MethodSource("org.layerwise.internal.linalg.KernelCase#all")
class KernelsBlockContractTest {
    private static final int MARGIN = 2;

    private final KernelCase test;
    private final Kernels kernels;

    KernelsBlockContractTest(KernelCase test) {
        this.test = test;
        this.kernels = test.kernels();
    }

    /** A block amid zeros: rows and columns of the array around it belong to others. */
    private Block inside(double[][] a) {
        int ld = a.length + 2 * MARGIN;
        int columns = a[0].length;
        INDArray array = Nd4j.create(test.type(), new long[] {(long) ld * (columns + 2 * MARGIN)});
        Block block = Block.of(array.reshape('f', ld, columns + 2 * MARGIN)).part(MARGIN, MARGIN, a.length, columns);
        kernels.transfer(Block.of(Loops.array(a, test.type(), 'f')), 1, block, false);
        return block;
    }

    private double[][] read(Block block) {
        INDArray out = Nd4j.create(test.type(), new long[] {block.rows(), block.columns()}, 'f');
        kernels.transfer(block, 1, Block.of(out), false);
        return Loops.of(out);
    }

    private static void assertUntouchedOutside(Block block) {
        INDArray others = block.array().dup('f');
        others.get(
                        org.nd4j.linalg.indexing.NDArrayIndex.interval(MARGIN, MARGIN + block.rows()),
                        org.nd4j.linalg.indexing.NDArrayIndex.interval(MARGIN, MARGIN + block.columns()))
                .assign(0);
        assertThat(others.maxNumber().doubleValue()).isZero();
        assertThat(others.minNumber().doubleValue()).isZero();
    }

    @Test
    void multiply_blocks_agreesWithLoopsAndTouchesTheResultOnly() {
        for (int[] size : new int[][] {{1, 1, 1}, {1, 5, 3}, {4, 1, 3}, {17, 9, 31}}) {
            double[][] a = test.gaussian(1, size[0], size[2]);
            double[][] b = test.gaussian(2, size[2], size[1]);
            double[][] c = test.gaussian(3, size[0], size[1]);
            double[][] product = Loops.multiply(a, b);
            for (int flags = 0; flags < 4; flags++) {
                boolean transposeA = (flags & 1) != 0;
                boolean transposeB = (flags & 2) != 0;
                Block x = inside(transposeA ? Loops.transpose(a) : a);
                Block y = inside(transposeB ? Loops.transpose(b) : b);
                Block out = inside(c);

                kernels.multiply(0.5, x, transposeA, y, transposeB, -2, out);
                assertThatArray(read(out)).isCloseTo(Loops.combine(0.5, product, -2, c), test.rounding());
                kernels.multiply(1, x, transposeA, y, transposeB, 0, out);
                assertThatArray(read(out)).isCloseTo(product, test.rounding());
                assertUntouchedOutside(out);
            }
        }
    }

    @Test
    void multiply_betaZero_overwritesNaN() {
        Block out = inside(new double[][] {{Double.NaN, 1}, {2, Double.NaN}});
        double[][] a = test.gaussian(4, 2, 2);

        kernels.multiply(1, inside(a), false, inside(Loops.identity(2)), false, 0, out);

        assertThatArray(read(out)).isCloseTo(a, test.rounding());
    }

    @Test
    void multiplyLeft_upperTriangle_agreesWithLoops() {
        for (int[] shape : KernelCase.SHAPES) {
            double[][] left = Loops.rounded(new RandomMatrices(5).spd(shape[0]), test.type());
            double[][] d = test.gaussian(6, shape[0], shape[1]);
            Block out = inside(new double[shape[0]][shape[1]]);

            kernels.multiplyLeft(Block.of(test.upper(left)), inside(d), out);

            assertThatArray(read(out)).isCloseTo(Loops.multiply(left, d), test.rounding());
            assertUntouchedOutside(out);
        }
    }

    @Test
    void multiplyRight_upperTriangle_agreesWithLoops() {
        for (int[] shape : KernelCase.SHAPES) {
            double[][] right = Loops.rounded(new RandomMatrices(5).spd(shape[1]), test.type());
            double[][] d = test.gaussian(6, shape[0], shape[1]);
            Block out = inside(new double[shape[0]][shape[1]]);

            kernels.multiplyRight(inside(d), Block.of(test.upper(right)), out);

            assertThatArray(read(out)).isCloseTo(Loops.multiply(d, right), test.rounding());
            assertUntouchedOutside(out);
        }
    }

    @Test
    void addGramian_rowsOrColumns_agreesWithLoops() {
        for (int[] shape : KernelCase.SHAPES) {
            double[][] x = test.gaussian(7, shape[0], shape[1]);
            for (boolean ofColumns : new boolean[] {false, true}) {
                double[][] factor = ofColumns ? x : Loops.transpose(x);
                double[][] gramian = Loops.gramian(factor);
                double[][] c = Loops.rounded(new RandomMatrices(8).spd(gramian.length), test.type());
                Block out = inside(c);

                kernels.addGramian(inside(x), ofColumns, 0.25, 0.75, out);
                assertThatArray(upperOf(out)).isCloseTo(Loops.combine(0.25, gramian, 0.75, c), test.rounding());
                kernels.addGramian(inside(x), ofColumns, 1, 0, out);
                assertThatArray(upperOf(out)).isCloseTo(gramian, test.rounding());
                assertUntouchedOutside(out);
            }
        }
    }

    private double[][] upperOf(Block block) {
        double[][] full = read(block);
        for (int i = 0; i < full.length; i++) {
            for (int j = 0; j < i; j++) {
                full[i][j] = full[j][i];
            }
        }
        return full;
    }

    @Test
    void orthonormalize_anyMatrix_spansTheSameColumns() {
        for (int n : new int[] {1, 2, 7, 33, 60}) {
            double[][] a = test.gaussian(n, n, n);
            Block block = inside(a);

            kernels.orthonormalize(block);

            double[][] q = read(block);
            assertThatArray(Loops.gramian(q)).isWithin(Loops.identity(n), test.rounding());
            double[][] r = Loops.multiply(Loops.transpose(q), a); // Q'A is upper triangular
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    assertThat(Math.abs(r[i][j])).isLessThan(test.rounding() * n);
                }
            }
            assertUntouchedOutside(block);
        }
    }

    @Test
    void orthonormalize_deficientOrExtreme_isOrthonormal() {
        double[][] rankOne = Loops.multiply(new double[][] {{1}, {2}, {-1}}, new double[][] {{1, 0, 3}});
        double tiny = test.type() == DataType.FLOAT ? 1e-40 : 1e-310;
        double huge = test.type() == DataType.FLOAT ? 1e37 : 1e307;
        for (double[][] a : new double[][][] {
            new double[3][3],
            Loops.identity(3),
            rankOne,
            Loops.scaled(tiny, rankOne),
            Loops.scaled(huge, rankOne),
            Loops.rounded(new RandomMatrices(9).rankDeficient(20, 3), test.type())
        }) {
            Block block = inside(a);

            kernels.orthonormalize(block);

            assertThatArray(Loops.gramian(read(block))).isWithin(Loops.identity(a.length), test.rounding());
        }
    }

    @Test
    void orthonormalize_nan_isSignalled() {
        Block block = inside(new double[][] {{1, 2}, {Double.NaN, 3}});

        assertThatExceptionOfType(NumericalException.class).isThrownBy(() -> kernels.orthonormalize(block));
    }

    @Test
    void part_ofAPart_addressesTheSameElements() {
        double[][] a = test.gaussian(10, 6, 5);
        Block part = Block.of(test.dense(a)).part(1, 1, 5, 4).part(2, 0, 2, 3);

        assertThatArray(read(part))
                .isWithin(new double[][] {{a[3][1], a[3][2], a[3][3]}, {a[4][1], a[4][2], a[4][3]}}, Tolerance.EXACT);
    }
}
