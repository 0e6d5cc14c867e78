package org.layerwise.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.linalg.Kernels;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.RandomMatrices.Storage;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class MatrixLayoutTest {
    private static final Kernels KERNELS = Kernels.forBackend();

    static Stream<MatrixLayout> layouts() {
        return Stream.of(
                new MatrixLayout("0", 3, 2, true),
                new MatrixLayout("0", 3, 2, false),
                new MatrixLayout("0", 1, 4, true),
                new MatrixLayout("0", 1, 4, false),
                new MatrixLayout("0", 4, 1, true),
                new MatrixLayout("0", 4, 1, false),
                new MatrixLayout("0", 1, 1, true),
                new MatrixLayout("0", 1, 1, false),
                new MatrixLayout("0", 31, 17, true));
    }

    /** DL4J's order, spelt out: weights column by column, then the bias. */
    private static double[][] canonical(MatrixLayout layout, double[] flat) {
        double[][] d = new double[layout.inputDimension()][layout.outputDimension()];
        int k = 0;
        for (int j = 0; j < layout.nOut(); j++) {
            for (int i = 0; i < layout.nIn(); i++) {
                d[i][j] = flat[k++];
            }
        }
        for (int j = 0; layout.bias() && j < layout.nOut(); j++) {
            d[layout.nIn()][j] = flat[k++];
        }
        return d;
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void toCanonical_flatVector_putsTheBiasLast(MatrixLayout layout) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (double scale : new double[] {1, -2.5}) {
                double[][] flat = Loops.rounded(new RandomMatrices(1).gaussian(1, layout.length()), type);
                INDArray d = RandomMatrices.offset(type, layout.inputDimension(), layout.outputDimension());

                layout.toCanonical(KERNELS, RandomMatrices.stored(flat, type, Storage.OFFSET), scale, d);

                assertThatArray(d).isCloseTo(Loops.scaled(scale, canonical(layout, flat[0])), Tolerance.rounding(type));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void addFromCanonical_afterToCanonical_isTheRoundTrip(MatrixLayout layout) {
        double[][] flat = new RandomMatrices(2).gaussian(1, layout.length());
        double[][] base = new RandomMatrices(3).gaussian(1, layout.length());
        INDArray d = RandomMatrices.offset(DataType.DOUBLE, layout.inputDimension(), layout.outputDimension());
        INDArray target = RandomMatrices.stored(base, DataType.DOUBLE, Storage.OFFSET);
        layout.toCanonical(KERNELS, Loops.array(flat, DataType.DOUBLE, 'c'), 1, d);

        layout.addFromCanonical(KERNELS, d, -0.5, target);

        assertThatArray(target).isCloseTo(Loops.combine(1, base, -0.5, flat), Tolerance.FORMULA);
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void addFromCanonical_anyMatrix_isTheAdjointOfToCanonical(MatrixLayout layout) {
        double[][] g = new RandomMatrices(4).gaussian(1, layout.length());
        double[][] d = new RandomMatrices(5).gaussian(layout.inputDimension(), layout.outputDimension());
        INDArray image = Loops.array(Loops.scaled(0, d), DataType.DOUBLE, 'f');
        INDArray adjoint = Loops.array(Loops.scaled(0, g), DataType.DOUBLE, 'c');

        layout.toCanonical(KERNELS, Loops.array(g, DataType.DOUBLE, 'c'), 1, image);
        layout.addFromCanonical(KERNELS, Loops.array(d, DataType.DOUBLE, 'f'), 1, adjoint);

        assertThat(Loops.dot(Loops.of(image), d))
                .isCloseTo(Loops.dot(g, Loops.of(adjoint)), within(Tolerance.FORMULA * layout.length()));
    }

    @Test
    void dimensions_withAndWithoutBias_countTheHomogeneousCoordinate() {
        MatrixLayout with = new MatrixLayout("a", 5, 3, true);
        MatrixLayout without = new MatrixLayout("a", 5, 3, false);

        assertThat(with.inputDimension()).isEqualTo(6);
        assertThat(without.inputDimension()).isEqualTo(5);
        assertThat(with.outputDimension()).isEqualTo(3);
        assertThat(with.length()).isEqualTo(18);
        assertThat(without.length()).isEqualTo(15);
    }

    @Test
    void wrongLength_eitherDirection_namesLayerSizesAndRemedy() {
        MatrixLayout layout = new MatrixLayout("dense7", 5, 3, true);
        INDArray flat = Loops.array(new double[1][17], DataType.FLOAT, 'c');
        INDArray d = Loops.array(new double[6][3], DataType.FLOAT, 'f');

        for (Runnable use : new Runnable[] {
            () -> layout.toCanonical(KERNELS, flat, 1, d), () -> layout.addFromCanonical(KERNELS, d, 1, flat)
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(use::run)
                    .withMessageContaining("dense7")
                    .withMessageContaining("18")
                    .withMessageContaining("17")
                    .withMessageContaining("with bias")
                    .withMessageContaining("Layerwise.attach(net)");
        }
    }

    @Test
    void constructor_emptySide_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MatrixLayout("dense7", 0, 3, true))
                .withMessageContaining("dense7")
                .withMessageContaining("0 and 3");
        assertThatIllegalArgumentException().isThrownBy(() -> new MatrixLayout("dense7", 3, -1, false));
    }
}
