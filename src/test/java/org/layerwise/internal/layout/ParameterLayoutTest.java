package org.layerwise.internal.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.layerwise.internal.layout.ParameterLayout.Span;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Role;
import org.nd4j.linalg.factory.Nd4j;

/** Which part of a flat vector is which matrix. */
class ParameterLayoutTest {
    private static final Matrix BIAS = Matrix.contiguous("b", 0, 1, 2, Role.VECTOR, 1);
    private static final Matrix WEIGHTS = Matrix.contiguous("W", 2, 3, 2, Role.HIDDEN, 1);

    @Test
    void matrices_anyOrder_coverTheVector() {
        ParameterLayout layout = ParameterLayout.of("dense", List.of(BIAS, WEIGHTS));
        assertThat(layout.length()).isEqualTo(8);
        layout.check(Nd4j.zeros(8));
        assertThatThrownBy(() -> layout.check(Nd4j.zeros(9)))
                .hasMessageContaining("dense")
                .hasMessageContaining("8 parameters in 1 x 2 + 3 x 2")
                .hasMessageContaining("9 elements")
                .hasMessageContaining("Layerwise.attach(net)");
    }

    @Test
    void matrices_overlapOrBeyondTheEnd_areRefused() {
        Matrix early = Matrix.contiguous("W", 1, 3, 2, Role.HIDDEN, 1);
        assertThatThrownBy(() -> ParameterLayout.of("dense", List.of(BIAS, early)))
                .hasMessageContaining("dense")
                .hasMessageContaining("side by side");
        assertThatThrownBy(() -> new ParameterLayout("dense", 7, List.of(WEIGHTS)))
                .hasMessageContaining("side by side in 7 parameters");
        assertThatThrownBy(() -> ParameterLayout.of("dense", List.of())).hasMessageContaining("no parameters");
    }

    @Test
    void rest_servedMatrices_leaveTheOthersAndTheGaps() {
        Matrix strided = new Matrix("V", List.of(new Matrix.Band(9, 2, 3, 4)), Role.HIDDEN, 1);
        ParameterLayout layout = new ParameterLayout("dense", 22, List.of(WEIGHTS, BIAS, strided));

        assertThat(layout.unserved(matrix -> matrix.equals(WEIGHTS))).containsExactly(new Span(0, 2), new Span(8, 22));
        assertThat(layout.unserved(matrix -> matrix.equals(strided)))
                .containsExactly(new Span(0, 9), new Span(11, 13), new Span(15, 17), new Span(19, 22));
        assertThat(layout.unserved(matrix -> false)).containsExactly(new Span(0, 22));
        assertThat(ParameterLayout.of("dense", List.of(BIAS, WEIGHTS)).unserved(matrix -> true))
                .isEmpty();
    }

    @Test
    void matrix_badShape_isRefused() {
        assertThatThrownBy(() -> Matrix.contiguous("W", 0, 0, 2, Role.HIDDEN, 1))
                .hasMessageContaining("0 by 2");
        assertThatThrownBy(() -> Matrix.contiguous("W", 0, 10, 2, Role.CONVOLUTION, 9))
                .hasMessageContaining("area 9");
        assertThatThrownBy(() -> new Matrix(
                        "W", List.of(new Matrix.Band(0, 2, 3, 2), new Matrix.Band(6, 1, 2, 1)), Role.HIDDEN, 1))
                .hasMessageContaining("different lengths");
    }

    @Test
    void matrix_ofAFlatVector_isAColumnMajorView() {
        var flat = Nd4j.createFromArray(9.0, 9, 1, 2, 3, 4, 5, 6);
        var matrix = new FlatMatrix(Kernels.forBackend(), WEIGHTS).view(flat);
        assertThatArray(matrix).isWithin(new double[][] {{1, 4}, {2, 5}, {3, 6}}, 0);
        matrix.muli(2);
        assertThat(flat.toDoubleVector()).containsExactly(9, 9, 2, 4, 6, 8, 10, 12);
    }

    @Test
    void ofVariable_shapes_haveTheLastAxisAsFanOut() {
        assertThat(only(5, 3)).isEqualTo(Matrix.contiguous("v", 0, 5, 3, Role.HIDDEN, 1));
        assertThat(only(2, 3, 4, 5)).isEqualTo(Matrix.contiguous("v", 0, 24, 5, Role.CONVOLUTION, 6));
        assertThat(only(2, 3, 4, 1)).isEqualTo(Matrix.contiguous("v", 0, 24, 1, Role.CONVOLUTION, 6));
        assertThat(only(5, 1)).isEqualTo(Matrix.contiguous("v", 0, 1, 5, Role.VECTOR, 1));
        assertThat(only(1, 5)).isEqualTo(Matrix.contiguous("v", 0, 1, 5, Role.VECTOR, 1));
        assertThat(only(1, 1, 5)).isEqualTo(Matrix.contiguous("v", 0, 1, 5, Role.VECTOR, 1));
        assertThat(only(5)).isEqualTo(Matrix.contiguous("v", 0, 1, 5, Role.VECTOR, 1));
        assertThat(only()).isEqualTo(Matrix.contiguous("v", 0, 1, 1, Role.VECTOR, 1));
    }

    private static Matrix only(long... shape) {
        return ParameterLayout.ofVariable("v", shape).matrices().get(0);
    }

    @Test
    void shapes_equalNeighbours_areCounted() {
        assertThat(ParameterLayout.shapes(List.of(BIAS, WEIGHTS, WEIGHTS))).isEqualTo("1 x 2 + 2 (3 x 2)");
        assertThat(ParameterLayout.shapes(List.of())).isEmpty();
    }
}
