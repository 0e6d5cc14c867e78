package org.layerwise.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.curvature.Sides;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.TrianglePair;
import org.layerwise.precondition.KroneckerState.Contents;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class KroneckerStateTest {
    private static final Contents ALL = new Contents(Sides.BOTH, 4, 3, true, true);
    private static final int STEP_LIMBS = 5;
    private static final int LIMB = 1 << 20;

    private static INDArray view(DataType type, Contents contents) {
        return Nd4j.create(type, contents.length());
    }

    private static KroneckerState fresh(Contents contents, INDArray view) {
        return new KroneckerState(Kernels.forBackend(), contents, view, true);
    }

    @Test
    void length_eachPart_isCountedOnce() {
        int header = KroneckerState.HEADER;

        assertThat(ALL.length()).isEqualTo(header + 4 * 5 + 3 * 4 + 12 + 12);
        assertThat(new Contents(Sides.INPUT, 4, 3, false, false).length()).isEqualTo(header + 4 * 5);
        assertThat(new Contents(Sides.OUTPUT, 4, 3, false, false).length()).isEqualTo(header + 3 * 4);
        assertThat(new Contents(Sides.BOTH, 50_000, 50_000, false, true).length())
                .as("no overflow")
                .isEqualTo(header + 2 * 2_500_050_000L + 2_500_000_000L);
    }

    @Test
    void parts_unusedOnes_areAbsent() {
        Contents contents = new Contents(Sides.INPUT, 4, 3, false, false);
        KroneckerState state = fresh(contents, view(DataType.FLOAT, contents));

        assertThat(state.input()).isNotNull();
        assertThat(state.output()).isNull();
        assertThat(state.scales()).isNull();
        assertThat(state.velocity()).isNull();
    }

    @Test
    void parts_writtenOneByOne_shareNothing() {
        INDArray view = view(DataType.DOUBLE, ALL);
        KroneckerState state = fresh(ALL, view);

        Objects.requireNonNull(state.input()).array().assign(1);
        Objects.requireNonNull(state.output()).array().assign(10);
        Objects.requireNonNull(state.scales()).assign(100);
        Objects.requireNonNull(state.velocity()).assign(1000);

        assertThat(Nd4j.sum(view.get(
                                org.nd4j.linalg.indexing.NDArrayIndex.interval(KroneckerState.HEADER, ALL.length())))
                        .getDouble(0))
                .isEqualTo(20 * 1 + 12 * 10 + 12 * 100 + 12 * 1000);
        state.requireValid("layer");
    }

    @Test
    void constructor_viewTooShort_isRefusedWithBothLengths() {
        INDArray view = Nd4j.create(DataType.FLOAT, ALL.length() - 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> fresh(ALL, view))
                .withMessageContaining(String.valueOf(ALL.length()))
                .withMessageContaining(String.valueOf(ALL.length() - 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void initialize_dirtyView_startsAnew(DataType type) {
        INDArray view = view(type, ALL).assign(Double.NaN);

        KroneckerState state = fresh(ALL, view);

        state.requireValid("layer");
        assertThat(state.step()).isZero();
        assertThat(state.statistics()).isZero();
        assertThat(state.lastStatistics()).isEqualTo(-1);
        assertThat(state.lastRefresh()).isEqualTo(-1);
        assertThat(state.hasSnapshot()).isFalse();
        assertThat(view.isNaN().any()).isFalse();
    }

    @Test
    void reopened_sameView_keepsCounters() {
        INDArray view = view(DataType.FLOAT, ALL);
        KroneckerState state = fresh(ALL, view);
        state.advance();
        state.advance();
        state.countStatistics();
        state.advance();
        state.countRefresh();
        state.promote();

        KroneckerState again = new KroneckerState(Kernels.forBackend(), ALL, view, false);

        again.requireValid("layer");
        assertThat(again.step()).isEqualTo(3);
        assertThat(again.statistics()).isEqualTo(1);
        assertThat(again.lastStatistics()).isEqualTo(2);
        assertThat(again.lastRefresh()).isEqualTo(3);
        assertThat(again.hasSnapshot()).isTrue();
    }

    @Test
    void requireValid_foreignHeader_namesLayerAndRemedy() {
        INDArray zeros = view(DataType.FLOAT, ALL);
        INDArray others = view(DataType.FLOAT, ALL);
        fresh(new Contents(Sides.BOTH, 3, 4, true, true), others); // same length, other shape
        INDArray momentum = view(DataType.FLOAT, ALL);
        fresh(new Contents(Sides.BOTH, 4, 3, false, true), momentum);
        for (INDArray foreign : new INDArray[] {zeros, others, momentum}) {
            KroneckerState state = new KroneckerState(Kernels.forBackend(), ALL, foreign, false);

            assertThatIllegalStateException()
                    .isThrownBy(() -> state.requireValid("dense7"))
                    .withMessageContaining("dense7")
                    .withMessageContaining("Layerwise.attach(net)");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {(1 << 20) - 1, (1 << 24) - 1, (1L << 40) - 1})
    void advance_beyondTheMantissaOfFloat_countsExactly(long start) {
        INDArray view = view(DataType.FLOAT, ALL);
        KroneckerState state = fresh(ALL, view);
        view.putScalar(STEP_LIMBS, (double) (start % LIMB));
        view.putScalar(STEP_LIMBS + 1, (double) (start >> 20));
        assertThat(state.step()).isEqualTo(start);

        for (int i = 1; i <= 3; i++) {
            state.advance();
            state.countStatistics();
            state.countRefresh();

            assertThat(state.step()).isEqualTo(start + i);
            assertThat(state.lastStatistics()).isEqualTo(start + i);
            assertThat(state.lastRefresh()).isEqualTo(start + i);
        }
        assertThat(state.statistics()).isEqualTo(3);
    }

    @Test
    void promote_runningFactors_becomeTheSnapshot() {
        KroneckerState state = fresh(ALL, view(DataType.FLOAT, ALL));
        TrianglePair a = Objects.requireNonNull(state.input());
        TrianglePair g = Objects.requireNonNull(state.output());
        Kernels.forBackend().blend(Nd4j.eye(4).muli(2).dup('f'), 1, a);
        Kernels.forBackend().blend(Nd4j.eye(3).muli(5).dup('f'), 1, g);
        assertThat(state.snapshotTrace(a)).isZero();

        state.promote();

        assertThat(state.snapshotTrace(a)).isEqualTo(8);
        assertThat(state.runningTrace(a)).isEqualTo(8);
        assertThat(state.snapshotTrace(g)).isEqualTo(15);
        assertThat(state.hasSnapshot()).isTrue();
    }

    @Test
    void fingerprint_anySnapshotChange_isSeenAndRunningChangesAreNot() {
        KroneckerState state = fresh(ALL, view(DataType.FLOAT, ALL));
        state.promote();
        double[] before = state.fingerprint();

        Kernels.forBackend().blend(Nd4j.eye(4).dup('f'), 1, Objects.requireNonNull(state.input()));
        assertThat(state.fingerprint()).containsExactly(before);

        state.promote();
        assertThat(state.fingerprint()).isNotEqualTo(before);
        double[] promoted = state.fingerprint();
        Kernels.forBackend().blend(Nd4j.eye(3).dup('f'), 1, Objects.requireNonNull(state.output()));
        state.promote();
        assertThat(state.fingerprint()).isNotEqualTo(promoted);
    }
}
