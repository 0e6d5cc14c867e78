package org.layerwise.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.linalg.Kernels;
import org.layerwise.precondition.MatrixState.Contents;
import org.layerwise.precondition.MatrixState.Part;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The state of an updater that needs gradients alone, as it lies in a view. */
class MatrixStateTest {
    private static final Contents CONTENTS =
            new Contents(7, List.of(new Part(2, 3, 6), new Part(4, 1, 0), new Part(1, 1, 2)), 5);

    private static MatrixState open(Contents contents, INDArray view, boolean initialize) {
        return new MatrixState(Kernels.forBackend(), contents, view, initialize);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void state_partsAndCounters_areKeptApart(DataType type) {
        assertThat(CONTENTS.length()).isEqualTo(4 + 3 * 4 + 6 + 2 + 5);
        INDArray view = Nd4j.valueArrayOf(new long[] {CONTENTS.length()}, Double.NaN, type);
        MatrixState state = open(CONTENTS, view, true);
        assertThat(state.requireValid("layer0")).containsExactly(0, 0, 0);
        state.part(0).assign(1);
        assertThat(state.part(1).isEmpty()).isTrue();
        state.part(2).assign(2);
        Objects.requireNonNull(state.rest()).assign(3);
        state.setSteps(0, 17);
        state.setSteps(2, 3_000_000_000L);
        MatrixState again = open(CONTENTS, view, false);
        assertThat(again.requireValid("layer0")).containsExactly(17, 0, 3_000_000_000L);
        assertThat(again.part(0).sumNumber().doubleValue()).isEqualTo(6);
        assertThat(again.part(2).sumNumber().doubleValue()).isEqualTo(4);
        assertThat(Objects.requireNonNull(again.rest()).sumNumber().doubleValue())
                .isEqualTo(15);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void requireValid_otherMethodOrShape_isRefused(DataType type) {
        INDArray view = Nd4j.zeros(type, CONTENTS.length());
        open(CONTENTS, view, true);
        Contents method = new Contents(8, CONTENTS.parts(), 5);
        Contents shape = new Contents(7, List.of(new Part(3, 2, 6), new Part(4, 1, 0), new Part(1, 1, 2)), 5);
        for (Contents other : List.of(method, shape)) {
            MatrixState state = open(other, view, false);
            assertThatThrownBy(() -> state.requireValid("layer7"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("layer7")
                    .hasMessageContaining("20011");
        }
        assertThatThrownBy(() -> open(CONTENTS, Nd4j.zeros(type, 10), true)).hasMessageContaining("10 elements");
    }
}
