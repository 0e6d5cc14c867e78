package org.layerwise.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** Which part of a flat vector is which matrix. */
class ParameterLayoutTest {
    private static final Segment BIAS = new Segment("b", 0, 1, 2, Role.VECTOR);
    private static final Segment WEIGHTS = new Segment("W", 2, 3, 2, Role.HIDDEN);

    @Test
    void segments_anyOrder_areSortedAndCoverTheVector() {
        ParameterLayout layout = new ParameterLayout("dense", List.of(WEIGHTS, BIAS));
        assertThat(layout.segments()).containsExactly(BIAS, WEIGHTS);
        assertThat(layout.length()).isEqualTo(8);
        layout.check(Nd4j.zeros(8));
        assertThatThrownBy(() -> layout.check(Nd4j.zeros(9)))
                .hasMessageContaining("dense")
                .hasMessageContaining("8 parameters in 1 x 2 + 3 x 2")
                .hasMessageContaining("9 elements")
                .hasMessageContaining("Layerwise.attach(net)");
    }

    @Test
    void segments_gapOrOverlap_isRefused() {
        Segment late = new Segment("W", 3, 3, 2, Role.HIDDEN);
        assertThatThrownBy(() -> new ParameterLayout("dense", List.of(BIAS, late)))
                .hasMessageContaining("W begins at 3, expected 2");
        assertThatThrownBy(() -> new ParameterLayout("dense", List.of())).hasMessageContaining("no parameters");
    }

    @Test
    void segment_badShape_isRefused() {
        assertThatThrownBy(() -> new Segment("W", 0, 0, 2, Role.HIDDEN)).hasMessageContaining("0 by 2");
        assertThatThrownBy(() -> new Segment("W", 0, 10, 2, Role.CONVOLUTION, 9))
                .hasMessageContaining("kernel area 9");
    }

    @Test
    void matrix_ofAFlatVector_isAColumnMajorView() {
        var flat = Nd4j.createFromArray(9.0, 9, 1, 2, 3, 4, 5, 6);
        var matrix = WEIGHTS.matrix(flat);
        assertThatArray(matrix).isWithin(new double[][] {{1, 4}, {2, 5}, {3, 6}}, 0);
        matrix.muli(2);
        assertThat(flat.toDoubleVector()).containsExactly(9, 9, 2, 4, 6, 8, 10, 12);
    }

    @Test
    void ofVariable_shapes_haveTheLastAxisAsFanOut() {
        assertThat(only(5, 3)).isEqualTo(new Segment("v", 0, 5, 3, Role.HIDDEN));
        assertThat(only(2, 3, 4, 5)).isEqualTo(new Segment("v", 0, 24, 5, Role.CONVOLUTION, 6));
        assertThat(only(2, 3, 4, 1)).isEqualTo(new Segment("v", 0, 24, 1, Role.CONVOLUTION, 6));
        assertThat(only(5, 1)).isEqualTo(new Segment("v", 0, 1, 5, Role.VECTOR));
        assertThat(only(1, 5)).isEqualTo(new Segment("v", 0, 1, 5, Role.VECTOR));
        assertThat(only(1, 1, 5)).isEqualTo(new Segment("v", 0, 1, 5, Role.VECTOR));
        assertThat(only(5)).isEqualTo(new Segment("v", 0, 1, 5, Role.VECTOR));
        assertThat(only()).isEqualTo(new Segment("v", 0, 1, 1, Role.VECTOR));
    }

    private static Segment only(long... shape) {
        return ParameterLayout.ofVariable("v", shape).segments().get(0);
    }

    @Test
    void shapes_equalNeighbours_areCounted() {
        assertThat(ParameterLayout.shapes(List.of(BIAS, WEIGHTS, WEIGHTS))).isEqualTo("1 x 2 + 2 (3 x 2)");
        assertThat(ParameterLayout.shapes(List.of())).isEmpty();
    }
}
