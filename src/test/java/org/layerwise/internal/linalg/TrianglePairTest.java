package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class TrianglePairTest {
    @Test
    void length_anyDimension_holdsBothTrianglesWithTheirDiagonals() {
        assertThat(TrianglePair.length(1)).isEqualTo(2);
        assertThat(TrianglePair.length(3)).isEqualTo(12);
        assertThat(TrianglePair.length(100_000)).as("no overflow").isEqualTo(10_000_100_000L);
    }

    @Test
    void addressing_everyElement_isUsedExactlyOnce() {
        int d = 3;
        INDArray flat = Nd4j.arange((double) TrianglePair.length(d)).castTo(DataType.DOUBLE);
        TrianglePair pair = new TrianglePair(flat.reshape('f', d + 1, d));
        INDArray running = Nd4j.create(DataType.DOUBLE, new long[] {d, d}, 'f');
        INDArray snapshot = Nd4j.create(DataType.DOUBLE, new long[] {d, d}, 'f');

        HostKernels.INSTANCE.unpackRunning(pair, running);
        HostKernels.INSTANCE.unpackSnapshot(pair, snapshot);

        // Columns of four: running at rows 1.., snapshot at rows 0..j of the array 0 4 8 / 1 5 9 / 2 6 10 / 3 7 11.
        assertThat(upper(running)).containsExactly(1, 2, 6, 3, 7, 11);
        assertThat(upper(snapshot)).containsExactly(0, 4, 5, 8, 9, 10);
        assertThat(pair.dimension()).isEqualTo(d);
    }

    private static double[] upper(INDArray a) {
        double[] out = new double[6];
        int k = 0;
        for (int j = 0; j < 3; j++) {
            for (int i = 0; i <= j; i++) {
                out[k++] = a.getDouble(i, j);
            }
        }
        return out;
    }

    @Test
    void constructor_wrongShapeOrOrder_isRefused() {
        for (INDArray bad : new INDArray[] {
            Nd4j.create(DataType.FLOAT, new long[] {3, 3}, 'f'),
            Nd4j.create(DataType.FLOAT, new long[] {2, 3}, 'f'),
            Nd4j.create(DataType.FLOAT, new long[] {4, 3}, 'c'),
            Nd4j.create(DataType.FLOAT, new long[] {6, 3}, 'f').get(NDArrayIndex.interval(0, 4), NDArrayIndex.all()),
            Nd4j.create(DataType.FLOAT, 12)
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TrianglePair(bad))
                    .withMessageContaining("[d+1, d]")
                    .withMessageContaining(java.util.Arrays.toString(bad.shape()));
        }
    }
}
