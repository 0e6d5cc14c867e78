package org.layerwise.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.linalg.Kernels;
import org.layerwise.precondition.MatrixState.Contents;
import org.layerwise.precondition.MatrixState.Part;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The state of an updater that needs gradients alone, as it lies in a view. */
class MatrixStateTest {
    private static final Contents CONTENTS =
            new Contents(7, List.of(new Part(2, 3, 6, "a"), new Part(4, 1, 0, "b"), new Part(1, 1, 2, "c")), 5, "Adam");

    private static MatrixState open(Contents contents, INDArray view, boolean initialize) {
        return new MatrixState(Kernels.forBackend(), contents, view, initialize);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void state_partsAndCounters_areKeptApart(DataType type) {
        assertThat(CONTENTS.length()).isEqualTo(6 + 3 * 6 + 6 + 2 + 5);
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

    private static Contents with(int at, Part part) {
        List<Part> parts = new ArrayList<>(CONTENTS.parts());
        parts.set(at, part);
        return new Contents(7, parts, 5, "Adam");
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of(new Contents(8, CONTENTS.parts(), 5, "Adam"), "another updater"),
                Arguments.of(with(0, new Part(3, 2, 6, "a")), "other matrices"),
                Arguments.of(with(0, new Part(2, 3, 5, "a")), "other settings"),
                Arguments.of(with(1, new Part(4, 1, 0, "B")), "other settings"),
                Arguments.of(new Contents(7, CONTENTS.parts(), 4, "Adam"), "another fallback updater"),
                Arguments.of(new Contents(7, CONTENTS.parts(), 5, "AMSGrad"), "another fallback updater"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void requireValid_otherContents_isRefused(Contents other, String origin) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            INDArray view = Nd4j.zeros(type, CONTENTS.length());
            open(CONTENTS, view, true);
            MatrixState state = open(other, view, false);
            assertThatThrownBy(() -> state.requireValid("layer7"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("layer7")
                    .hasMessageContaining("20011")
                    .hasMessageContaining(origin)
                    .hasMessageContaining("Layerwise.attach(net)");
        }
    }

    @Test
    void requireValid_otherVersion_isRefused() {
        INDArray view = Nd4j.zeros(DataType.FLOAT, CONTENTS.length());
        MatrixState state = open(CONTENTS, view, true);
        view.putScalar(1, 1);
        assertThatThrownBy(() -> state.requireValid("layer7")).hasMessageContaining("another version");
        assertThatThrownBy(() -> open(CONTENTS, Nd4j.zeros(DataType.FLOAT, 10), true))
                .hasMessageContaining("10 elements");
    }

    /** Replicas of one state are summed in single precision and divided by their number. */
    @Test
    void requireValid_meanOfManyReplicas_isAccepted() {
        INDArray view = Nd4j.zeros(DataType.FLOAT, CONTENTS.length());
        MatrixState state = open(CONTENTS, view, true);
        INDArray sum = view.dup();
        for (int replicas = 2; replicas <= 200; replicas++) {
            sum.addi(view);
        }
        view.assign(sum.divi(200));
        assertThat(state.requireValid("layer0")).containsExactly(0, 0, 0);
    }
}
